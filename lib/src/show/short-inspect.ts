import { type InspectOptions, type InspectOptionsStylized, inspect } from "node:util";
import { shortenMeasures } from "./short-measures.ts";

/** 0.1 + 0.2 is exact in so many digits. */
const exactDigits = 12;
/** What was typed, published or counted has no more. */
const mostDigits = 8;
const significantDigits = 3;

/**
 * Writes a number as code would, without the digits that only a computation or a fine clock gave it: 0.0323, 1393, 0.3 for
 * 0.1 + 0.2. It is rounded to three digits, and never before the point; whole numbers, prices, coordinates and times stay
 * as they are.
 */
function shortNumber(value: number): string {
  if (!isFine(value)) return Object.is(value, -0) ? "-0" : String(value);
  const exact = Number(value.toPrecision(exactDigits));
  if (countDigits(exact).digits <= mostDigits) return String(exact);
  const isLarge = Math.abs(value) >= 10 ** (significantDigits - 1);
  return String(isLarge ? Math.round(value) : Number(value.toPrecision(significantDigits)));
}

/** Places on earth have seven decimals, milliseconds of a clock six, and prices of a token few digits. */
function isFine(value: number): boolean {
  const { digits, decimals } = countDigits(value);
  return (digits > 10 && decimals > 7) || (digits > 6 && decimals > 8);
}

function countDigits(value: number): { digits: number; decimals: number } {
  if (!Number.isFinite(value) || Number.isInteger(value)) return { digits: 0, decimals: 0 };
  const [mantissa = "", exponent = "0"] = String(Math.abs(value)).split("e");
  const [whole = "", fraction = ""] = mantissa.split(".");
  return {
    digits: `${whole}${fraction}`.replace(/^0+/, "").length,
    decimals: fraction.length - Number(exponent),
  };
}

/** The lines of a stack: they name files of this machine, and the reader's own line is not among those that matter. */
const stackLines = /\n +(?:at |\.\.\. \d+ lines matching)[^\n]*/g;

/**
 * Prints a value as `console.log` does, with short numbers and without the stacks of errors. The name under which it stands
 * may say in which unit it was measured.
 */
export function inspectShort(value: unknown, options: InspectOptions = {}, name = ""): string {
  const shortened: InspectOptionsStylized = {
    ...options,
    stylize: (text, style) => (style === "number" ? shortNumber(Number(text)) : text),
  };
  return inspect(shortenMeasures(value, name), shortened).replace(stackLines, (line) =>
    line.endsWith(" {") ? " {" : "",
  );
}
