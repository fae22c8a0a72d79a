import { fewestForShare, wilsonInterval } from "../statistics.ts";

/** What is known of one number of streams: how many of its requests kept to a target. */
export interface Probe {
  streams: number;
  /** Those that could be judged. */
  requests: number;
  unjudged: number;
  kept: number;
  /** The client was the limit: what came late may have been its fault. */
  isClientBound: boolean;
}

/** What to measure next: so many requests, beside those that this number of streams may have already. */
export interface NextProbe {
  streams: number;
  requests: number;
}

const [fewestAtMost, mostAtMost] = [300, 2_000];
const finestPart = 16;

/** The most requests with which one number of streams is tried; near the wanted share no number would do. It takes as many to miss 1 % as to keep 99 %. */
export function mostRequests(wanted: number): number {
  const fewest = fewestForShare(Math.max(wanted, 1 - wanted));
  return Math.min(mostAtMost, Math.max(fewestAtMost, 4 * fewest));
}

/**
 * Says on which side of the wanted share the whole interval of a probe lies; `open`: it straddles.
 *
 * Requests that could not be judged count against either side.
 */
export function judgeProbe(probe: Probe, wanted: number): "keeps" | "misses" | "open" {
  const { requests, unjudged, kept, isClientBound } = probe;
  const all = requests + unjudged;
  if (wilsonInterval(kept, all).low >= wanted) return "keeps";
  return !isClientBound && wilsonInterval(kept + unjudged, all).high < wanted ? "misses" : "open";
}

/** The probes between which the edge lies: the fewest streams that miss the target, and below them the most that keep to it. */
export function findEdge<One extends Probe>(
  probes: readonly One[],
  wanted: number,
): { most: One | null; firstBad: One | null; open: One[]; isFound: boolean } {
  const sorted = probes.toSorted((one, other) => one.streams - other.streams);
  const firstBad = sorted.find((probe) => judgeProbe(probe, wanted) === "misses") ?? null;
  const below = sorted.filter(({ streams }) => streams < (firstBad?.streams ?? Infinity));
  const most = below.findLast((probe) => judgeProbe(probe, wanted) === "keeps") ?? null;
  const open = below.filter(({ streams }) => streams > (most?.streams ?? 0));
  const isFound = firstBad !== null && isFine(most?.streams ?? 0, firstBad.streams);
  return { most, firstBad, open, isFound };
}

/**
 * Chooses what to measure next, so that the edge is known better; `null`: it is known, or nothing more would tell.
 *
 * An interval that straddles gets more requests first, where it may come to keep the target at the most streams, then where it
 * may come to miss it at the fewest. One that still straddles counts for neither side: the search goes on at both sides of it.
 */
export function chooseProbe(probes: readonly Probe[], wanted: number): NextProbe | null {
  if (probes.some(({ unjudged }) => unjudged > 0) && probes.every(({ kept }) => kept === 0)) return null;
  const { most, firstBad, open, isFound } = findEdge(probes, wanted);
  if (isFound) return null;
  const fewest = Math.min(fewestForShare(wanted), mostRequests(wanted));
  const unsure = open.filter((probe) => mayTell(probe, wanted));
  const more = unsure.findLast((probe) => isKeeping(probe, wanted)) ?? unsure[0];
  if (more !== undefined) {
    const requests = more.requests + more.unjudged;
    const left = mostRequests(wanted) - requests;
    return { streams: more.streams, requests: Math.min(left, Math.max(fewest - requests, requests)) };
  }
  const ends = [most?.streams ?? 0, ...open.map(({ streams }) => streams), firstBad?.streams ?? Infinity];
  const sections = [
    [ends[0], ends[1]],
    [ends.at(-2), ends.at(-1)],
  ] as const;
  const [widest] = sections
    .map(([low = 0, high = 0]) => ({ low, high, width: high - low }))
    .filter(({ low, high, width }) => Number.isFinite(width) && !isFine(low, high))
    .toSorted((one, other) => other.width - one.width);
  if (widest === undefined) return null;
  return { streams: widest.low + Math.floor(widest.width / 2), requests: fewest };
}

function isFine(low: number, high: number): boolean {
  return high - low <= Math.max(1, Math.floor(low / finestPart));
}

/** Whether more requests may bring the interval to one side. */
function mayTell(probe: Probe, wanted: number): boolean {
  const { requests, unjudged, isClientBound } = probe;
  const all = requests + unjudged;
  const isExcused = isClientBound && !isKeeping(probe, wanted);
  return !isExcused && all < mostRequests(wanted) && unjudged <= (1 - wanted) * all;
}

/** Whether so many have kept to the target as are wanted, sure or not. */
export function isKeeping({ kept, requests }: Probe, wanted: number): boolean {
  return kept >= wanted * requests;
}
