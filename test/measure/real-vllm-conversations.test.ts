import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import type { Endpoint } from "../../lib/src/endpoint/index.ts";
import {
  type Level,
  type MeasureOptions,
  measureThroughput,
  toCapacity,
} from "../../lib/src/measure/index.ts";
import { openRealVllm, realVllmHome } from "../helpers/real-vllm.ts";

const skip =
  realVllmHome === "" ? "REAL_VLLM_HOME is not set: hit shares were not compared with a real vLLM." : false;

function serveReal(context: TestContext, flags: readonly string[] = []): Promise<Endpoint> {
  return openRealVllm(context, [
    ...[join(realVllmHome, "smollm2"), "--served-model-name", "tiny", "--max-model-len", "2048"],
    ...["--max-num-seqs", "8", "--enforce-eager", "--block-size", "32"],
    ...["--enable-prompt-tokens-details", ...flags],
  ]);
}

async function talk(context: TestContext, endpoint: Endpoint, options: MeasureOptions) {
  const measurement = await measureThroughput(endpoint, {
    promptTokens: 64,
    outputTokens: 24,
    write() {},
    ...options,
  });
  const [level = assert.fail("no level")] = measurement.levels;
  const found = level.conversations ?? assert.fail("no conversations");
  const { expectedHitShare, serverHitShare, usageHitShare, cold, warm } = found;
  const rates = `cold ${cold.tokensPerSecond?.toFixed(0)} tokens/s, warm ${warm.tokensPerSecond?.toFixed(0)}`;
  context.diagnostic(
    `expected ${expectedHitShare}, counters ${serverHitShare}, usage ${usageHitShare}, ${rates}`,
  );
  return { measurement, level, found };
}

/** Both sources within two points of what follows from the lengths. */
function assertAgree({
  expectedHitShare,
  serverHitShare,
  usageHitShare,
}: NonNullable<Level["conversations"]>) {
  assert.ok(expectedHitShare !== null && expectedHitShare > 0.4, `${expectedHitShare}`);
  for (const held of [serverHitShare, usageHitShare]) {
    assert.ok(held !== null && Math.abs(held - expectedHitShare) <= 0.02, `${held} of ${expectedHitShare}`);
  }
}

describe("conversations on a real vLLM", { skip }, () => {
  test("come from its prefix cache as far as their lengths say", async (t) => {
    const endpoint = await serveReal(t);
    const shared = { turns: 4, sharedPromptTokens: 256, streams: [1] };
    const alone = await talk(t, endpoint, shared);
    assertAgree(alone.found);
    assert.equal(alone.level.server?.cacheBlockTokens, 32);
    assert.equal(toCapacity(alone.measurement).warm?.keptShare, 1);
    assertAgree((await talk(t, endpoint, { turns: 3, sharedPromptTokens: 200, streams: [4] })).found);
    const thinking = { turns: 3, promptTokens: 200, streams: [2], thinkSeconds: 0.2 };
    const cold = (await talk(t, endpoint, thinking)).found.cold;
    assert.ok((cold.expectedHitShare ?? 1) < 0.2, "first turns without a shared prompt are new");
  });

  test("come from none where prefix caching is off, and a sentence says so", async (t) => {
    const endpoint = await serveReal(t, ["--no-enable-prefix-caching"]);
    const { found, level } = await talk(t, endpoint, { turns: 3, sharedPromptTokens: 200, streams: [2] });
    assert.equal(found.serverHitShare, 0);
    assert.match(level.notes.join("\n"), /held none: it has no prefix cache, or has it switched off/);
    t.diagnostic(level.notes.join(" | "));
  });
});
