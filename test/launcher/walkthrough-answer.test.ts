import assert from "node:assert/strict";
import { test } from "node:test";
import { answerWalkthrough } from "../../bin/commands/walkthrough-answer.ts";

test("the walkthrough is answered with year, providers, the days of their prices, and what carries the load", () => {
  const { answer, sources } = answerWalkthrough();
  assert.match(
    answer.sentence,
    /At the prices of September 2024, .* on 4 × A40 .* than Azure\. The machine costs \$[\d.]+ an hour at Runpod \(seen \d{4}-\d\d-\d\d\)\. Azure asks \$[\d.]+ for a million tokens in and \$[\d.]+ for a million out \(seen \d{4}-\d\d-\d\d\): .*forecast/,
  );
  assert.match(
    answer.sentence,
    / In a run that others published \(20\d\d[^)]*\), 4 × RTX A6000, which has the same chip, wrote \d+ tokens per second/,
  );
  assert.ok(sources.length >= 4);
  for (const { name, observed, source } of sources) {
    assert.match(observed, /^\d{4}(-\d\d)*$/, name);
    assert.match(source, /^https:/, name);
  }
});
