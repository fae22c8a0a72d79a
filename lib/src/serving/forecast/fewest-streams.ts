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

type Served = Omit<ForecastInput, "streams" | "requestsPerSecond">;

/** Computes the most tokens per second that a machine writes, with however many streams; `null`: the forecast can say nothing. */
export function mostOutput(input: Served): Band | null {
  const rateAt = ratesOf(input);
  const most = (end: keyof Band) => rateAt(findBusiest(rateAt, end))?.[end] ?? 0;
  return rateAt(1) === null ? null : { low: most("low"), typical: most("typical"), high: most("high") };
}

/**
 * Computes from how many streams on a machine writes a number of tokens per second.
 *
 * @returns `null` for an end that is never reached, or of which the forecast can say nothing.
 * @throws InputError as `forecast` does.
 */
export function fewestStreams(
  input: Served,
  { outputTokensPerSecond }: { outputTokensPerSecond: number },
): FewestStreams {
  requireNumber("fewestStreams", { outputTokensPerSecond }, { above: 0 });
  const rateAt = ratesOf(input);
  const fewest = (end: keyof Band) =>
    findFewest((streams) => (rateAt(streams)?.[end] ?? 0) >= outputTokensPerSecond, findBusiest(rateAt, end));
  return { low: fewest("high"), typical: fewest("typical"), high: fewest("low") };
}

type RateAt = (streams: number) => Band | null;

/** Output tokens per second by streams, each computed once. */
function ratesOf(input: Served): RateAt {
  const known = new Map<number, Band | null>();
  return (streams) => {
    const found = known.get(streams);
    if (found !== undefined) return found;
    const { outputTokensPerSecond: rate } = forecast({ ...input, streams });
    known.set(streams, rate);
    return rate;
  };
}

/** Finds with how many streams a machine writes most: with more, a full cache makes it slower. First by powers of two, then nearer. */
function findBusiest(rateAt: RateAt, end: keyof Band): number {
  let busiest = 1;
  const look = (streams: number) => {
    if (streams < 1 || streams > mostStreams) return;
    if ((rateAt(streams)?.[end] ?? 0) > (rateAt(busiest)?.[end] ?? 0)) busiest = streams;
  };
  for (let streams = 2; streams <= mostStreams; streams *= 2) look(streams);
  for (let step = busiest >> 1; step >= 1; step >>= 1) {
    const middle = busiest;
    look(middle - step);
    look(middle + step);
  }
  return busiest;
}

/** Finds the fewest streams of which something is true that stays true with more, up to `most`; `null`: not of so many either. */
export function findFewest(isTrue: (streams: number) => boolean, most = mostStreams): number | null {
  let [tooFew, enough] = [0, 1];
  while (!isTrue(enough)) {
    if (enough === most) return null;
    tooFew = enough;
    enough = Math.min(2 * enough, most);
  }
  while (enough - tooFew > 1) {
    const middle = (enough + tooFew) >> 1;
    if (isTrue(middle)) enough = middle;
    else tooFew = middle;
  }
  return enough;
}
