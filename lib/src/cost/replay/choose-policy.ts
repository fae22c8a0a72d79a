import { scaleTrace } from "../../traffic/index.ts";
import { describeLatency } from "../judge-capacity.ts";
import type { ReplayInput } from "./replay-input.ts";
import type { PolicyReplay } from "./replay-policy.ts";
import { rankByCost, replayTrace, type TraceReplay } from "./replay-trace.ts";

/** The cheapest way of serving a load, how close the next one is, and at which load another one takes its place. */
export interface PolicyChoice {
  replay: TraceReplay;
  /** Keeps to the latency target, at the lowest cost; `null`: none does. */
  cheapest: PolicyReplay | null;
  /** The cheapest of another form; `null`: no other keeps to the target. */
  runnerUp: PolicyReplay | null;
  /** The nearest change of the choice with more load, and with less; `null`: none within the factors tried. */
  above: ChoiceFlip | null;
  below: ChoiceFlip | null;
  /** The loads that were looked at, as factors of the trace's. */
  tried: { most: number; least: number };
  /** All of that in words. */
  sentence: string;
}

/** The load at which the choice changes; found by doubling and halving, so a change that is undone in between is missed. */
export interface ChoiceFlip {
  /** Times the load of the trace; right to about 3 %. */
  loadFactor: number;
  requestsPerHour: number;
  /** What is the cheapest beyond it; `null`: nothing keeps to the target any more. */
  cheapest: PolicyReplay | null;
}

const mostDoublings = 5;
const halvings = 5;
// Fewer requests say nothing of a load, and more take too long.
const [fewestRequests, mostRequests] = [10, 1_000_000];

/**
 * Chooses the cheapest policy that keeps to the latency target, and finds the loads at which the choice changes.
 *
 * Each load is the trace with more or fewer requests (`scaleTrace`), up to 32 times as many and as few. Several pods and
 * one that is always on count as one form. Computed, as everything in `replayTrace` is.
 *
 * @throws InputError as `replayTrace` does.
 */
export function choosePolicy(input: ReplayInput): PolicyChoice {
  const replay = replayTrace(input);
  const ranked = rankByCost(replay.policies, replay.latencyTarget);
  const cheapest = ranked[0] ?? null;
  const runnerUp = ranked.find((one) => formOf(one) !== formOf(cheapest)) ?? null;
  const above = findFlip(input, cheapest, 2);
  const below = findFlip(input, cheapest, 1 / 2);
  const tried = { most: above.tried, least: below.tried };
  const choice = { replay, cheapest, runnerUp, above: above.flip, below: below.flip, tried };
  return { ...choice, sentence: describeChoice(choice) };
}

function describeChoice(choice: Omit<PolicyChoice, "sentence">): string {
  const { replay, cheapest, runnerUp, above, below, tried } = choice;
  const target = describeLatency({ timePerOutputTokenMs: null, ...replay.latencyTarget });
  if (cheapest === null) return `None of these gives ${target} (computed).`;
  const daily = ({ usdPerDay }: PolicyReplay) => `$${usdPerDay.toFixed(2)} a day`;
  return [
    `The cheapest that gives ${target} is “${cheapest.label}” at ${daily(cheapest)} (computed).`,
    runnerUp === null
      ? "None of the others does."
      : `The second cheapest is “${runnerUp.label}” at ${daily(runnerUp)}.`,
    describeFlip(above, "more", tried.most),
    describeFlip(below, "less", 1 / tried.least),
  ].join(" ");
}

function describeFlip(flip: ChoiceFlip | null, direction: "more" | "less", tried: number): string {
  if (flip === null) {
    return tried === 1
      ? `It was not tried what ${direction} load would change.`
      : `With up to ${tried} times ${direction} load the cheapest stays the same.`;
  }
  const load = `${flip.loadFactor.toPrecision(2)} times this load (${Math.round(flip.requestsPerHour).toLocaleString("en-US")} requests an hour)`;
  const next = flip.cheapest === null ? "none keeps the target" : `“${flip.cheapest.label}” is cheaper`;
  return `From ${load} ${direction === "more" ? "up" : "down"} ${next}.`;
}

function findFlip(
  input: ReplayInput,
  cheapest: PolicyReplay | null,
  step: number,
): { flip: ChoiceFlip | null; tried: number } {
  const { length } = input.trace.arrivalSeconds;
  let same = 1;
  for (let count = 0; count < mostDoublings; count++) {
    const factor = same * step;
    if (factor * length < fewestRequests || factor * length > mostRequests) break;
    const found = cheapestAt(input, factor);
    if (formOf(found) !== formOf(cheapest)) {
      return { flip: narrow(input, { same, other: factor, found, cheapest }), tried: factor };
    }
    same = factor;
  }
  return { flip: null, tried: same };
}

/** Narrows a change down between a load with the same choice and one with another, by halving in the logarithm. */
function narrow(
  input: ReplayInput,
  start: { same: number; other: number; found: PolicyReplay | null; cheapest: PolicyReplay | null },
): ChoiceFlip {
  let { same, other, found } = start;
  for (let count = 0; count < halvings; count++) {
    const middle = Math.sqrt(same * other);
    const between = cheapestAt(input, middle);
    if (formOf(between) === formOf(start.cheapest)) same = middle;
    else [other, found] = [middle, between];
  }
  const { arrivalSeconds, spanSeconds } = input.trace;
  return {
    loadFactor: other,
    requestsPerHour: (arrivalSeconds.length * other * 3_600) / spanSeconds,
    cheapest: found,
  };
}

function cheapestAt(input: ReplayInput, requests: number): PolicyReplay | null {
  return replayTrace({ ...input, trace: scaleTrace(input.trace, { requests }) }).cheapest;
}

function formOf(replayed: PolicyReplay | null): string | null {
  if (replayed === null) return null;
  return replayed.policy.kind === "always-on" ? "pods" : replayed.policy.kind;
}
