import type { Latency } from "../cost/index.ts";
import { sum } from "../statistics.ts";
import { chooseProbe, findEdge, type NextProbe, type Probe } from "./choose-probe.ts";
import { describeSearch, type SearchEnd } from "./describe-search.ts";
import { joinMeasured } from "./join-measured.ts";
import { keepRecords } from "./keep-records.ts";
import type { LadderProgress } from "./ladder-progress.ts";
import { computeLevel } from "./level-figures.ts";
import type { MeasurePlan } from "./measure-plan.ts";
import { type MeasureContext, type MeasuredRun, runLevel } from "./run-level.ts";
import type { TargetSearch } from "./target-search.ts";

/** So many further levels a search takes, as a rule: the ladder leaves time for them. */
export const probesExpected = 4;

type SearchedPlan = MeasurePlan & { latencyTarget: Latency };

/** Whether the plan asks how many streams keep to a target; requests that arrive at a rate have no number of streams. */
export function isSearched(plan: MeasurePlan): plan is SearchedPlan {
  return plan.latencyTarget !== undefined && plan.arrivals === "closed";
}

/** Whether a level has missed the target for sure. */
export function hasMissed(runs: readonly MeasuredRun[], { percentile }: Latency): boolean {
  return findEdge(toProbes(runs), percentile / 100).firstBad !== null;
}

/**
 * Measures further levels between the last that keeps to the target and the first that misses it, and says what came out.
 *
 * It adds them to `runs`, and further requests to levels whose intervals straddle, until the edge is known, nothing more
 * would tell, or the time, the budget or the caller ends it.
 */
export async function searchStreams(
  context: MeasureContext,
  runs: MeasuredRun[],
  options: { progress: LadderProgress; isTimeUp: () => boolean },
): Promise<TargetSearch | null> {
  const { plan, signal } = context;
  const { latencyTarget: target } = plan;
  if (target === undefined) return null;
  const wanted = target.percentile / 100;
  const tell = (end: SearchEnd) =>
    describeSearch({ target, probes: toProbes(runs), end, arrivals: plan.arrivals });
  if (!isSearched(plan)) return tell("told");
  for (let round = 1; ; round++) {
    const next = chooseProbe(toProbes(runs), wanted);
    if (next === null) return tell("told");
    if (signal.aborted) return tell(options.isTimeUp() ? "time" : "interrupted");
    const end = await measureProbe(context, runs, { ...options, next, round });
    if (end !== null) return tell(end);
  }
}

/** Measures one probe, and adds it to the runs; returns why nothing more can be measured, and `null` where it can. */
async function measureProbe(
  context: MeasureContext,
  runs: MeasuredRun[],
  options: { next: NextProbe; round: number; progress: LadderProgress; isTimeUp: () => boolean },
): Promise<Exclude<SearchEnd, "told"> | null> {
  const { signal } = context;
  const { next, round, progress, isTimeUp } = options;
  const { streams } = next;
  const { requestsPerStream, turns } = context.plan;
  // Of whole conversations: with first turns alone the same streams would have another load.
  const whole = Math.ceil(next.requests / streams / turns) * turns;
  const plan = {
    ...context.plan,
    repeats: 1,
    requestsPerStream: requestsPerStream === null ? null : whole,
  };
  const level = plan.streams.length + round;
  const levelsLeft = Math.max(1, probesExpected + 1 - round);
  const { requestsPerStream: perStream } = plan;
  const onTick: Parameters<typeof runLevel>[1]["onTick"] = (tick) =>
    progress.tick({ streams, level, requestsPerStream: perStream, ...tick });
  const run = await runLevel({ ...context, plan }, { streams, level, levelsLeft, isFirst: false, onTick });
  const earlier = runs.findLast((one) => one.level.streams === streams);
  keepRecords(run.loads, { streams, repeatsBefore: earlier?.loads.length ?? 0 }, plan);
  const isOverBudget = run.loads.at(-1)?.end === "budget";
  if (signal.aborted && !isTimeUp()) return "interrupted";
  if (run.loads.every(({ flights }) => flights.length === 0)) return isOverBudget ? "budget" : "time";
  if (run.level === null || run.basis === null) return "time";
  const joined = earlier?.basis ? joinRuns(earlier.basis, run.basis) : run.basis;
  const measured = {
    ...run,
    level: computeLevel(joined.measured, joined.plan),
    loads: joined.measured.loads,
    basis: joined,
  };
  if (earlier === undefined) runs.push(measured);
  else runs[runs.indexOf(earlier)] = measured;
  progress.level(measured.level, level);
  return isOverBudget ? "budget" : null;
}

type Basis = NonNullable<MeasuredRun["basis"]>;

function joinRuns(earlier: Basis, later: Basis): Basis {
  return { plan: later.plan, measured: joinMeasured(earlier.measured, later.measured) };
}

/** What each number of streams came to; a ladder may have one several times. */
function toProbes(runs: readonly MeasuredRun[]): Probe[] {
  const counted = runs.flatMap(({ level }) => {
    const { streams, goodput, verdict } = level;
    return goodput === null ? [] : [{ streams, ...goodput, isClientBound: verdict === "client-bound" }];
  });
  return [...Map.groupBy(counted, ({ streams }) => streams)].map(([streams, same]) => ({
    streams,
    requests: sum(same.map(({ requests }) => requests)),
    unjudged: sum(same.map(({ unjudged }) => unjudged)),
    kept: sum(same.map(({ kept }) => kept)),
    isClientBound: same.some(({ isClientBound }) => isClientBound),
  }));
}
