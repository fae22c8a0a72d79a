import type { Latency } from "../cost/index.ts";
import { fewestForShare, wilsonInterval } from "../statistics.ts";
import { findEdge, isKeeping, judgeProbe, type Probe } from "./choose-probe.ts";
import type { MeasurePlan } from "./measure-plan.ts";
import { countRequests, countStreams } from "./measurement.ts";
import type { TargetSearch } from "./target-search.ts";

/** Why a search ended: nothing more would tell, or something ended it before. */
export type SearchEnd = "told" | "time" | "budget" | "interrupted";

/** What a search has come to. */
export interface Searched {
  target: Latency;
  probes: readonly Probe[];
  end: SearchEnd;
  arrivals: MeasurePlan["arrivals"];
}

/** Says how many streams keep to a target, and how sure that is. */
export function describeSearch(searched: Searched): TargetSearch {
  const { target, probes, arrivals } = searched;
  if (arrivals !== "closed") {
    const words = sayArrivals(searched, arrivals.requestsPerSecond);
    return { target, most: null, firstBad: null, resolved: false, words };
  }
  const { most, firstBad, isFound } = findEdge(probes, target.percentile / 100);
  return {
    target,
    most: most && toBound(most),
    firstBad: firstBad && toBound(firstBad),
    resolved: isFound,
    words: [...sayEdge(searched), ...sayEnd(searched)].join(" "),
  };
}

function toBound(probe: Probe): NonNullable<TargetSearch["most"]> {
  return { streams: probe.streams, ...wilsonInterval(probe.kept, probe.requests) };
}

function sayEdge(searched: Searched): string[] {
  const { target, probes } = searched;
  const limits = describeLimits(target);
  const counted = probes.filter(({ requests }) => requests > 0);
  if (probes.length === 0)
    return [`No level was measured, so nobody knows how many requests keep to ${limits}.`];
  if (counted.every(({ kept }) => kept === 0) && probes.some(({ unjudged }) => unjudged > 0)) {
    return [sayUnjudged(limits, counted)];
  }
  const { most, firstBad, open } = findEdge(probes, target.percentile / 100);
  const between = open.slice(-1).map((probe) => sayOpen(probe, searched, { isNamed: true }));
  if (most === null && firstBad !== null) {
    const already = firstBad.streams === 1 ? "Already at" : "At";
    const missed = `${already} ${countStreams(firstBad.streams)} only ${sayKept(firstBad, searched)}.`;
    return [missed, ...(open.length === 0 ? [] : [`With fewer it is not resolved. ${between.join("")}`])];
  }
  if (most === null) {
    return open.slice(-1).map((probe) => `Not resolved. ${sayOpen(probe, searched, { isNamed: false })}`);
  }
  const kept = `At ${countStreams(most.streams)} ${sayKept(most, searched)}`;
  if (firstBad === null) {
    const least = `${kept}: at least so many at once, for no level measured misses it for sure.`;
    return [least, ...(open.length === 0 ? [] : [`Above it is not resolved. ${between.join("")}`])];
  }
  const edge = `${kept}; at ${firstBad.streams} only ${sayPercent(firstBad)}.`;
  return [edge, ...(open.length === 0 ? [] : [`Between them it is not resolved. ${between.join("")}`])];
}

const ends: Record<Exclude<SearchEnd, "told">, string> = {
  time: "The time was up before the search was over.",
  budget: "The budget of tokens ended the search before it was over.",
  interrupted: "The measurement was interrupted before the search was over.",
};

function sayEnd({ end, probes }: Searched): string[] {
  return end === "told" || probes.length === 0 ? [] : [ends[end]];
}

/** For example `96 % of requests kept to 2 s to the first token (95 % interval 93 to 98)`. */
function sayKept(probe: Probe, { target }: Pick<Searched, "target">): string {
  const { low, high } = wilsonInterval(probe.kept, probe.requests);
  const wanted = target.percentile === usualPercentile ? "" : `, ${target.percentile} % wanted`;
  const interval = `95 % interval ${inPercent(low)} to ${inPercent(high)}${wanted}`;
  return `${sayPercent(probe)} of requests kept to ${describeLimits(target)} (${interval})`;
}

const usualPercentile = 95;

/** Says why an interval straddles; `isNamed`: the limits are named already. */
function sayOpen(probe: Probe, { target }: Searched, { isNamed }: { isNamed: boolean }): string {
  const { requests, unjudged, streams, isClientBound, kept } = probe;
  const { percentile } = target;
  const wanted = percentile / 100;
  const fewest = fewestForShare(wanted);
  const { low, high } = wilsonInterval(kept, requests);
  const did = isNamed ? "did" : `of requests kept to ${describeLimits(target)}`;
  const seen = `${sayPercent(probe)} ${did} (95 % interval ${inPercent(low)} to ${inPercent(high)})`;
  const why =
    unjudged > 0
      ? `${countRequests(unjudged)} could not be judged`
      : isClientBound && !isKeeping(probe, wanted)
        ? "this client was the limit there"
        : wanted === 1
          ? "no number of requests can show that all will keep to it"
          : requests < fewest
            ? `it takes at least ${fewest} requests to tell`
            : "the interval holds the share wanted";
  return `At ${countStreams(streams)} ${seen}, with ${countRequests(requests)} and ${percentile} % wanted: ${why}.`;
}

function sayUnjudged(limits: string, counted: readonly Probe[]): string {
  const late = counted.length === 0 ? "" : " Of those that can, none did.";
  return `How many requests keep to ${limits} is not known: answers came without token counts, or were cut off here, and cannot be judged.${late}`;
}

function sayArrivals({ probes, target, end }: Searched, requestsPerSecond: number): string {
  const [probe] = probes;
  const limits = describeLimits(target);
  if (probe === undefined) return `No request was measured, so nobody knows how many keep to ${limits}.`;
  if (probe.requests === 0) return sayUnjudged(limits, []);
  const rate = `With ${inDigits(requestsPerSecond)} arriving a second`;
  const judgement = judgeProbe(probe, target.percentile / 100);
  const verdict = {
    keeps: "that keeps",
    misses: "that misses",
    open: "which does not tell whether it keeps",
  };
  return [
    `${rate} ${sayKept(probe, { target: { ...target, percentile: usualPercentile } })}: ${verdict[judgement]} the ${target.percentile} % wanted.`,
    ...(end === "told" ? [] : [ends[end]]),
  ].join(" ");
}

/** For example `2 s to the first token and 100 ms a token`, or one of the two. */
function describeLimits({ timeToFirstTokenMs: first, timePerOutputTokenMs: token }: Latency): string {
  const limits = [
    first === null ? [] : `${inTime(first)} to the first token`,
    token === null ? [] : `${inTime(token)} a token`,
  ];
  return limits.flat().join(" and ");
}

function inTime(ms: number): string {
  const [value, unit] = ms >= 1_000 ? [ms / 1_000, "s"] : [ms < 10 ? ms : Math.round(ms), "ms"];
  return `${inDigits(value)} ${unit}`;
}

function inDigits(value: number): string {
  return value.toLocaleString("en-US", { maximumSignificantDigits: 3 });
}

function sayPercent({ kept, requests }: Probe): string {
  return `${inPercent(requests === 0 ? 0 : kept / requests)} %`;
}

/** In whole per cent, but 99.6 is not 100, nor 0.4 nothing. */
function inPercent(share: number): string {
  const whole = Math.round(share * 100);
  const isHidden = (whole === 100 && share < 1) || (whole === 0 && share > 0);
  return isHidden ? String(Math.min(99.9, Math.max(0.1, Number((share * 100).toFixed(1))))) : String(whole);
}
