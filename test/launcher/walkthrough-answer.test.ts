import assert from "node:assert/strict";
import { test } from "node:test";
import { answerWalkthrough } from "../../bin/commands/walkthrough-answer.ts";

test("the walkthrough is answered with year, providers, the days of their prices, and what carries the load", () => {
  const { answer, sources } = answerWalkthrough();
  assert.match(
    answer.sentence,
    /^At the prices of September 2024, .* on 4 × A40 \(\$[\d.]+ an hour at Runpod, seen \d{4}-\d\d-\d\d\), .* against Azure \(\$[\d.]+ in and \$[\d.]+ out per million tokens, seen \d{4}-\d\d-\d\d\) .*forecast/,
  );
  assert.match(
    answer.sentence,
    / Published \(20\d\d[^)]*\): 4 × RTX A6000, the same chip: \d+ output tokens\/s/,
  );
  assert.ok(sources.length >= 4);
  for (const { name, observed, source } of sources) {
    assert.match(observed, /^\d{4}(-\d\d)*$/, name);
    assert.match(source, /^https:/, name);
  }
});
