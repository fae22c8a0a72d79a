import assert from "node:assert/strict";
import { test } from "node:test";
import { nearestRuns, turnFrame } from "../../lib/src/decide/index.ts";
import { loadPublishedThroughput } from "../../lib/src/facts/index.ts";
import { makeLoad } from "./made-up.ts";

const lengths = { inputTokens: 512, outputTokens: 256 };

test("the nearest published run of a machine that somebody has measured is one of that machine", () => {
  const measured = loadPublishedThroughput().find(
    (run) =>
      run.engine === "vllm" && run.shapeOf !== null && run.precision === "16-bit" && run.split !== "layers",
  );
  assert.ok(measured);
  const { gpu, gpuCount, shapeOf, parametersBillion } = measured;
  const [nearest, ...others] = nearestRuns({
    ...{ model: shapeOf ?? "", gpu, gpuCount, precision: "16-bit" },
    ...lengths,
  });
  assert.deepEqual([nearest?.gpu, nearest?.gpuCount], [gpu, gpuCount]);
  assert.ok(Math.abs(Math.log2((nearest?.parametersBillion ?? 0) / parametersBillion)) < 0.5);
  assert.equal(others.length, 2);
});

test("of a model that no table has there are runs too", () => {
  const machine = { model: "somebody/their-own", gpu: "NVIDIA A40", gpuCount: 1, precision: "fp8" } as const;
  assert.equal(nearestRuns({ ...machine, ...lengths }, { count: 1 })[0]?.gpu, "NVIDIA A40");
});

test("a frame says where an answer turns, and that it never does, from what it is now", async () => {
  const turn = { at: 3_000_000, factor: 1.5, to: "machine", label: "1 × A40" } as const;
  const turns = {
    requestsPerMonth: turn,
    requestsPerMonthAtBest: null,
    outputTokensPerSecond: null,
    gpuUsdPerHour: { ...turn, at: 0.3, factor: 0.5 },
    apiUsdPerMillionTokens: null,
  };
  const load = { ...makeLoad(), requestsPerMonth: 2_000_000, outputTokens: 250 };
  const ways = { answer: null, cheapestApi: null, cheapestMachine: null };
  const frame = await turnFrame({ turns, load, ...ways });
  const [requests, best, tokens, gpu, api] = frame.toRecords();
  assert.deepEqual(requests, {
    what: "requests a month",
    now: "2,000,000",
    at: "3,000,000",
    times: "1.5 times",
    to: "1 × A40",
  });
  assert.deepEqual([best?.["now"], best?.["at"], best?.["to"]], ["2,000,000", "never", null]);
  assert.deepEqual([tokens?.["now"], tokens?.["at"]], ["190", "never"]);
  assert.deepEqual([gpu?.["now"], gpu?.["at"]], ["$0.60", "$0.30"]);
  assert.deepEqual([api?.["now"], api?.["at"]], [null, "never"]);
});
