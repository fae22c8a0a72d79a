import { InputError } from "../../errors.ts";
import type { Trace } from "../../traffic/index.ts";
import type { Capacity } from "../capacity.ts";
import type { Policy } from "./policy.ts";

/** What a replay pays with, in USD. One group is the GPUs that hold the model once. */
export interface ReplayPrices {
  /** A pod of one group, all its GPUs together. */
  gpuUsdPerHour: number;
  /** Disks of one pod while it runs, and while it is stopped or does not exist; default 0. */
  storageUsdPerMonth?: number;
  stoppedStorageUsdPerMonth?: number;
  /** A serverless worker of one group, all its GPUs together; `null` or absent: that policy is left out. */
  serverlessUsdPerSecond?: number | null;
  /** A network volume with the weights for serverless; default 0. */
  serverlessStorageUsdPerMonth?: number;
  /** The API; `null` or absent: its policies are left out. */
  inputUsdPerMillion?: number | null;
  outputUsdPerMillion?: number | null;
  /** A batch's price as a part of the full one, such as 0.5; `null` or absent: that policy is left out. */
  batchPriceFactor?: number | null;
}

/** A time to the first token that users accept, and the part of the requests (in per cent) that must keep to it. */
export interface ReplayLatencyTarget {
  timeToFirstTokenMs: number;
  percentile: number;
}

/** What `replayTrace` needs. */
export interface ReplayInput {
  trace: Trace;
  /** What one group can do. */
  capacity: Pick<Capacity, "prefillTokensPerSecond" | "decodeTokensPerSecond"> & Partial<Capacity>;
  prices: ReplayPrices;
  /** Default: every policy for which there is a price. */
  policies?: readonly Policy[];
  /** Default: the latency of the capacity, where it has one; else 2,000 ms for 95 % of the requests. */
  latencyTarget?: ReplayLatencyTarget;
}

// A context of ten million tokens does not exist: such a value is in another unit.
const mostTokens = 10_000_000;

/**
 * Refuses what cannot be replayed.
 *
 * @throws InputError that names the field, and for a trace the first request that is wrong (from 1).
 */
export function checkReplayInput({ trace, capacity, prices, latencyTarget }: ReplayInput): void {
  checkTrace(trace);
  requirePositive("capacity.prefillTokensPerSecond", capacity.prefillTokensPerSecond);
  requirePositive("capacity.decodeTokensPerSecond", capacity.decodeTokensPerSecond);
  requirePositive("prices.gpuUsdPerHour", prices.gpuUsdPerHour);
  const { serverlessUsdPerSecond, inputUsdPerMillion, outputUsdPerMillion, batchPriceFactor } = prices;
  const optional = { serverlessUsdPerSecond, inputUsdPerMillion, outputUsdPerMillion, batchPriceFactor };
  for (const [name, value] of Object.entries(optional)) requirePositive(`prices.${name}`, value ?? 1);
  const { storageUsdPerMonth, stoppedStorageUsdPerMonth, serverlessStorageUsdPerMonth } = prices;
  const storage = { storageUsdPerMonth, stoppedStorageUsdPerMonth, serverlessStorageUsdPerMonth };
  for (const [name, value = 0] of Object.entries(storage)) {
    if (!(value >= 0 && Number.isFinite(value))) {
      throw inputError(
        `prices.${name} is ${value}`,
        "Give a finite number of dollars a month, of at least 0.",
      );
    }
  }
  if (latencyTarget === undefined) return;
  requirePositive("latencyTarget.timeToFirstTokenMs", latencyTarget.timeToFirstTokenMs);
  if (!(latencyTarget.percentile > 0 && latencyTarget.percentile <= 100)) {
    throw inputError(
      `latencyTarget.percentile is ${latencyTarget.percentile}`,
      "Give a number above 0, up to 100.",
    );
  }
}

/** Refuses a trace that is empty, unsorted, negative, gigantic, or whose arrays do not match; `asker` begins the message. */
export function checkTrace(trace: Trace, asker = "replayTrace"): void {
  const found = findMistake(trace);
  if (found === null) return;
  const [problem, remedy] = found;
  throw new InputError(`${asker}: ${problem}.`, { remedy });
}

function findMistake(trace: Trace): [problem: string, remedy: string] | null {
  const { arrivalSeconds, inputTokens, outputTokens, spanSeconds, startSecondOfWeek } = trace;
  const requests = arrivalSeconds.length;
  if (requests === 0) return ["the trace has no requests", "Give a trace with one request at least."];
  if (inputTokens.length !== requests || outputTokens.length !== requests) {
    return [
      `the trace has ${requests} arrivals, ${inputTokens.length} inputs and ${outputTokens.length} outputs`,
      "Give one entry for each request in all three arrays.",
    ];
  }
  const last = arrivalSeconds[requests - 1] ?? 0;
  if (!(spanSeconds > 0 && spanSeconds >= last && Number.isFinite(spanSeconds))) {
    return [
      `the trace's spanSeconds is ${spanSeconds}, its last arrival at ${last}`,
      "Give a finite span above 0 that reaches to the last arrival.",
    ];
  }
  if (!(startSecondOfWeek >= 0 && startSecondOfWeek < 604_800)) {
    return [
      `the trace's startSecondOfWeek is ${startSecondOfWeek}`,
      "Give seconds since Monday, 0:00, from 0 to below 604,800.",
    ];
  }
  return (
    findUnsorted(arrivalSeconds) ??
    findNoLength("inputTokens", inputTokens) ??
    findNoLength("outputTokens", outputTokens)
  );
}

function findUnsorted(arrivalSeconds: Float64Array): [problem: string, remedy: string] | null {
  let previous = 0;
  for (let place = 0; place < arrivalSeconds.length; place++) {
    const arrival = arrivalSeconds[place] ?? Number.NaN;
    if (arrival >= previous) {
      previous = arrival;
      continue;
    }
    const request = `request ${place + 1} of the trace arrives at ${arrival} s`;
    return arrival < 0
      ? [request, "Count from the beginning of the trace."]
      : [`${request}, after one at ${previous} s`, "Sort the trace by arrival."];
  }
  return null;
}

function findNoLength(name: string, values: Float64Array): [problem: string, remedy: string] | null {
  let place = 0;
  // A loop of its own, for the methods of an array are several times slower.
  while (place < values.length && (values[place] ?? -1) >= 0 && (values[place] ?? -1) <= mostTokens) place++;
  if (place === values.length) return null;
  return [
    `request ${place + 1} of the trace has ${values[place]} ${name}`,
    `Give a number of tokens from 0 to ${mostTokens.toLocaleString("en-US")}.`,
  ];
}

function requirePositive(name: string, value: number): void {
  if (value > 0 && Number.isFinite(value)) return;
  throw inputError(`${name} is ${value}`, "Give a finite number above 0.");
}

/** An `InputError` of the replay, with the problem as part of a sentence. */
export function inputError(problem: string, remedy: string): InputError {
  return new InputError(`replayTrace: ${problem}.`, { remedy });
}
