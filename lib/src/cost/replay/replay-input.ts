import { type NumberRange, requireChoice, requireNumber } from "../../require-number.ts";
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
  /** A million input tokens that the API has in its cache; `null` or absent: its full price. */
  cachedInputUsdPerMillion?: number | null;
  /** A batch's price as a part of the full one, such as 0.5; `null` or absent: that policy is left out. */
  batchPriceFactor?: number | null;
}

/** A time to the first token that users accept, and the part of the requests (in per cent) that must keep to it. */
export interface ReplayLatencyTarget {
  timeToFirstTokenMs: number;
  percentile: number;
}

/** Returns whether so few first tokens come late that a target is kept; `null` stands for an API, and counts as none. */
export function isTargetKept(shareOverTarget: number | null, { percentile }: ReplayLatencyTarget): boolean {
  return (shareOverTarget ?? 0) <= 1 - percentile / 100 + 1e-12;
}

/** The sides of the comparison whose cache can hold what a trace calls cached. */
export const cachedOnWords = {
  both: "cached on both sides",
  API: "cached at the API only",
  machine: "cached on the machine only",
  neither: "cached on neither side",
} as const;

/** What `replayTrace` needs. */
export interface ReplayInput {
  trace: Trace;
  /** What one group can do. */
  capacity: Pick<Capacity, "prefillTokensPerSecond" | "decodeTokensPerSecond"> & Partial<Capacity>;
  prices: ReplayPrices;
  /** Which side's cache has what the trace calls cached, where it does; default `both`: neither side is favoured. */
  cachedOn?: keyof typeof cachedOnWords;
  /** Default: every policy for which there is a price. */
  policies?: readonly Policy[];
  /** Default: the latency of the capacity, where it has one; else 2,000 ms for 95 % of the requests. */
  latencyTarget?: ReplayLatencyTarget;
}

/** Refuses what cannot be replayed: an InputError names the field, and for a trace the first wrong request (from 1). */
export function checkReplayInput({
  trace,
  capacity,
  prices,
  latencyTarget,
  cachedOn = "both",
}: ReplayInput): void {
  checkTrace(trace, "replayTrace");
  requireChoice("replayTrace", { cachedOn }, Object.keys(cachedOnWords));
  const { gpuUsdPerHour, storageUsdPerMonth, stoppedStorageUsdPerMonth, serverlessStorageUsdPerMonth } =
    prices;
  const { serverlessUsdPerSecond, batchPriceFactor } = prices;
  const { inputUsdPerMillion, outputUsdPerMillion, cachedInputUsdPerMillion } = prices;
  const { prefillTokensPerSecond, decodeTokensPerSecond } = capacity;
  requireNumbers("capacity", { prefillTokensPerSecond, decodeTokensPerSecond }, { above: 0 });
  requireNumbers("prices", { gpuUsdPerHour }, { above: 0 });
  const tokens = { inputUsdPerMillion, outputUsdPerMillion, cachedInputUsdPerMillion };
  const optional = { serverlessUsdPerSecond, ...tokens, batchPriceFactor };
  requireNumbers("prices", optional, { above: 0, optional: true });
  const storage = { storageUsdPerMonth, stoppedStorageUsdPerMonth, serverlessStorageUsdPerMonth };
  requireNumbers("prices", storage, { from: 0, optional: true });
  if (latencyTarget === undefined) return;
  const { timeToFirstTokenMs, percentile } = latencyTarget;
  requireNumbers("latencyTarget", { timeToFirstTokenMs }, { above: 0 });
  requireNumbers("latencyTarget", { percentile }, { above: 0, to: 100 });
}

function requireNumbers(
  part: string,
  fields: Readonly<Record<string, number | null | undefined>>,
  range: NumberRange,
): void {
  const named = Object.entries(fields).map(([field, value]) => [`${part}.${field}`, value ?? undefined]);
  requireNumber("replayTrace", Object.fromEntries(named), range);
}
