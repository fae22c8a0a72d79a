import { InputError } from "../errors.ts";

/** A figure that is not known exactly: its lowest, usual and highest value. */
export interface Range {
  lowest: number;
  typical: number;
  highest: number;
}

/** A figure, exact or as a range. */
export type NumberOrRange = number | Range;

/** What a figure may be: above 0, at least 0, or a share from 0 to 1. */
export type Bound = "positive" | "at-least-zero" | "share";

const boundWords = { positive: "above 0", "at-least-zero": "of at least 0", share: "from 0 to 1" } as const;

/**
 * Reads a figure as a range; an exact one is its own lowest and highest.
 *
 * @throws InputError that names the field, where a value is out of bounds or the three are not in order.
 */
export function toRange(field: string, value: NumberOrRange, bound: Bound): Range {
  const range = typeof value === "number" ? { lowest: value, typical: value, highest: value } : value;
  const numbers: unknown[] =
    typeof range === "object" && range !== null ? [range.lowest, range.typical, range.highest] : [range];
  const wrong = numbers.find((number) => !isWithin(number, bound));
  if (wrong !== undefined || numbers.includes(undefined)) {
    throw new InputError(`assessBreakEven: ${field} is ${String(wrong)}.`, {
      remedy: `Give ${field} a finite number ${boundWords[bound]}, or { lowest, typical, highest } of such numbers.`,
    });
  }
  if (range.lowest <= range.typical && range.typical <= range.highest) return range;
  const { lowest, typical, highest } = range;
  throw new InputError(
    `assessBreakEven: ${field} is ${lowest}, ${typical}, ${highest}, which is not in order.`,
    { remedy: `Give ${field} its lowest, typical and highest value in that order.` },
  );
}

function isWithin(value: unknown, bound: Bound): boolean {
  if (typeof value !== "number" || !Number.isFinite(value) || value < 0) return false;
  if (bound === "positive") return value > 0;
  return bound === "at-least-zero" || value <= 1;
}

/** Says whether a range has any width. */
export function isWide(range: Range): boolean {
  return range.highest > range.lowest;
}
