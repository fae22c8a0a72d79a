import type { Capacity, Latency } from "./capacity.ts";
import { paces } from "./latency-target.ts";

/** Whether a capacity holds at the latency that is asked for. */
export type LatencyJudgement = "holds" | "too-slow" | "unknown";

/** What the capacity must belong to; what is left out is not compared. */
export interface CapacityWanted {
  model?: string | null | undefined;
  gpu?: string | null | undefined;
  gpuCount?: number | null | undefined;
}

/** Says why a capacity cannot be used for a machine and model, in a few words; `null` where it can. */
export function refuseCapacity(capacity: Capacity, wanted: CapacityWanted): string | null {
  if (capacity.kind === "simulated")
    return "it comes from a rehearsal or a simulation, which says nothing about a GPU";
  if (differ(capacity.model, wanted.model)) return `it is for ${capacity.model}, not ${wanted.model}`;
  if (differ(capacity.gpu, wanted.gpu)) return `it is for ${capacity.gpu}, not ${wanted.gpu}`;
  if (differ(capacity.gpuCount, wanted.gpuCount)) {
    return `it is for ${capacity.gpuCount} GPUs, not ${wanted.gpuCount}`;
  }
  return null;
}

function differ(one: string | number | null | undefined, other: string | number | null | undefined): boolean {
  if (one === null || one === undefined || other === null || other === undefined) return false;
  // Runpod says NVIDIA A40, people say A40.
  const plain = (value: string | number) =>
    String(value)
      .replace(/^nvidia /i, "")
      .toLowerCase();
  return plain(one) !== plain(other);
}

/**
 * Says whether a capacity's rates were reached within a latency target.
 *
 * A rate past the knee is `too-slow`. A median within the target says nothing about the slow requests: `unknown`. A
 * computed ceiling has no latency of its own and always holds, as what no machine can exceed.
 */
export function judgeLatency(
  capacity: Pick<Capacity, "kind" | "atLatency">,
  target: Latency | null,
): LatencyJudgement {
  if (target === null || capacity.kind === "computed") return "holds";
  const { atLatency } = capacity;
  if (atLatency === null) return "unknown";
  const pairs = [
    [atLatency.timeToFirstTokenMs, target.timeToFirstTokenMs],
    [atLatency.timePerOutputTokenMs, target.timePerOutputTokenMs],
  ] as const;
  const judged = pairs.flatMap(([reached, asked]): LatencyJudgement[] => {
    if (asked === null) return [];
    if (reached === null) return ["unknown"];
    if (reached > asked) return [atLatency.percentile <= target.percentile ? "too-slow" : "unknown"];
    return [atLatency.percentile >= target.percentile ? "holds" : "unknown"];
  });
  if (judged.includes("too-slow")) return "too-slow";
  return judged.includes("unknown") ? "unknown" : "holds";
}

/** Computes how many output tokens per second one group gives, when it reads so many input tokens for each of them. */
export function outputTokensPerSecondAt(
  capacity: Pick<Capacity, "prefillTokensPerSecond" | "decodeTokensPerSecond">,
  inputTokensPerOutputToken: number,
): number {
  const read = inputTokensPerOutputToken / capacity.prefillTokensPerSecond;
  return 1 / (read + 1 / capacity.decodeTokensPerSecond);
}

/** Says a latency in words, such as `first words within 2 s, then at reading speed, for 95 % of the requests`. */
export function describeLatency({ timeToFirstTokenMs, timePerOutputTokenMs, percentile }: Latency): string {
  const limits = [
    timeToFirstTokenMs === null ? [] : `first words within ${threeDigits(timeToFirstTokenMs / 1_000)} s`,
    timePerOutputTokenMs === null ? [] : describePace(timePerOutputTokenMs),
  ].flat();
  const words = limits.length === 0 ? "no limit" : limits.join(", then ");
  return `${words}${limits.length === 2 ? "," : ""} for ${percentile} % of the requests`;
}

function describePace(timePerOutputTokenMs: number): string {
  const named = Object.entries(paces).find(([, pace]) => pace.timePerOutputTokenMs === timePerOutputTokenMs);
  return named === undefined ? `${threeDigits(timePerOutputTokenMs)} ms a token` : `at ${named[1].words}`;
}

function threeDigits(value: number): string {
  return value.toLocaleString("en-US", { maximumSignificantDigits: 3 });
}
