import { requireNumber } from "../../require-number.ts";
import type { Band } from "./band.ts";
import { forecast } from "./forecast.ts";
import type { ForecastInput } from "./forecast-input.ts";

/** Streams from which a rate is reached, by the typical figure and by both ends of its band; `null`: never. */
export interface FewestStreams {
  /** Where the high end of the rate suffices. */
  low: number | null;
  typical: number | null;
  /** Where the low end of the rate suffices. */
  high: number | null;
}

/** More than these at once only wait. */
export const mostStreams = 256;

/**
 * Computes from how many streams on a machine writes a number of tokens per second.
 *
 * @returns `null` for an end that is never reached, or of which the forecast can say nothing.
 * @throws InputError as `forecast` does.
 */
export function fewestStreams(
  input: Omit<ForecastInput, "streams" | "requestsPerSecond">,
  { outputTokensPerSecond }: { outputTokensPerSecond: number },
): FewestStreams {
  requireNumber("fewestStreams", { outputTokensPerSecond }, { above: 0 });
  const known = new Map<number, Band | null>();
  const rateAt = (streams: number) => {
    const found = known.get(streams);
    if (found !== undefined) return found;
    const { outputTokensPerSecond: rate } = forecast({ ...input, streams });
    known.set(streams, rate);
    return rate;
  };
  const reaches = (streams: number, end: keyof Band) =>
    (rateAt(streams)?.[end] ?? 0) >= outputTokensPerSecond;
  const fewest = (end: keyof Band) => findFewest((streams) => reaches(streams, end));
  return { low: fewest("high"), typical: fewest("typical"), high: fewest("low") };
}

/** Finds the fewest streams of which something is true that stays true with more; `null`: not of `mostStreams` either. */
export function findFewest(isTrue: (streams: number) => boolean): number | null {
  let enough = 1;
  while (!isTrue(enough)) {
    if (enough === mostStreams) return null;
    enough *= 2;
  }
  let tooFew = enough >> 1;
  while (enough - tooFew > 1) {
    const middle = (enough + tooFew) >> 1;
    if (isTrue(middle)) enough = middle;
    else tooFew = middle;
  }
  return enough;
}
