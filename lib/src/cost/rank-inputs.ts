import { mostHoursPerMonth } from "../facts/index.ts";
import type { AssessmentRanges } from "./assess-input.ts";
import type { AssessmentNumbers, Rates } from "./evaluate.ts";
import { isWide, type Range } from "./range.ts";

/** The figures of one assessment as ranges, with those of its capacity. */
export interface VaryingFigures {
  ranges: AssessmentRanges;
  spareGroups: number;
  /** `null` where nobody knows the rates. */
  rates: { prefillTokensPerSecond: Range; decodeTokensPerSecond: Range } | null;
}

/** One set of figures, drawn from the ranges. */
export interface FigureSet {
  numbers: AssessmentNumbers;
  rates: Rates | null;
}

/** How far one input moves the result when it goes from its lowest to its highest value and all else stays. */
export interface InputInfluence {
  input: string;
  lowest: number;
  highest: number;
  resultAtLowest: number;
  resultAtHighest: number;
  swing: number;
  /** `true`: nobody gave a range, so it was moved by a fifth each way. */
  assumed: boolean;
}

type RangeEnd = "lowest" | "typical" | "highest";

/** Inputs that move together: a provider is dear or cheap in all its prices at once. */
const groups: Readonly<Record<string, string>> = {
  inputUsdPerMillion: "API price",
  outputUsdPerMillion: "API price",
  cachedInputUsdPerMillion: "API price",
  prefillTokensPerSecond: "capacity",
  decodeTokensPerSecond: "capacity",
  gpuUsdPerHour: "GPU price",
  inputTokensPerOutputToken: "mix (in : out)",
  wordsPerToken: "words per token",
  hoursPerMonth: "hours a month",
  startMinutes: "start-up minutes",
  startsPerMonth: "starts a month",
  storageUsdPerMonth: "storage",
  peopleUsdPerMonth: "people",
  cachedInputShare: "cached share at the API",
  ownCachedInputShare: "cached share on the machine",
  batchShare: "batch share at the API",
  batchDiscount: "batch discount of the API",
};

const bothCached = "cached share on both sides";

function groupOf(field: string, { ownCachedInputShare }: AssessmentRanges): string {
  return field === "cachedInputShare" && ownCachedInputShare === null ? bothCached : (groups[field] ?? field);
}

/** Draws one set of figures: all at one end of their ranges, or each at the end asked for its group, else at its typical value. */
export function drawFigures(
  figures: VaryingFigures,
  ends: RangeEnd | Readonly<Record<string, RangeEnd>> = "typical",
): FigureSet {
  const at = (field: string, range: Range) =>
    range[typeof ends === "string" ? ends : (ends[groupOf(field, figures.ranges)] ?? "typical")];
  const entries = Object.entries<Range | null>(figures.ranges).map(([field, range]) => {
    return [field, range && at(field, range)];
  });
  // The fields are those of the ranges, each with its number.
  const numbers = { ...Object.fromEntries(entries), spareGroups: figures.spareGroups } as AssessmentNumbers;
  const rates =
    figures.rates === null
      ? null
      : {
          prefillTokensPerSecond: at("prefillTokensPerSecond", figures.rates.prefillTokensPerSecond),
          decodeTokensPerSecond: at("decodeTokensPerSecond", figures.rates.decodeTokensPerSecond),
        };
  return { numbers, rates };
}

/** Draws every combination of lowest and highest over the inputs that have a range. */
export function drawCorners(figures: VaryingFigures): FigureSet[] {
  const groups = [...groupRanges(figures)]
    .filter(([, ranges]) => ranges.some(isWide))
    .map(([group]) => group);
  return Array.from({ length: 2 ** groups.length }, (_, corner) =>
    drawFigures(
      figures,
      Object.fromEntries(groups.map((group, bit) => [group, corner & (1 << bit) ? "highest" : "lowest"])),
    ),
  );
}

/** Ranks the inputs by how far each alone moves a result; one without a range is moved by a fifth each way. */
export function rankInputs(
  figures: VaryingFigures,
  resultOf: (figures: FigureSet) => number,
): InputInfluence[] {
  return [...groupRanges(figures)]
    .flatMap(([input, ranges]): InputInfluence[] => {
      const assumed = !ranges.some(isWide);
      const [first] = ranges;
      if (first === undefined || (assumed && first.typical === 0)) return [];
      const moved = assumed ? widen(figures, input) : figures;
      const range = assumed ? byAFifth(input, first) : first;
      const resultAtLowest = resultOf(drawFigures(moved, { [input]: "lowest" }));
      const resultAtHighest = resultOf(drawFigures(moved, { [input]: "highest" }));
      const swing = Math.abs(resultAtHighest - resultAtLowest);
      const { lowest, highest } = range;
      return swing === 0 ? [] : [{ input, lowest, highest, resultAtLowest, resultAtHighest, swing, assumed }];
    })
    .toSorted((one, other) => other.swing - one.swing);
}

function groupRanges({ ranges, rates }: VaryingFigures): Map<string, Range[]> {
  const known = Object.entries<Range | null>({ ...ranges, ...rates }).flatMap(([field, range]) =>
    range === null ? [] : [{ group: groupOf(field, ranges), range }],
  );
  const grouped = Map.groupBy(known, ({ group }) => group);
  return new Map([...grouped].map(([group, fields]) => [group, fields.map(({ range }) => range)]));
}

function widen(figures: VaryingFigures, input: string): VaryingFigures {
  const widened = <Fields extends object>(fields: Fields): Fields =>
    Object.fromEntries(
      Object.entries(fields).map(([field, range]: [string, Range | null]) => [
        field,
        range !== null && groupOf(field, figures.ranges) === input ? byAFifth(input, range) : range,
      ]),
    ) as Fields;
  return {
    ...figures,
    ranges: widened(figures.ranges),
    rates: figures.rates === null ? null : widened(figures.rates),
  };
}

// A share and a month have an upper end.
const mostOf: Readonly<Record<string, number>> = {
  "hours a month": mostHoursPerMonth,
  [bothCached]: 1,
  "cached share at the API": 1,
  "cached share on the machine": 1,
  "batch share at the API": 1,
  "batch discount of the API": 1,
};

function byAFifth(input: string, { typical }: Range): Range {
  return { lowest: typical * 0.8, typical, highest: Math.min(typical * 1.2, mostOf[input] ?? Infinity) };
}
