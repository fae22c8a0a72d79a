import { type InspectOptions, type InspectOptionsStylized, inspect } from "node:util";

/** More digits than these come of a computation, not of a measurement, a price, a place or a time. */
const mostDigits = 10;
const mostDecimals = 6;
/** Of 0.1 + 0.2 these digits are exact. */
const exactDigits = 12;
const significantDigits = 3;

/**
 * Writes a number as code would, without the digits that only a computation gave it: 0.0323, 1393, 0.3 for 0.1 + 0.2.
 *
 * A number is rounded where it has more than ten digits and more than six of them after the point, to three digits and
 * never before the point. So whole numbers, prices, coordinates and times stay as they are.
 */
function shortNumber(value: number): string {
  const { digits, decimals } = countDigits(value);
  if (digits <= mostDigits || decimals <= mostDecimals) return Object.is(value, -0) ? "-0" : String(value);
  const exact = Number(value.toPrecision(exactDigits));
  if (countDigits(exact).digits <= mostDigits) return String(exact);
  const isLarge = Math.abs(value) >= 10 ** (significantDigits - 1);
  return String(isLarge ? Math.round(value) : Number(value.toPrecision(significantDigits)));
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

/** Prints a value as `console.log` does, with short numbers and without the stacks of errors. */
export function inspectShort(value: unknown, options: InspectOptions = {}): string {
  const shortened: InspectOptionsStylized = {
    ...options,
    stylize: (text, style) => (style === "number" ? shortNumber(Number(text)) : text),
  };
  return inspect(value, shortened).replace(stackLines, (line) => (line.endsWith(" {") ? " {" : ""));
}
