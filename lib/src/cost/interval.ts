import type { AssessmentNumbers, Evaluation } from "./evaluate.ts";
import type { Feasibility } from "./feasibility.ts";
import { groupUsdPerHour, machineBill } from "./machine-bill.ts";
import type { Range } from "./range.ts";

/** What the ranges of an assessment leave open; wide enough for every set of figures inside them. */
export interface AssessmentInterval {
  /** `Infinity` at its upper end: towards the prices at which nothing pays, it takes ever more machines. */
  totalTokensPerSecond: Range;
  outputTokensPerSecond: Range;
  utilisationNeeded: Range | null;
  machineUsdPerMillionTokens: Range | null;
}

/** One set of figures with what it comes to. */
export interface Case {
  numbers: AssessmentNumbers;
  result: Evaluation;
}

/**
 * Computes the interval of each result from the corners of the ranges.
 *
 * With the number of groups fixed, each result moves in one direction with each input, so its extremes lie at corners.
 * Where the number changes from corner to corner, the results jump in between: just before a further group all are full,
 * just after it g of g + 1 are. Those two cases then count as well.
 */
export function spanCases(typical: Case, corners: readonly Case[]): AssessmentInterval {
  const cases = [typical, ...corners];
  const steps = findSteps(cases);
  const span = (ofCase: (one: Case) => number, between: (one: Case) => readonly number[]): Range => {
    const values = cases.flatMap((one) => [ofCase(one), ...(steps === null ? [] : between(one))]);
    return { lowest: Math.min(...values), typical: ofCase(typical), highest: Math.max(...values) };
  };
  const tokens = (perOutputToken: (one: Case) => number) =>
    span(
      (one) => one.result.breakEven.outputTokensPerSecond * perOutputToken(one),
      (one) => outputAtSteps(one, steps).map((output) => output * perOutputToken(one)),
    );
  const utilisation = ({ result }: Case) => result.utilisationNeeded ?? Number.NaN;
  const atSteps = (one: Case) => [1, afterStep(one, steps?.least ?? 1)];
  const api = ({ numbers, result }: Case) =>
    result.apiUsdPerMillionOutputTokens / (1 + numbers.inputTokensPerOutputToken);
  const isKnown = typical.result.utilisationNeeded !== null;
  return {
    totalTokensPerSecond: tokens(({ numbers }) => 1 + numbers.inputTokensPerOutputToken),
    outputTokensPerSecond: tokens(() => 1),
    utilisationNeeded: isKnown ? span(utilisation, atSteps) : null,
    // At the break-even both sides cost the same, so a full machine costs the used part of the API's price.
    machineUsdPerMillionTokens: isKnown
      ? span(
          (one) => utilisation(one) * api(one),
          (one) => atSteps(one).map((share) => share * api(one)),
        )
      : null,
  };
}

/** `most` is `Infinity` where some cases never pay. */
type Steps = { least: number; most: number };

function findSteps(cases: readonly Case[]): Steps | null {
  const groups = cases.flatMap(({ result }) => result.groups ?? []);
  const hasFixedCosts = cases.some(
    ({ result: { bill } }) => bill.peopleUsdPerHour + bill.spareUsdPerHour > 0,
  );
  if (!hasFixedCosts || groups.length === 0) return null;
  const least = Math.min(...groups);
  const most = groups.length < cases.length ? Infinity : Math.max(...groups);
  return most > least ? { least, most } : null;
}

function outputAtSteps({ numbers, result }: Case, steps: Steps | null): number[] {
  if (steps === null) return [];
  const { least, most } = steps;
  // What never pays counts with one group.
  return [most === Infinity ? 1 : least, most].map((groups) =>
    groups === Infinity
      ? groups
      : (result.breakEven.outputTokensPerSecond * machineBill(numbers, groups).totalUsdPerHour) /
        result.bill.totalUsdPerHour,
  );
}

/** The needed utilisation once a group was added to the fewest: the least that a step leaves. */
function afterStep({ numbers, result }: Case, least: number): number {
  const share = groupUsdPerHour(numbers) / (result.groupEarnsUsdPerHour ?? Number.NaN);
  return (least + share) / (least + 1);
}

/**
 * Says whether a machine pays in every case, in none, or in some; `unknown` where the evidence does not show it.
 *
 * A ceiling shows only what never pays; a rate that more streams might exceed shows only what pays.
 */
export function summarisePays(
  cases: readonly Case[],
  { feasible, capacity, latency }: Pick<Feasibility, "feasible" | "capacity" | "latency">,
): "always" | "never" | "sometimes" | "unknown" {
  const paying = cases.filter(({ result }) => result.groups !== null).length;
  const isSeen = capacity?.kind === "measured" || capacity?.kind === "published";
  const showsPaying = latency === "holds" && isSeen;
  const showsNever = feasible === "no" || capacity?.isLimit === true;
  if (paying === 0) return showsNever ? "never" : "unknown";
  if (paying === cases.length) return showsPaying ? "always" : "unknown";
  return showsPaying && showsNever ? "sometimes" : "unknown";
}
