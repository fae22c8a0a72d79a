import { summarize } from "../statistics.ts";
import type { Flight } from "./flight.ts";
import type { Level, Measurement } from "./measurement.ts";

const leastGainPerDoubling = 0.05;
const fewestForTrend = 20;
const risingRatio = 1.5;

/**
 * Finds the level beyond which more streams bring little: under 5 % more output tokens per second for twice the streams.
 *
 * Steps of another width are scaled to a doubling. Levels without a valid figure are passed over.
 */
export function findKnee(
  levels: readonly Pick<Level, "streams" | "verdict" | "outputTokensPerSecond">[],
): Measurement["knee"] {
  let before: { streams: number; tokensPerSecond: number } | null = null;
  for (const { streams, verdict, outputTokensPerSecond } of levels) {
    if (verdict !== "valid" || outputTokensPerSecond === null || outputTokensPerSecond <= 0) continue;
    if (before !== null && streams > before.streams) {
      const doublings = Math.log2(streams / before.streams);
      const gain = (outputTokensPerSecond / before.tokensPerSecond) ** (1 / doublings) - 1;
      if (gain < leastGainPerDoubling) {
        const change = `${gain < 0 ? "falls" : "rises"} by ${Math.abs(gain * 100).toFixed(1)} %`;
        return {
          streams: before.streams,
          reason: `From ${before.streams} to ${streams} streams, the output ${change} for each doubling; a server that is not fully busy gains 5 % or more.`,
        };
      }
    }
    before = { streams, tokensPerSecond: outputTokensPerSecond };
  }
  return null;
}

type Arrival = Pick<Flight, "scheduledAt" | "firstTokenAt" | "endedAt">;

/** Whether requests pile up: in the second half of the arrivals, number and time to first token are 1.5 times as large. */
export function isPilingUp(flights: readonly Arrival[]): boolean {
  if (flights.length < fewestForTrend) return false;
  const middle = Math.floor(flights.length / 2);
  const halves = [flights.slice(0, middle), flights.slice(middle)].map((half) => {
    const inFlight = half.map(({ scheduledAt: at }) => {
      return flights.filter(({ scheduledAt, endedAt }) => scheduledAt <= at && endedAt > at).length;
    });
    const waitsMs = half.flatMap(({ firstTokenAt, scheduledAt }) =>
      firstTokenAt === null ? [] : [firstTokenAt - scheduledAt],
    );
    return { inFlight: summarize(inFlight).mean ?? 0, firstTokenMs: summarize(waitsMs).p50 ?? 0 };
  });
  const [first, second] = halves;
  if (first === undefined || second === undefined) return false;
  return (
    second.inFlight > first.inFlight * risingRatio && second.firstTokenMs > first.firstTokenMs * risingRatio
  );
}
