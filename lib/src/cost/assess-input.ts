import { InputError } from "../errors.ts";
import { hoursPerMonth, mostHoursPerMonth } from "../facts/index.ts";
import { requireNumber } from "../require-number.ts";
import { englishWordsPerToken } from "./break-even.ts";
import type { Capacity, Latency } from "./capacity.ts";
import type { CapacityWanted } from "./judge-capacity.ts";
import { type Bound, type NumberOrRange, type Range, toRange } from "./range.ts";

/** What `assessBreakEven` asks; every figure can be a range. Money in USD. */
export interface AssessmentInput extends CapacityWanted {
  /** One group of GPUs that holds the model once, all its cards together. */
  gpuUsdPerHour: NumberOrRange;
  inputUsdPerMillion: NumberOrRange;
  outputUsdPerMillion: NumberOrRange;
  /** The mix: 1 means as many tokens in as out, 0 means output only. */
  inputTokensPerOutputToken: NumberOrRange;
  /** Default 0.72: English prose. */
  wordsPerToken?: NumberOrRange;

  /** Hours of work in a month for which the machine is rented: a deadline, office hours. Default 730: always. */
  hoursPerMonth?: NumberOrRange;
  /** From renting to the first token, at each start. Default 0. */
  startMinutes?: NumberOrRange;
  /** Default 1. */
  startsPerMonth?: NumberOrRange;
  /** Disks of one group, by the month. Default 0. */
  storageUsdPerMonth?: NumberOrRange;
  /** People who look after it. Default 0, and always shown. */
  peopleUsdPerMonth?: NumberOrRange;
  /** Groups that run without being needed. Default 0. */
  spareGroups?: number;

  /** Share of the input that was sent before and is in a cache, at the API and on the machine alike. Default 0. */
  cachedInputShare?: NumberOrRange;
  /** What the API asks for a million of these; absent: its full price. */
  cachedInputUsdPerMillion?: NumberOrRange;
  /** Another share for the machine, whose prefix cache saves it from reading. Default: what its cache was measured to save of `cachedInputShare`, else all of it. */
  ownCachedInputShare?: NumberOrRange;
  /** Share of the traffic that can wait for a batch of the API. Default 0. */
  batchShare?: NumberOrRange;
  /** What a batch of the API is cheaper by. Default 0.5. */
  batchDiscount?: NumberOrRange;

  /** What the machine can do: measured, published or computed; the best evidence within the target counts. */
  capacity?: Capacity | readonly Capacity[];
  /** The latency that users accept; without it any rate counts. */
  latencyTarget?: Latency;
  /** A steady load to be priced on both sides, in output tokens per second while the machine is rented. */
  outputTokensPerSecond?: number;
}

// What each figure may be, and its default; without one it must be given.
const figures = {
  gpuUsdPerHour: ["positive"],
  inputUsdPerMillion: ["positive"],
  outputUsdPerMillion: ["positive"],
  inputTokensPerOutputToken: ["at-least-zero"],
  wordsPerToken: ["positive", englishWordsPerToken],
  hoursPerMonth: ["positive", hoursPerMonth],
  startMinutes: ["at-least-zero", 0],
  startsPerMonth: ["at-least-zero", 1],
  storageUsdPerMonth: ["at-least-zero", 0],
  peopleUsdPerMonth: ["at-least-zero", 0],
  cachedInputShare: ["share", 0],
  batchShare: ["share", 0],
  batchDiscount: ["share", 0.5],
} as const satisfies Partial<Record<keyof AssessmentInput, readonly [bound: Bound, otherwise?: number]>>;

/** The figures of an assessment that can vary, each as a range. */
export type AssessmentRanges = Record<keyof typeof figures, Range> & {
  /** `null`: the API gives no discount. */
  cachedInputUsdPerMillion: Range | null;
  /** `null`: the machine has the API's share. */
  ownCachedInputShare: Range | null;
};

/** Reads the figures of an assessment as ranges, with its defaults. */
export function readRanges(input: AssessmentInput): AssessmentRanges {
  const readOptional = (field: "cachedInputUsdPerMillion" | "ownCachedInputShare", bound: Bound) => {
    const value = input[field];
    return value === undefined ? null : toRange(field, value, bound);
  };
  const read = Object.entries(figures).map(([name, [bound, otherwise = Number.NaN]]) => {
    const field = name as keyof typeof figures;
    return [field, toRange(field, input[field] ?? otherwise, bound)];
  });
  const ranges: AssessmentRanges = {
    // Its fields are those of the table above.
    ...(Object.fromEntries(read) as Record<keyof typeof figures, Range>),
    cachedInputUsdPerMillion: readOptional("cachedInputUsdPerMillion", "positive"),
    ownCachedInputShare: readOptional("ownCachedInputShare", "share"),
  };
  if (ranges.hoursPerMonth.highest > mostHoursPerMonth) {
    throw new InputError(`assessBreakEven: hoursPerMonth is ${ranges.hoursPerMonth.highest}.`, {
      remedy: `Give the hours of work in a month: ${mostHoursPerMonth} at most.`,
    });
  }
  if (ranges.batchDiscount.highest * ranges.batchShare.highest >= 1) {
    throw new InputError("assessBreakEven: batchDiscount makes the API free.", {
      remedy: "Give a batchDiscount below 1, such as 0.5 for half price.",
    });
  }
  return ranges;
}

/** Reads the capacities, and refuses rates that are no rates. */
export function readCapacities({ capacity = [] }: AssessmentInput): readonly Capacity[] {
  const capacities: readonly Capacity[] = "decodeTokensPerSecond" in capacity ? [capacity] : capacity;
  for (const { prefillTokensPerSecond, decodeTokensPerSecond, source } of capacities) {
    const rates = {
      "capacity.prefillTokensPerSecond": prefillTokensPerSecond,
      "capacity.decodeTokensPerSecond": decodeTokensPerSecond,
    };
    // An infinite prefill rate stands for a rate that already has the reading in it.
    requireNumber("assessBreakEven", rates, { above: 0, endless: true, meaning: `a rate of ${source}` });
  }
  return capacities;
}
