import { InputError } from "../../errors.ts";
import { checkComparable } from "./check-comparable.ts";
import {
  type ComparableLevel,
  type ComparableMeasurement,
  type ComparedFigure,
  type Comparison,
  comparedFigures,
  type LevelPair,
} from "./comparison.ts";
import { noteDifferences } from "./note-differences.ts";
import { divideRepeats, geometricMean } from "./ratio-of-repeats.ts";
import { sayComparison } from "./say-comparison.ts";

const formulas: Comparison["formulas"] = {
  ratio:
    "B ÷ A is the ratio of the repeats' geometric means; without repeats it is the ratio of the levels' own figures (a percentile is then that of all requests).",
  interval:
    "95 %, Welch's t interval of the logarithms of the repeats (https://doi.org/10.1093/biomet/34.1-2.28); it needs at least two repeats on both sides. " +
    "It covers how much each measurement varies in itself; another pod or another hour can differ by more. One of twenty such intervals misses the true ratio.",
};

/**
 * Compares two measurements of the same workload: for each level that both have, how many tokens per second B writes and how
 * long its answers take, as ratios to A.
 *
 * Levels that failed or in which the client was the limit are left out. A ratio has an interval where both levels have two
 * repeats or more (`repeats: 3` of `measureThroughput`): requests of one repeat share a server, so their spread gives none.
 *
 * @throws InputError that names the field in which the workloads differ, and where one is simulated, no level is in both, or
 *   none of those is valid.
 */
export function compareMeasurements(a: ComparableMeasurement, b: ComparableMeasurement): Comparison {
  checkComparable(a, b);
  const { pairs, leftOut } = pairLevels(a, b);
  if (pairs.length === 0) {
    const reasons = leftOut.map(({ streams, reason }) => `${streams}: ${reason}`).join(" ");
    throw new InputError(`compareMeasurements: no level can be compared. ${reasons}`, {
      remedy: "Measure again what failed, or another number of streams.",
      field: "levels",
    });
  }
  const figures = pairs.flatMap(compareLevels);
  const name = ({ startedAt, model, server }: ComparableMeasurement) => ({ startedAt, model, server });
  return {
    a: name(a),
    b: name(b),
    kind: a.kind,
    figures,
    leftOut,
    notes: noteDifferences(a, b, pairs),
    words: sayComparison(figures),
    formulas,
  };
}

function pairLevels(a: ComparableMeasurement, b: ComparableMeasurement) {
  const pairs: LevelPair[] = [];
  const leftOut: Comparison["leftOut"] = [];
  const numbers = new Set([...a.levels, ...b.levels].map(({ streams }) => streams));
  for (const streams of [...numbers].sort((one, other) => one - other)) {
    const [ofA, ofB] = [a, b].map(({ levels }) => levels.find((level) => level.streams === streams));
    if (ofA === undefined || ofB === undefined) {
      leftOut.push({ streams, reason: `Only ${ofA === undefined ? "B" : "A"} has it.` });
      continue;
    }
    const faults = [ofA, ofB].flatMap(({ verdict, reason }, index) =>
      verdict === "valid" ? [] : [`${verdict} in ${index === 0 ? "A" : "B"}: ${reason}`],
    );
    if (faults.length > 0) leftOut.push({ streams, reason: faults.join(" ") });
    else pairs.push([ofA, ofB]);
  }
  return { pairs, leftOut };
}

function compareLevels([a, b]: LevelPair): ComparedFigure[] {
  return comparedFigures.map((figure) => {
    const [ofA, ofB] = [readRepeats(a, figure), readRepeats(b, figure)];
    const isKnown = ofA.length > 0 && ofB.length > 0;
    const { ratio, interval } = isKnown ? divideRepeats(ofA, ofB) : { ratio: null, interval: null };
    const { low, high } = interval ?? { low: null, high: null };
    const differs = judge(low, high);
    return {
      streams: a.streams,
      figure,
      a: geometricMean(ofA),
      b: geometricMean(ofB),
      ratio,
      low,
      high,
      differs,
    };
  });
}

/** Of a level without figures for each repeat its own figure; what is 0 or not known has no ratio. */
function readRepeats(level: ComparableLevel, figure: ComparedFigure["figure"]): number[] {
  const own = {
    outputTokensPerSecond: level.outputTokensPerSecond,
    firstTokenP50Ms: level.timeToFirstTokenMs.p50,
    firstTokenP95Ms: level.timeToFirstTokenMs.p95,
    perTokenP50Ms: level.timePerOutputTokenMs.p50,
  }[figure];
  const known = level.repeats.flatMap((repeat) => repeat[figure] ?? []).filter((value) => value > 0);
  if (level.repeats.length > 1 && known.length === level.repeats.length) return known;
  return own === null || own <= 0 ? [] : [own];
}

function judge(low: number | null, high: number | null): ComparedFigure["differs"] {
  if (low === null || high === null) return "unknown";
  if (low > 1) return "more";
  return high < 1 ? "less" : "within the spread";
}
