import { findKnee, isPilingUp } from "./find-knee.ts";
import type { Flight } from "./flight.ts";
import { keepRecords } from "./keep-records.ts";
import type { LadderProgress } from "./ladder-progress.ts";
import type { MeasurePlan } from "./measure-plan.ts";
import { countStreams, type Measurement } from "./measurement.ts";
import { type MeasureContext, type MeasuredRun, runLevel } from "./run-level.ts";
import type { Load } from "./run-load.ts";
import { hasMissed, isSearched, probesExpected } from "./search-streams.ts";
import { inDuration, noTimeLeft } from "./time-budget.ts";
import type { TokenBudget } from "./token-budget.ts";

type Climbed = Pick<Measurement, "leftOut" | "knee" | "stopped" | "notes"> & { runs: MeasuredRun[] };

export const interrupted = { because: "interrupted", words: "The measurement was interrupted." } as const;
const pilingUp = "Requests pile up: more of them are in flight, and wait longer, than before.";

/** Measures one level after the other, until there is a reason to stop. */
export async function climbLadder(
  context: MeasureContext,
  progress: LadderProgress,
  isTimeUp: () => boolean,
): Promise<Climbed> {
  const { plan, signal, budget, time } = context;
  const runs: MeasuredRun[] = [];
  const leftOut: Measurement["leftOut"] = [];
  const notes: string[] = [];
  let knee: Measurement["knee"] = null;
  const stop = (stopped: Measurement["stopped"]): Climbed => {
    if (leftOut.length > 0) notes.push(noteLeftOut(leftOut));
    const { outputTokens } = plan;
    if (time.outputTokens() < outputTokens) {
      notes.push(
        `Answers have ${time.outputTokens()} tokens instead of ${outputTokens}: longer ones would not have fitted into the time.`,
      );
    }
    return { runs, leftOut, knee, stopped, notes };
  };
  const isInterrupted = () => signal.aborted && !isTimeUp();
  for (const [index, streams] of plan.streams.entries()) {
    if (isInterrupted()) return stop(interrupted);
    if (isTimeUp() || leftOut.some((smaller) => smaller.streams <= streams)) {
      leftOut.push({ streams, reason: isTimeUp() ? noTimeLeft : "a level of fewer streams did not fit" });
      continue;
    }
    const run = await runLevel(context, {
      streams,
      level: index + 1,
      levelsLeft: plan.streams.length - index + (isSearched(plan) ? probesExpected : 0),
      isFirst: runs.length === 0,
      onTick: (tick) => progress.tick({ streams, level: index + 1, ...tick }),
    });
    const { level, loads, reason } = run;
    keepRecords(loads, { streams }, plan);
    if (isInterrupted() && !isWhole(loads, plan)) {
      const completed = loads.flatMap(({ flights }) => flights.filter(isCompleted)).length;
      notes.push(
        `The level with ${streams} streams was broken off after ${completed} completed ${completed === 1 ? "request" : "requests"} and is left out.`,
      );
      return stop(interrupted);
    }
    const isOverBudget = loads.at(-1)?.end === "budget";
    if (isOverBudget && loads.every(({ flights }) => flights.length === 0)) {
      return stop(endOfBudget(budget, `before the level with ${streams}`));
    }
    if (level === null) {
      leftOut.push({ streams, reason });
      continue;
    }
    // Without a search nobody asks for what the figures were computed from.
    runs.push(isSearched(plan) ? { ...run, level } : { level, reason, loads: [], basis: null });
    if (isOverBudget) level.notes.push("The budget of tokens ended this level early.");
    progress.level(level, index + 1);
    if (isOverBudget) return stop(endOfBudget(budget, `in the level with ${streams}`));
    if (level.verdict === "failed") {
      return stop({ because: "errors", words: `Stopped at ${countStreams(streams)}: ${level.reason}` });
    }
    knee ??= findKnee(runs.map((one) => one.level));
    if (knee === null && plan.arrivals !== "closed" && loads.some(isPilingUpIn)) {
      knee = { streams, reason: pilingUp };
    }
    const isEnough = !isSearched(plan) || hasMissed(runs, plan.latencyTarget);
    if (knee !== null && plan.stopAtKnee && isEnough) return stop({ because: "knee", words: knee.reason });
  }
  if (isTimeUp() || leftOut.length > 0) return stop(endOfTime(plan, leftOut));
  return stop({ because: "ladder-done", words: "All levels were measured." });
}

const isCompleted = ({ outcome }: Flight) => outcome === "completed";

function endOfTime({ maxMinutes }: MeasurePlan, leftOut: Measurement["leftOut"]): Measurement["stopped"] {
  const time = `The time of ${inDuration(maxMinutes)}`;
  const words =
    leftOut.length === 0
      ? `${time} ended the last level.`
      : `${time} did not suffice for ${listStreams(leftOut)}.`;
  return { because: "time", words };
}

function noteLeftOut(leftOut: Measurement["leftOut"]): string {
  const groups = [...Map.groupBy(leftOut, ({ reason }) => reason)];
  return `Left out: ${groups.map(([reason, levels]) => `${listStreams(levels)} (${reason})`).join(", ")}.`;
}

/** For example `2, 4, 8 streams`. */
function listStreams(levels: Measurement["leftOut"]): string {
  const numbers = levels.map(({ streams }) => streams);
  return [...numbers.slice(0, -1), countStreams(numbers.at(-1) ?? 0)].join(", ");
}

/** Whether all of a level was measured; the interruption can come while the server finishes its work. */
function isWhole(loads: readonly Load[], plan: MeasurePlan): boolean {
  return loads.length === plan.repeats && loads.every(({ end }) => end === "done");
}

// Before the window opens the number of requests in flight rises anyway.
function isPilingUpIn({ flights, window }: Load): boolean {
  return window !== null && isPilingUp(flights.filter(({ scheduledAt }) => scheduledAt >= window.startAt));
}

function endOfBudget({ usedTokens, maxTokens }: TokenBudget, where: string): Measurement["stopped"] {
  const [used, most] = [usedTokens(), maxTokens].map((tokens) => tokens.toLocaleString("en-US"));
  const words = `The budget ended ${where} streams: ${used} of ${most} tokens are used, and another request might exceed it.`;
  return { because: "budget", words };
}
