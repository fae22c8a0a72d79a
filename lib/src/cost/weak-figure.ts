import type { Capacity, RateFigure } from "./capacity.ts";
import type { Rates } from "./evaluate.ts";

/** What one figure for a rate makes of a verdict. */
export interface FigureVerdict extends RateFigure {
  /** The break-even as a part of what the machine can do with it; above 1 it cannot be reached. */
  utilisationNeeded: number;
  /** Whether a machine with this rate pays from some load on, whatever its latency. */
  pays: boolean;
}

/** A rate on which a verdict hangs: with another known figure for it the verdict turns. */
export interface WeakFigure {
  rate: "reading" | "writing";
  used: FigureVerdict;
  /** The slowest first. */
  others: readonly FigureVerdict[];
}

const fields = { reading: "prefillTokensPerSecond", writing: "decodeTokensPerSecond" } as const;

/**
 * Finds the rate of the deciding capacity with which the verdict turns; `null` where none does.
 *
 * Compared are the other figures of its own runs and those of other evidence that is a limit: a published run's, a computed
 * ceiling's. What this workbook has measured on the machine itself is not weak in this sense.
 */
export function findWeakFigure(options: {
  capacity: Capacity | null;
  /** Other evidence for the same machine. */
  others: readonly Capacity[];
  judge: (rates: Rates) => Pick<FigureVerdict, "utilisationNeeded" | "pays">;
}): WeakFigure | null {
  const { capacity, others, judge } = options;
  if (capacity?.kind !== "published") return null;
  const limits = others.filter((other) => other !== capacity && other.isLimit === true);
  const weak = (["reading", "writing"] as const).flatMap((rate): WeakFigure[] => {
    const known = [capacity, ...limits].flatMap((one) => figuresOf(one, rate));
    const [used, ...rest] = known.map((figure) => {
      return { ...figure, ...judge({ ...capacity, [fields[rate]]: figure.tokensPerSecond }) };
    });
    if (used === undefined || rest.every(({ pays }) => pays === used.pays)) return [];
    return [
      { rate, used, others: rest.toSorted((one, other) => one.tokensPerSecond - other.tokensPerSecond) },
    ];
  });
  return weak.toSorted((one, other) => spread(other) - spread(one))[0] ?? null;
}

function figuresOf(capacity: Capacity, rate: WeakFigure["rate"]): readonly RateFigure[] {
  const { kind, source, date, rateFigures } = capacity;
  const figures = rateFigures?.[rate] ?? [{ tokensPerSecond: capacity[fields[rate]], kind, source, date }];
  // Endless stands for a rate that nobody knows.
  return figures.filter(({ tokensPerSecond }) => Number.isFinite(tokensPerSecond));
}

function spread({ used, others }: WeakFigure): number {
  const shares = [used, ...others].map(({ utilisationNeeded }) => utilisationNeeded);
  return Math.max(...shares) - Math.min(...shares);
}
