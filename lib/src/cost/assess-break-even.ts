import { requireNumber } from "../require-number.ts";
import { type AssessmentInput, type AssessmentRanges, readCapacities, readRanges } from "./assess-input.ts";
import type { BreakEven } from "./break-even.ts";
import type { Capacity } from "./capacity.ts";
import { type Evaluation, evaluate, findPayingPrices, type PayingPrices, type Rates } from "./evaluate.ts";
import { type Feasibility, judgeFeasibility } from "./feasibility.ts";
import { type AssessmentInterval, spanCases, summarisePays } from "./interval.ts";
import type { MachineBill } from "./machine-bill.ts";
import { type LoadBill, priceLoad } from "./price-load.ts";
import { type Range, toRange } from "./range.ts";
import {
  drawCorners,
  drawFigures,
  type FigureSet,
  type InputInfluence,
  rankInputs,
  type VaryingFigures,
} from "./rank-inputs.ts";

/** From which load a machine pays, whether it can do that load, how sure that is; money in USD, all figures computed. */
export interface Assessment extends BreakEven, Feasibility {
  /** `never`: even at full load a token costs more than at the API; said only where nothing lies beyond what was seen. */
  pays: "above-break-even" | "never" | "unknown";
  /** Where no price of today pays: the prices from which it would; else `null`, also where no rate within the latency target is known. */
  wouldPay: PayingPrices | null;
  /** What an hour of work costs at the break-even, by what it is spent on. */
  bill: MachineBill;
  /** Whole groups of GPUs that work at the break-even; `null` where none do or the capacity is not known. */
  groups: number | null;
  /** The break-even as a part of what those groups can do: 1 is full load, above it cannot be reached. */
  utilisationNeeded: number | null;
  /** Which part of the input the machine does not read: as given, else as its cache was measured, else what the API has. */
  ownCachedInputShare: number;
  /** The headline: a million tokens, input and output together, at full load within the latency target; else `null`. */
  usdPerMillionTokens: { machine: number | null; api: number };
  /** A million output tokens together with the input that belongs to them. */
  usdPerMillionOutputTokens: { machine: number | null; api: number };
  /** What the given ranges leave open, and whether it pays in every case of them, in none, or in some. */
  interval: AssessmentInterval & { pays: "always" | "never" | "sometimes" | "unknown" };
  /** Which input moves the needed utilisation most (without a capacity: the break-even), the strongest first. */
  ranking: readonly InputInfluence[];
  /** Both bills at the given load; `null` where none was given, or no capacity is known within the latency target. */
  load: LoadBill | null;
  ranges: AssessmentRanges;
}

/**
 * Assesses whether an own machine pays against an API: with all costs, at a latency, with what is uncertain.
 *
 * @throws InputError that names the field, where a value makes no sense.
 */
export function assessBreakEven(input: AssessmentInput): Assessment {
  const ranges = readRanges(input);
  const { spareGroups = 0 } = input;
  requireNumber("assessBreakEven", { spareGroups }, { whole: true, from: 0 });
  const capacities = readCapacities(input);
  const without: VaryingFigures = { ranges, spareGroups, rates: null };
  const { numbers } = drawFigures(without);

  const feasibility = judgeFeasibility({
    capacities,
    wanted: input,
    latencyTarget: input.latencyTarget ?? null,
    utilisationOf: (capacity) => {
      const { groups, utilisationNeeded } = evaluate(numbers, capacity);
      // Fixed costs need more than one group: then what decides is whether any number of groups can pay.
      return groups === null ? Math.max(utilisationNeeded ?? 0, 1 + 1e-9) : (utilisationNeeded ?? 0);
    },
  });
  const { capacity, feasible } = feasibility;
  const figures: VaryingFigures = { ...without, rates: capacity === null ? null : readRates(capacity) };
  const evaluateSet = ({ numbers, rates }: FigureSet) =>
    evaluate(numbers, rates && { ...rates, warm: capacity?.warm });
  const typical = evaluate(numbers, capacity);
  const corners = drawCorners(figures).map((set) => ({ numbers: set.numbers, result: evaluateSet(set) }));
  const mix = numbers.inputTokensPerOutputToken;
  const { apiUsdPerMillionOutputTokens: api } = typical;
  // A price at a rate that comes too slowly, or nobody knows how slowly, is no price at the target.
  const isWithin = feasibility.latency === "holds";
  const machine = isWithin ? typical.machineUsdPerMillionOutputTokens : null;
  const never = feasible === "no";
  const tooSlow = never && typical.groups !== null;
  const typicalCase = { numbers, result: typical };
  const interval = spanCases(typicalCase, corners);
  return {
    ...typical.breakEven,
    ...feasibility,
    pays: never ? "never" : feasible === "yes" ? "above-break-even" : "unknown",
    wouldPay:
      never && !tooSlow && feasibility.latency !== "too-slow" ? findPayingPrices(numbers, typical) : null,
    bill: typical.bill,
    groups: typical.groups,
    utilisationNeeded: typical.utilisationNeeded,
    ownCachedInputShare: typical.ownCachedInputShare,
    usdPerMillionTokens: { machine: machine === null ? null : machine / (1 + mix), api: api / (1 + mix) },
    usdPerMillionOutputTokens: { machine, api },
    interval: {
      ...interval,
      machineUsdPerMillionTokens: isWithin ? interval.machineUsdPerMillionTokens : null,
      pays: tooSlow ? "never" : summarisePays([typicalCase, ...corners], feasibility),
    },
    ranking: rankInputs(figures, (set) => resultOf(evaluateSet(set))),
    load: priceLoad({ outputTokensPerSecond: input.outputTokensPerSecond, numbers, typical, isWithin }),
    ranges,
  };
}

function readRates(capacity: Capacity): NonNullable<VaryingFigures["rates"]> {
  const range = (field: keyof Rates, ends: readonly [number, number] | undefined): Range => {
    const typical = capacity[field];
    if (ends === undefined) return { lowest: typical, typical, highest: typical };
    const [lowest, highest] = ends;
    // The typical rate need not be the mean of the repeats.
    const around = { lowest: Math.min(lowest, typical), typical, highest: Math.max(highest, typical) };
    return toRange(`capacity.${field}`, around, "positive");
  };
  return {
    prefillTokensPerSecond: range("prefillTokensPerSecond", capacity.prefillRange),
    decodeTokensPerSecond: range("decodeTokensPerSecond", capacity.decodeRange),
  };
}

function resultOf({ utilisationNeeded, breakEven }: Evaluation): number {
  return utilisationNeeded ?? breakEven.outputTokensPerSecond;
}
