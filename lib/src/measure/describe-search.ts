import { describeLatency, type Latency } from "../cost/index.ts";
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
  const counted = probes.filter(({ requests }) => requests > 0);
  const goal = sayGoal(target);
  if (probes.length === 0)
    return [goal, "No level was measured, so it is not known how many streams keep it."];
  if (counted.every(({ kept }) => kept === 0) && probes.some(({ unjudged }) => unjudged > 0)) {
    return [goal, sayUnjudged(counted)];
  }
  const { most, firstBad, open } = findEdge(probes, target.percentile / 100);
  const unsure = (where: string) => open.slice(-1).map((probe) => `${where}: ${sayOpen(probe, target)}`);
  if (most === null && firstBad === null) return [goal, ...unsure("This is not certain")];
  if (most === null && firstBad !== null) {
    const already = firstBad.streams === 1 ? "Already with" : "With";
    const missed = `${already} ${countStreams(firstBad.streams)} at once, only ${sayKept(firstBad)}.`;
    return [goal, missed, ...unsure("With fewer it is not certain")];
  }
  if (most === null) return [goal];
  const kept = `With ${countStreams(most.streams)} at once, ${sayKept(most)}`;
  if (firstBad === null) {
    const more = "More may be possible: no number of streams that was measured is sure to miss it.";
    return [goal, `${kept}. ${more}`, ...unsure("With more it is not certain")];
  }
  return [
    goal,
    `${kept}; with ${firstBad.streams} only ${sayPercent(firstBad)}.`,
    ...unsure("Between them it is not certain"),
  ];
}

function sayGoal(target: Latency): string {
  return `Target: ${describeLatency(target)}.`;
}

const ends: Record<Exclude<SearchEnd, "told">, string> = {
  time: "The search ran out of time before it was over.",
  budget: "The search used up its budget of tokens before it was over.",
  interrupted: "The measurement was interrupted before the search was over.",
};

function sayEnd({ end, probes }: Searched): string[] {
  return end === "told" || probes.length === 0 ? [] : [ends[end]];
}

/** For example `96 % kept it (93 to 98 % with 95 % confidence)`. */
function sayKept(probe: Probe): string {
  return `${sayPercent(probe)} kept it ${sayConfidence(probe)}`;
}

function sayConfidence({ kept, requests }: Probe): string {
  const { low, high } = wilsonInterval(kept, requests);
  return `(${inPercent(low)} to ${inPercent(high)} % with 95 % confidence)`;
}

/** Says of a probe that is not sure what it has seen, and why that does not suffice. */
function sayOpen(probe: Probe, { percentile }: Latency): string {
  const { requests, unjudged, streams, isClientBound } = probe;
  const wanted = percentile / 100;
  const fewest = fewestForShare(wanted);
  const why =
    unjudged > 0
      ? `${countRequests(unjudged)} could not be judged`
      : isClientBound && !isKeeping(probe, wanted)
        ? "the machine that sent the requests was the limit"
        : wanted === 1
          ? "no number of requests can show that all will keep it"
          : requests < fewest
            ? `it takes at least ${fewest} requests to tell`
            : `${percentile} % lies within that range`;
  const seen = `${sayPercent(probe)} of ${countRequests(requests)} kept it ${sayConfidence(probe)}`;
  return `with ${countStreams(streams)} at once, ${seen}, and ${why}.`;
}

function sayUnjudged(counted: readonly Probe[]): string {
  const late = counted.length === 0 ? "" : " Of those that can be judged, none did.";
  return `It is not known how many requests kept it: answers came without token counts, or were cut off by this client, and cannot be judged.${late}`;
}

function sayArrivals({ probes, target, end }: Searched, requestsPerSecond: number): string {
  const [probe] = probes;
  const goal = sayGoal(target);
  if (probe === undefined) return `${goal} No request was measured, so it is not known how many keep it.`;
  if (probe.requests === 0) return `${goal} ${sayUnjudged([])}`;
  const verdict = {
    keeps: "the target is met",
    misses: "the target is missed",
    open: "that is not enough to tell",
  };
  const rate = `With ${inDigits(requestsPerSecond)} ${requestsPerSecond === 1 ? "request" : "requests"} a second, ${sayKept(probe)}`;
  return [
    goal,
    `${rate}: ${verdict[judgeProbe(probe, target.percentile / 100)]}.`,
    ...(end === "told" ? [] : [ends[end]]),
  ].join(" ");
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
