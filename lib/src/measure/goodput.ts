import type { Latency } from "../cost/index.ts";
import { isFilterReason } from "../endpoint/index.ts";
import { sum, wilsonInterval } from "../statistics.ts";
import type { Flight } from "./flight.ts";
import type { MeasurePlan } from "./measure-plan.ts";
import type { Level } from "./measurement.ts";
import { beganAt, timePerOutputToken } from "./request-times.ts";

/** Counts how many requests of a level kept to each limit of the target at once; `null` without a target. */
export function countGoodput(
  flights: readonly Flight[],
  { latencyTarget: target, arrivals }: Pick<MeasurePlan, "latencyTarget" | "arrivals">,
  seconds: number,
): Level["goodput"] {
  if (target === undefined) return null;
  const judged = flights.flatMap((flight) => judgeRequest(flight, target, arrivals) ?? []);
  const kept = sum(judged.map(Number));
  const { share, low, high } = wilsonInterval(kept, judged.length);
  return {
    requests: judged.length,
    unjudged: flights.length - judged.length,
    kept,
    share,
    interval: { low, high },
    requestsPerSecond: seconds === 0 ? 0 : kept / seconds,
  };
}

/** Whether one request kept to all limits; `null` where it cannot be said: no counts, or cut off from here in time. */
function judgeRequest(flight: Flight, target: Latency, arrivals: MeasurePlan["arrivals"]): boolean | null {
  const { outcome, firstTokenAt, endedAt, finishReason, chunks, outputTokens } = flight;
  const { timeToFirstTokenMs: firstLimit, timePerOutputTokenMs: tokenLimit } = target;
  // An answer that was cut off here has waited at least so long.
  const waitedMs = (firstTokenAt ?? endedAt) - beganAt(flight, arrivals);
  if (firstLimit !== null && waitedMs > firstLimit) return false;
  if (outcome !== "completed") return outcome === "failed" ? false : null;
  if (firstTokenAt === null || isFilterReason(finishReason ?? "")) return false;
  if (tokenLimit === null) return true;
  // An answer in one piece keeps nobody waiting between two tokens.
  if (outputTokens === null && chunks > 1) return null;
  const perTokenMs = timePerOutputToken(flight);
  return perTokenMs === null || perTokenMs <= tokenLimit;
}
