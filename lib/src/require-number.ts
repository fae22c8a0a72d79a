import { InputError } from "./errors.ts";
import { inWords } from "./words/index.ts";

/** Which numbers a field takes; finite ones only, unless it is `endless`. */
export interface NumberRange {
  /** The least that it takes; with `above` the number itself is refused. */
  from?: number;
  above?: number;
  /** The most that it takes; with `below` the number itself is refused. */
  to?: number;
  below?: number;
  whole?: boolean;
  /** Infinity is allowed here. */
  endless?: boolean;
  /** `undefined` is allowed here: then the caller has a default. */
  optional?: boolean;
  /** What the number stands for, such as "a price in dollars". */
  meaning?: string;
}

/**
 * Refuses what is not a number of the range; the fields carry the names that the caller's user wrote.
 *
 * @example requireNumber("planPod", { gpuCount }, { whole: true, from: 1, to: 16 });
 * @throws InputError that names function and field, and says what the field takes.
 */
export function requireNumber(
  caller: string,
  fields: Readonly<Record<string, unknown>>,
  range: NumberRange,
): void {
  for (const [field, value] of Object.entries(fields)) {
    if (isInRange(value, range) || (value === undefined && range.optional)) continue;
    const meaning = range.meaning === undefined ? "" : `, which is not ${range.meaning}`;
    throw new InputError(`${caller}: ${field} is ${String(value)}${meaning}.`, {
      remedy: `Give ${field} a ${describeRange(range)}.`,
      problem: "out-of-range",
      field,
    });
  }
}

function isInRange(value: unknown, { from, above, to, below, whole, endless }: NumberRange): boolean {
  return (
    typeof value === "number" &&
    (endless ? !Number.isNaN(value) : Number.isFinite(value)) &&
    (!whole || value === Number.POSITIVE_INFINITY || Number.isInteger(value)) &&
    (from === undefined || value >= from) &&
    (above === undefined || value > above) &&
    (to === undefined || value <= to) &&
    (below === undefined || value < below)
  );
}

function describeRange({ from, above, to, below, whole, endless }: NumberRange): string {
  const highest = to ?? below;
  const kind = whole ? "whole number" : endless || highest !== undefined ? "number" : "finite number";
  if (from !== undefined && to !== undefined) return `${kind} from ${inWords(from)} to ${inWords(to)}`;
  const least =
    from === undefined
      ? above === undefined
        ? []
        : [`above ${inWords(above)}`]
      : [`of at least ${inWords(from)}`];
  const most =
    to === undefined ? (below === undefined ? [] : [`below ${inWords(below)}`]) : [`at most ${inWords(to)}`];
  return [kind, [...least, ...most].join(" and ")].join(" ").trim();
}

/** Refuses what is none of the words that a field takes; throws an InputError that names them. */
export function requireChoice(
  caller: string,
  fields: Readonly<Record<string, unknown>>,
  choices: readonly string[],
): void {
  for (const [field, value] of Object.entries(fields)) {
    if (choices.some((choice) => choice === value)) continue;
    throw new InputError(`${caller}: ${field} is "${String(value)}".`, {
      remedy: `It takes ${choices.join(" or ")}.`,
      problem: "out-of-range",
      field,
    });
  }
}
