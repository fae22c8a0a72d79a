import { inspect } from "node:util";
import { stripControlCharacters } from "../words/index.ts";

// One locale for everybody: a report reads the same wherever it was made.
const locale = "en-US";
const significantDigits = 4;
const mostDecimals = 6;

/** Returns the text of one table cell, or `null` where there is no value. */
export function formatCell(value: unknown, decimals: number): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "number") return formatNumber(value, decimals);
  if (typeof value === "bigint") return value.toLocaleString(locale);
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (value instanceof Date) return formatDate(value);
  if (Array.isArray(value) && value.every((one) => typeof one === "string"))
    return formatCell(value.join(", "), 0);
  return stripControlCharacters(
    typeof value === "string" ? value : inspect(value, { breakLength: Infinity }),
  );
}

/** Says whether every value that a column has is a number, so that the column can be aligned as one. */
export function isNumeric(values: readonly unknown[]): boolean {
  const present = values.filter((value) => value !== null && value !== undefined);
  return (
    present.length > 0 && present.every((value) => typeof value === "number" || typeof value === "bigint")
  );
}

/** Returns how many decimals a column needs so that each of its numbers shows four significant digits, if it has them. */
export function chooseDecimals(values: readonly unknown[]): number {
  return values.reduce<number>(
    (most, value) => Math.max(most, typeof value === "number" ? neededDecimals(value) : 0),
    0,
  );
}

function neededDecimals(value: number): number {
  if (!Number.isFinite(value) || Number.isInteger(value)) return 0;
  const magnitude = Math.floor(Math.log10(Math.abs(value)));
  const decimals = Math.min(Math.max(significantDigits - 1 - magnitude, 0), mostDecimals);
  return (String(Number(value.toFixed(decimals))).split(".")[1] ?? "").length;
}

/** Writes a number with that many decimals, and with commas between the thousands where nobody says otherwise. */
export function formatNumber(value: number, decimals: number, useGrouping = true): string {
  if (Number.isNaN(value)) return "not a number";
  if (!Number.isFinite(value)) return value > 0 ? "infinite" : "minus infinite";
  const smallest = 10 ** -decimals;
  // Rounding must not turn a small number into nothing.
  if (value !== 0 && Math.abs(value) < smallest / 2) {
    return Math.abs(value) < 1e-6
      ? value.toExponential(significantDigits - 1)
      : `${Number(value.toPrecision(2))}`;
  }
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return value.toLocaleString(locale, { ...digits, useGrouping });
}

function formatDate(date: Date): string {
  if (Number.isNaN(date.getTime())) return "invalid date";
  const [day = "", time = ""] = date.toISOString().split("T");
  return time.startsWith("00:00:00.000") ? day : `${day} ${time.slice(0, 8)} UTC`;
}
