import assert from "node:assert/strict";
import type { PricedForm, RatedMachine } from "../../lib/src/decide/machine-ways.ts";
import { type LoadPlan, planLoad } from "../../lib/src/decide/plan-form.ts";
import { findModel, loadGpus, type Price, type PriceBook } from "../../lib/src/facts/index.ts";
import { findStartTimes } from "../../lib/src/runpod/index.ts";
import { type Band, mapBand } from "../../lib/src/serving/index.ts";
import type { Load } from "../../lib/src/traffic/index.ts";

const always = new Array<number>(168).fill(1);

/** A load of so many requests a second in its busiest hour, one as a rule, without bursts; a month has 730 hours. */
export function makeLoad(
  more: { requestsPerSecond?: number; hours?: readonly number[]; cachedInputShare?: number } = {},
): Load {
  const { requestsPerSecond: busiest = 1, hours = always, cachedInputShare = 0 } = more;
  const mean = (busiest * hours.reduce((sum, part) => sum + part, 0)) / 168;
  const none = new Float64Array(0);
  return {
    name: "made up",
    kind: "described",
    requestsPerMonth: mean * 730 * 3_600,
    inputTokens: 1_000,
    outputTokens: 250,
    cachedInputShare,
    lengthSpread: 0,
    hours,
    requestsPerSecond: { mean, busiestHour: busiest, busiestMinute: busiest },
    trace: {
      name: "made up",
      kind: "synthetic",
      arrivalSeconds: none,
      inputTokens: none,
      outputTokens: none,
      spanSeconds: 604_800,
      startSecondOfWeek: 0,
      source: "made up",
      licence: null,
      date: null,
      notes: [],
    },
    traceShare: 1,
    notes: [],
  };
}

/** A machine that costs $2 an hour and serves half a request a second within the target, a fifth more or less. */
export function ratedMachine(
  more: { within?: Band; usdPerHour?: number; usdPerSecond?: number | null } = {},
): RatedMachine {
  const { within = { low: 0.4, typical: 0.5, high: 0.6 }, usdPerHour = 2, usdPerSecond = 0.001 } = more;
  const model = findModel("Qwen/Qwen3-32B");
  const facts = loadGpus().find(({ name }) => name === "A40");
  if (model === null || facts === undefined) throw new Error("the tables lack Qwen3-32B or the A40");
  const milliseconds = { low: 500, typical: 1_000, high: 1_500 };
  const points = [0.05, 0.6].map((requestsPerSecond) => ({
    requestsPerSecond,
    timeToFirstTokenMs: milliseconds,
    timePerOutputTokenMs: { low: 20, typical: 40, high: 60 },
  }));
  return {
    machine: {
      model,
      shape: model,
      bits: "16-bit",
      made: "own",
      gpu: {
        gpuTypeId: facts.id,
        displayName: facts.name,
        usdPerHour: null,
        priceObserved: null,
        isSimulated: false,
        usableMemoryGib: 44,
        memoryEstimated: false,
        facts,
        offer: null,
      },
      gpuCount: 2,
      gpuUsdPerHour: usdPerHour / 2,
      usdPerHour,
      serverlessUsdPerSecond: usdPerSecond,
      volumeUsdPerMonth: 10,
      starts: findStartTimes([], { model: "made up", gpu: null, gpuCount: null }),
      observed: "2026-01-01",
      sources: ["https://example.org/gpus"],
    },
    curve: {
      points,
      mostRequestsPerSecond: { low: 0.8, typical: 1, high: 1.25 },
      secondsPerRequest: { low: 5, typical: 5, high: 5 },
      evidence: "forecast",
      basis: "made up",
      cachedInputShare: 0,
      warm: undefined,
      doubts: [],
      sources: [],
    },
    within,
  };
}

/** What `decide` makes of a load before it looks at machines. */
export function planOf(load: Load): LoadPlan {
  return planLoad(load, { deadlineHours: 24, shareLate: 0.05 });
}

/** Checks a figure to a millionth. */
export function near(actual: number | undefined, expected: number): void {
  assert.ok(Math.abs((actual ?? Number.NaN) - expected) <= 1e-6 * expected, `${actual} is not ${expected}`);
}

/** Dollars a month at the three ends. */
export function dollars({ plans }: PricedForm): Band {
  return mapBand(plans, ({ usdPerMonth }) => usdPerMonth);
}

/** A price book of made-up prices, all of one day: rows are provider, kind, value and what it is of. */
export function makeBook(
  rows: readonly Pick<Price, "provider" | "kind" | "value">[],
  model = "Qwen/Qwen3-32B",
): PriceBook {
  const prices = rows.map((row): Price => {
    const isGpu = row.kind.startsWith("gpu_");
    return {
      ...row,
      model: isGpu ? null : model,
      gpu: isGpu ? "NVIDIA H100 80GB HBM3" : null,
      product: isGpu ? "H100 SXM 80GB" : model,
      unit: isGpu ? "usd_per_hour" : "usd_per_million_tokens",
      from: null,
      to: null,
      observed: "2026-01-01",
      status: "current",
      sources: ["https://example.org/prices"],
      note: "",
    };
  });
  return { prices, problems: [], newestObservation: "2026-01-01" };
}

/** An API at $1 a million in and $2 out, a dearer one with a batch, and one H100 at $3 an hour. */
export const smallBook = makeBook([
  { provider: "alpha", kind: "input_tokens", value: 1 },
  { provider: "alpha", kind: "output_tokens", value: 2 },
  { provider: "alpha", kind: "cached_input_tokens", value: 0.5 },
  { provider: "beta", kind: "input_tokens", value: 2 },
  { provider: "beta", kind: "output_tokens", value: 4 },
  { provider: "beta", kind: "batch_input_tokens", value: 0.5 },
  { provider: "beta", kind: "batch_output_tokens", value: 1 },
  { provider: "runpod", kind: "gpu_hour_secure", value: 3 },
]);
