import { InputError } from "../errors.ts";
import { hoursPerMonth, mostHoursPerMonth } from "../facts/index.ts";
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

  /** Share of the input that the API has in its cache, at `cachedInputUsdPerMillion`. Default 0. */
  cachedInputShare?: NumberOrRange;
  cachedInputUsdPerMillion?: NumberOrRange;
  /** Share of the input that the machine's own prefix cache saves it from reading. Default 0. */
  ownCachedInputShare?: NumberOrRange;
  /** Share of the traffic that can wait for a batch. Default 0. */
  batchShare?: NumberOrRange;
  /** What a batch is cheaper by. Default 0.5. */
  batchDiscount?: NumberOrRange;

  /** What the machine can do: measured, published or computed; the best evidence within the target counts. */
  capacity?: Capacity | readonly Capacity[];
  /** The latency that users accept; without it any rate counts. */
  latencyTarget?: Latency;
  /** A steady load to be priced on both sides, in output tokens per second while the machine is rented. */
  outputTokensPerSecond?: number;
}

/** The figures of an assessment that can vary, each as a range. */
export interface AssessmentRanges {
  gpuUsdPerHour: Range;
  inputUsdPerMillion: Range;
  outputUsdPerMillion: Range;
  inputTokensPerOutputToken: Range;
  wordsPerToken: Range;
  hoursPerMonth: Range;
  startMinutes: Range;
  startsPerMonth: Range;
  storageUsdPerMonth: Range;
  peopleUsdPerMonth: Range;
  cachedInputShare: Range;
  /** `null`: the API gives no discount. */
  cachedInputUsdPerMillion: Range | null;
  ownCachedInputShare: Range;
  batchShare: Range;
  batchDiscount: Range;
}

/** Reads the figures of an assessment as ranges, with its defaults. */
export function readRanges(input: AssessmentInput): AssessmentRanges {
  const read = (field: keyof AssessmentRanges, bound: Bound, otherwise?: number) =>
    toRange(field, input[field] ?? otherwise ?? Number.NaN, bound);
  const { cachedInputUsdPerMillion } = input;
  const ranges: AssessmentRanges = {
    gpuUsdPerHour: read("gpuUsdPerHour", "positive"),
    inputUsdPerMillion: read("inputUsdPerMillion", "positive"),
    outputUsdPerMillion: read("outputUsdPerMillion", "positive"),
    inputTokensPerOutputToken: read("inputTokensPerOutputToken", "at-least-zero"),
    wordsPerToken: read("wordsPerToken", "positive", 0.72),
    hoursPerMonth: read("hoursPerMonth", "positive", hoursPerMonth),
    startMinutes: read("startMinutes", "at-least-zero", 0),
    startsPerMonth: read("startsPerMonth", "at-least-zero", 1),
    storageUsdPerMonth: read("storageUsdPerMonth", "at-least-zero", 0),
    peopleUsdPerMonth: read("peopleUsdPerMonth", "at-least-zero", 0),
    cachedInputShare: read("cachedInputShare", "share", 0),
    cachedInputUsdPerMillion:
      cachedInputUsdPerMillion === undefined
        ? null
        : toRange("cachedInputUsdPerMillion", cachedInputUsdPerMillion, "positive"),
    ownCachedInputShare: read("ownCachedInputShare", "share", 0),
    batchShare: read("batchShare", "share", 0),
    batchDiscount: read("batchDiscount", "share", 0.5),
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

/** Reads the number of spare groups, which has to be whole. */
export function readSpareGroups({ spareGroups = 0 }: AssessmentInput): number {
  if (Number.isInteger(spareGroups) && spareGroups >= 0) return spareGroups;
  throw new InputError(`assessBreakEven: spareGroups is ${spareGroups}.`, {
    remedy: "Give spareGroups a whole number of at least 0.",
  });
}

/** Reads the capacities, and refuses rates that are no rates. */
export function readCapacities({ capacity = [] }: AssessmentInput): readonly Capacity[] {
  const capacities: readonly Capacity[] = "decodeTokensPerSecond" in capacity ? [capacity] : capacity;
  for (const one of capacities) {
    for (const field of ["prefillTokensPerSecond", "decodeTokensPerSecond"] as const) {
      // An endless prefill is allowed: it stands for a rate that already has the reading in it.
      if (one[field] > 0) continue;
      throw new InputError(`assessBreakEven: capacity.${field} is ${one[field]} (${one.source}).`, {
        remedy: `Give ${field} a number of tokens per second above 0.`,
      });
    }
  }
  return capacities;
}
