import { countStreams } from "../measurement.ts";
import type { ComparedFigure } from "./comparison.ts";

type Known = ComparedFigure & { ratio: number };

/** What one says of a figure that is higher, and of one that is lower; of waits the median speaks for the rest. */
const phrases = {
  outputTokensPerSecond: ["B writes % more tokens", "B writes % fewer tokens"],
  firstTokenP50Ms: ["its first token comes % later", "its first token comes % earlier"],
  perTokenP50Ms: [
    "each of its further tokens takes % longer",
    "each of its further tokens takes % less time",
  ],
} as const;
type SaidFigure = keyof typeof phrases;
const saidFigures = Object.keys(phrases) as SaidFigure[];

/** Says in one sentence what a comparison has found: what differs, at which levels, and where nothing does. */
export function sayComparison(figures: readonly ComparedFigure[]): string {
  const known = figures.filter(
    (one): one is Known => one.ratio !== null && saidFigures.some((figure) => figure === one.figure),
  );
  if (known.length === 0) return "No figure is known in both measurements.";
  const levels = [...new Set(known.map(({ streams }) => streams))];
  const inSpread = levels.filter((level) =>
    known.every(({ streams, differs }) => streams !== level || differs === "within the spread"),
  );
  const clear = sayFigures(known.filter(({ differs }) => differs === "more" || differs === "less"));
  const unclear = sayFigures(known.filter(({ differs }) => differs === "unknown"));
  const parts = [
    ...clear,
    ...(inSpread.length === 0 ? [] : [`the differences at ${listLevels(inSpread)} are within the spread`]),
    ...unclear,
  ];
  if (parts.length === 0) return "The figures are the same in both measurements.";
  const [first = "", ...rest] = parts;
  const sentence = [first.replace("its", "B's"), ...rest].join("; ");
  const doubt =
    unclear.length === 0
      ? ""
      : ` Without repeats on both sides it is not known whether ${clear.length === 0 ? "that" : "the last"} is more than chance.`;
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.${doubt}`;
}

function sayFigures(known: readonly Known[]): string[] {
  const said = saidFigures.flatMap((figure) => {
    const ofFigure = known.filter((one) => one.figure === figure && percentOf(one) !== "0");
    return [true, false].flatMap((isMore) => {
      const ofSide = ofFigure.filter(({ ratio }) => ratio > 1 === isMore);
      if (ofSide.length === 0) return [];
      const sorted = ofSide.toSorted((one, other) => Math.abs(one.ratio - 1) - Math.abs(other.ratio - 1));
      const percents = [
        ...new Set([sorted[0], sorted.at(-1)].flatMap((one) => (one ? [percentOf(one)] : []))),
      ];
      const phrase = phrases[figure][isMore ? 0 : 1].replace("%", `${percents.join(" to ")} %`);
      return [{ phrase, at: listLevels(ofSide.map(({ streams }) => streams)) }];
    });
  });
  // What holds at the same levels as the words before it need not name them again.
  return said.map(({ phrase, at }, index) => (at === said[index - 1]?.at ? phrase : `${phrase} at ${at}`));
}

/** Without a sign: whole from 1 % on, else with one decimal. */
function percentOf({ ratio }: Known): string {
  const percent = Math.abs(ratio - 1) * 100;
  return String(Number(percent.toFixed(percent < 0.95 ? 1 : 0)));
}

/** For example `2, 4 and 8 streams`. */
function listLevels(levels: readonly number[]): string {
  const last = countStreams(levels.at(-1) ?? 0);
  return levels.length < 2 ? last : `${levels.slice(0, -1).join(", ")} and ${last}`;
}
