import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { compareWithServer } from "../../lib/src/measure/compare-with-server.ts";
import { makeLevel, makeServerCounters } from "../helpers/measurement.ts";

/** The cross-check of a level, which must have one. */
function crossCheck(...parts: Parameters<typeof makeLevel>) {
  const found = compareWithServer(makeLevel(...parts));
  assert.ok(found !== null);
  const row = (figure: string) => found.rows.find((one) => one.figure === figure);
  return { ...found, row };
}

describe("a level beside the server's counters", () => {
  test("agrees where tokens do, with both sides' mean times and no warning", () => {
    const { row, warnings, streams } = crossCheck({ server: makeServerCounters() });
    assert.equal(streams, 4);
    assert.deepEqual(warnings, []);
    assert.deepEqual(row("output tokens"), {
      figure: "output tokens",
      unit: "tokens",
      client: 5_120,
      server: 5_120,
      ratio: 1,
    });
    assert.equal(row("time to first token, mean")?.client, 200);
    assert.equal(row("time to first token, mean")?.server, 190);
    assert.equal(row("of it in the queue")?.server, 5);
    assert.equal(row("of it reading the prompt")?.server, 180);
    assert.equal(row("writing the answer")?.server, 4_800);
    assert.equal(row("time per output token, mean")?.ratio, 0.975);
    assert.equal(row("prompt tokens from the prefix cache")?.server, 0);
  });

  test("is taken as agreeing from 0.98 to 1.02", () => {
    for (const generationTokens of [5_018, 5_222]) {
      assert.deepEqual(crossCheck({ server: makeServerCounters({ generationTokens }) }).warnings, []);
    }
    for (const generationTokens of [5_017, 5_223]) {
      assert.equal(crossCheck({ server: makeServerCounters({ generationTokens }) }).warnings.length, 1);
    }
  });

  test("warns where the server counts more: of broken-off requests, or of another user", () => {
    const server = makeServerCounters({ generationTokens: 6_144 });
    const [busy = ""] = crossCheck({ server }).warnings;
    assert.match(busy, /At 4 streams the server counts 1\.200 times the output tokens/);
    assert.match(busy, /somebody else uses the server/);
    assert.doesNotMatch(busy, /broken off/);
    const requests = { completed: 37, failed: 2, cancelled: 1, errors: {}, finishReasons: {} };
    const [broken = ""] = crossCheck({ server, requests }).warnings;
    assert.match(broken, /3 requests were broken off/);
  });

  test("warns where the server counts less", () => {
    const [warning = ""] = crossCheck({
      server: makeServerCounters({ promptTokens: 2_560 }),
      streams: 1,
    }).warnings;
    assert.match(warning, /At 1 stream the server counts 0\.500 times the prompt tokens/);
    assert.match(warning, /several servers or API processes/);
  });

  test("warns of a prefix cache that knew prompts, and says of preemptions that they look like that", () => {
    const warm = makeServerCounters({ prefixCacheHitTokens: 512 });
    assert.match(
      crossCheck({ server: warm }).warnings[0] ?? "",
      /^10\.0 % of the prompt tokens.*chat template/,
    );
    const crowded = makeServerCounters({ prefixCacheHitTokens: 512, preemptions: 3 });
    assert.match(
      crossCheck({ server: crowded }).warnings[0] ?? "",
      /were pushed out of the KV cache are read again/,
    );
  });

  test("warns of a level that failed, though its counts agree", () => {
    const failed = { verdict: "failed", reason: "6 of 6 answers had no text." } as const;
    assert.deepEqual(crossCheck({ ...failed, server: makeServerCounters() }).warnings, [
      "The level of 4 streams failed, so the counts say nothing about what the server can do, even if they agree: 6 of 6 answers had no text.",
    ]);
  });

  test("has no ratio where one side does not count", () => {
    const { row, warnings } = crossCheck({
      server: makeServerCounters({ queueTime: null, timePerOutputToken: { sumSeconds: 0, count: 0 } }),
      clientTokens: { input: null, output: 0 },
    });
    assert.equal(row("prompt tokens")?.ratio, null);
    assert.equal(row("output tokens")?.ratio, null);
    assert.equal(row("of it in the queue")?.server, null);
    // What is left of vLLM's two histograms of the same thing.
    assert.equal(row("time per output token, mean")?.server, 39);
    assert.deepEqual(warnings, []);
  });

  test("is null for a server without counters", () => {
    assert.equal(compareWithServer(makeLevel({ server: null })), null);
  });
});
