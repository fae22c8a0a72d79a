import type { Capacity } from "../capacity.ts";
import type { Load } from "./load.ts";

/** What some arithmetic says of the requests of a trace on one machine that is always on; one entry for each request, in seconds. */
export interface PredictedServing {
  /** From the arrival until work on it begins, to the first token, and to the last. */
  waitSeconds: Float64Array;
  firstTokenSeconds: Float64Array;
  requestSeconds: Float64Array;
  /** With work to do, and from the trace's beginning until the last request is done. */
  busySeconds: number;
  lastFinishSeconds: number;
}

type Rate = Pick<Capacity, "decodeTokensPerSecond" | "streams">;

/**
 * Serves a load on one machine that reads prompts in the order of their arrival, and in the time that this leaves writes all
 * answers at once, each as fast as the others.
 */
export function serveSideBySide(
  { arrivalSeconds, readTokens, secondsPerReadToken }: Load,
  outputTokens: Float64Array,
  rates: readonly Rate[],
): PredictedServing {
  const requests = arrivalSeconds.length;
  const waitSeconds = new Float64Array(requests);
  const firstTokenSeconds = new Float64Array(requests);
  const requestSeconds = new Float64Array(requests);
  const rateOf = rateOfStreams(rates);
  /** Answers that are being written, by the count at which each is complete. */
  const writing: { index: number; until: number }[] = [];
  /** Tokens that an answer which is written since the beginning would have by now. */
  let written = 0;
  let readUntil = 0;
  let busySeconds = 0;
  let lastFinishSeconds = 0;

  const end = (index: number, second: number) => {
    requestSeconds[index] = second - (arrivalSeconds[index] ?? 0);
    lastFinishSeconds = Math.max(lastFinishSeconds, second);
  };

  const write = (from: number, to: number) => {
    let now = from;
    for (let next = writing[0]; next !== undefined && now < to; next = writing[0]) {
      const each = rateOf(writing.length) / writing.length;
      const seconds = Math.min((next.until - written) / each, to - now);
      const isComplete = now + seconds < to;
      written = isComplete ? next.until : written + seconds * each;
      now += seconds;
      busySeconds += seconds;
      if (!isComplete) return;
      writing.shift();
      end(next.index, now);
    }
  };

  for (let index = 0; index < requests; index++) {
    const arrival = arrivalSeconds[index] ?? 0;
    const readFrom = Math.max(arrival, readUntil);
    write(readUntil, readFrom);
    const readSeconds = (readTokens[index] ?? 0) * secondsPerReadToken;
    readUntil = readFrom + readSeconds;
    busySeconds += readSeconds;
    waitSeconds[index] = readFrom - arrival;
    firstTokenSeconds[index] = readUntil - arrival;
    // The first token comes with the end of the reading.
    const tokens = (outputTokens[index] ?? 0) - 1;
    if (tokens <= 0) end(index, readUntil);
    else insert(writing, { index, until: written + tokens });
  }
  write(readUntil, Infinity);
  return { waitSeconds, firstTokenSeconds, requestSeconds, busySeconds, lastFinishSeconds };
}

function insert(writing: { index: number; until: number }[], one: { index: number; until: number }): void {
  const place = writing.findLastIndex(({ until }) => until <= one.until) + 1;
  writing.splice(place, 0, one);
}

/**
 * Returns what so many streams write together: on a line between two known numbers of streams, in proportion below the fewest,
 * and no more than the most. More streams never write less, whatever one noisy level says.
 */
function rateOfStreams(rates: readonly Rate[]): (streams: number) => number {
  const known = rates
    .map(({ streams, decodeTokensPerSecond }) => ({ streams: streams ?? 0, rate: decodeTokensPerSecond }))
    .toSorted((one, other) => one.streams - other.streams);
  let most = 0;
  const points = known.map(({ streams, rate }) => {
    most = Math.max(most, rate);
    return { streams, rate: most };
  });
  return (streams) => {
    const above = points.find((point) => point.streams >= streams);
    if (above === undefined) return most;
    const below = points.findLast((point) => point.streams < streams) ?? { streams: 0, rate: 0 };
    const share = (streams - below.streams) / (above.streams - below.streams);
    return below.rate + share * (above.rate - below.rate);
  };
}
