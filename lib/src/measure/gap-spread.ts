import { createNumberList, type Statistics, summarize } from "../statistics.ts";

/** How the gaps between pieces of text are spread. */
export interface GapSpread {
  add(gapMs: number, times?: number): void;
  /** Each gap that was added, and how often. */
  entries(): Iterable<[gapMs: number, times: number]>;
  summarize(): Statistics;
}

/** An hour of 256 streams has tens of millions of gaps; so many are kept as they are, in 1 MB. */
const mostExact = 131_072;

/** Beyond them only steps of 0.1 % are counted, so a percentile is off by at most 0.05 %. */
const stepsPerFactorE = 1_000;

/** Creates an empty spread, whose memory does not grow with the time that a load takes. */
export function createGapSpread(): GapSpread {
  let exact = createNumberList();
  let steps: Map<number, number> | null = null;
  let [count, total, min, max] = [0, 0, Infinity, -Infinity];

  const addStep = (gapMs: number, times: number) => {
    steps ??= new Map();
    const step = gapMs > 0 ? Math.round(Math.log(gapMs) * stepsPerFactorE) : -Infinity;
    steps.set(step, (steps.get(step) ?? 0) + times);
  };
  const sizeOf = (step: number) => Math.exp(step / stepsPerFactorE);
  function* entries(): Generator<[number, number]> {
    for (const gapMs of exact.values()) yield [gapMs, 1];
    for (const [step, times] of steps ?? []) yield [sizeOf(step), times];
  }

  return {
    add(gapMs, times = 1) {
      count += times;
      total += gapMs * times;
      [min, max] = [Math.min(min, gapMs), Math.max(max, gapMs)];
      if (steps === null && times === 1 && exact.length < mostExact) exact.push(gapMs);
      else addStep(gapMs, times);
      if (steps === null || exact.length === 0) return;
      for (const kept of exact.values()) addStep(kept, 1);
      exact = createNumberList();
    },
    entries,
    summarize() {
      if (steps === null) return summarize(exact.values());
      const sorted = [...steps].sort(([one], [other]) => one - other);
      const valueAt = (rank: number) => {
        let before = 0;
        for (const [step, times] of sorted) {
          before += times;
          if (before > rank) return Math.min(max, Math.max(min, sizeOf(step)));
        }
        return max;
      };
      const at = (share: number) => valueAt(Math.round(share * (count - 1)));
      return {
        count,
        mean: total / count,
        min,
        p50: at(0.5),
        p90: at(0.9),
        p95: at(0.95),
        p99: at(0.99),
        max,
      };
    },
  };
}

/** Sums up the gaps of several loads. */
export function summarizeGaps(spreads: readonly GapSpread[]): Statistics {
  const all = createGapSpread();
  for (const spread of spreads) for (const [gapMs, times] of spread.entries()) all.add(gapMs, times);
  return all.summarize();
}
