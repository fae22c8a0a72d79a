import assert from "node:assert/strict";
import { test } from "node:test";
import { answerWalkthrough } from "../../bin/commands/walkthrough-answer.ts";

test("the walkthrough is answered with year, providers, the days of their prices, and what carries the load", () => {
  const { answer, sources } = answerWalkthrough({ today: "2026-11-28" });
  assert.match(
    answer.sentence,
    /^With the prices of September 2024, 4 × A40 at Runpod \(\$[\d.]+ an hour, seen \d{4}-/,
  );
  assert.match(answer.sentence, /at Azure \(\$[\d.]+ in and \$[\d.]+ out per million tokens, seen \d{4}-/);
  assert.match(answer.sentence, / from [\d.]+ output tokens\/s with as many in; .*forecast/);
  assert.match(
    answer.rests.join(" "),
    /an hour of measuring on 4 × A40 settles it, for about \$[\d.]+ \(price seen/,
  );
  assert.ok(sources.length >= 4);
  for (const { name, observed, source } of sources) {
    assert.match(observed, /^\d{4}(-\d\d)*$/, name);
    assert.match(source, /^https:/, name);
  }
});
