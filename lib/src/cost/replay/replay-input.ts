import { InputError } from "../../errors.ts";
import { checkTrace, type Trace } from "../../traffic/index.ts";
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

/**
 * Refuses what cannot be replayed.
 *
 * @throws InputError that names the field, and for a trace the first request that is wrong (from 1).
 */
export function checkReplayInput({ trace, capacity, prices, latencyTarget }: ReplayInput): void {
  checkTrace(trace, "replayTrace");
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

function requirePositive(name: string, value: number): void {
  if (value > 0 && Number.isFinite(value)) return;
  throw inputError(`${name} is ${value}`, "Give a finite number above 0.");
}

/** An `InputError` of the replay, with the problem as part of a sentence. */
export function inputError(problem: string, remedy: string): InputError {
  return new InputError(`replayTrace: ${problem}.`, { remedy });
}
