import { InputError } from "../errors.ts";

/** The unit of a column of times: calendar times, or numbers of seconds or milliseconds from any beginning. */
export type TimeUnit = "calendar" | "seconds" | "milliseconds";

/** Where a cell stands, for messages. */
export interface CellPlace {
  file: string;
  line: number;
  column: string;
}

// Numbers of milliseconds since 1970 have been above this since 1973; numbers of seconds will be from the year 5138.
const leastEpochMs = 1e11;
/** No model has a context of ten million tokens, or an answer as long: more is in another unit, or is no length. */
export const mostTokens = 10_000_000;

const calendarTime =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(\.\d+)?\s*(Z|[+-]\d{2}:?\d{2}(?::\d{2})?)?$/i;

/** Tells the unit of a first time by its looks: a calendar time, or by its size milliseconds since 1970, or seconds. */
export function guessTimeUnit(cell: string): TimeUnit {
  const value = Number(cell);
  if (Number.isNaN(value)) return "calendar";
  return value >= leastEpochMs ? "milliseconds" : "seconds";
}

/**
 * Reads a time, in seconds; calendar times without a zone count as UTC.
 *
 * @throws InputError with file and line where it is no time, negative, or in another unit than the column's.
 */
export function readSeconds(cell: string, unit: TimeUnit, place: CellPlace): number {
  if (cell === "") throw cellError(cell, place, "is missing", timeRemedy);
  const isNumber = !Number.isNaN(Number(cell));
  if (isNumber !== (unit !== "calendar")) {
    const expected = unit === "calendar" ? "a calendar time" : `a number of ${unit}`;
    throw cellError(cell, place, `is not ${expected}, as the times before it are`, timeRemedy);
  }
  if (unit === "calendar") {
    const seconds = readCalendarTime(cell);
    if (seconds !== null) return seconds;
    throw cellError(cell, place, "is not a time", timeRemedy);
  }
  const value = Number(cell);
  if (!Number.isFinite(value)) throw cellError(cell, place, "is not a finite time", timeRemedy);
  if (value < 0) throw cellError(cell, place, "is negative", "Count times from the beginning of the trace.");
  if (unit === "seconds" && value >= leastEpochMs) {
    throw cellError(cell, place, "is in milliseconds, while the times before it are in seconds", timeRemedy);
  }
  return unit === "seconds" ? value : value / 1_000;
}

const timeRemedy =
  "Give all times in one form: such as 2026-11-23T09:00:00Z, or numbers of seconds, or numbers of milliseconds " +
  '(then name the column timestamp_ms, or give timeUnit: "milliseconds").';

function readCalendarTime(cell: string): number | null {
  const match = calendarTime.exec(cell);
  if (match === null) return null;
  const [, date, , , hour, minute, second, fraction = "", zone = "Z"] = match;
  const day = cell.slice(0, 10);
  if (date === undefined || Number(hour) > 23) return null;
  const offset = /^[+-]\d{4}$/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  const milliseconds = Date.parse(`${day}T${hour}:${minute}:${second}${offset}`);
  // Date.parse rolls 31 February over into March.
  const isRealDay = !Number.isNaN(milliseconds) && new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
  return isRealDay ? milliseconds / 1_000 + Number(`0${fraction}`) : null;
}

/**
 * Reads a number of tokens: whole, of at least 0.
 *
 * @throws InputError with file and line where it is missing, no number, negative, in parts, or above ten million.
 */
export function readTokens(cell: string, place: CellPlace): number {
  const remedy = "Give the number of tokens as a whole number, without separators.";
  if (cell === "") throw cellError(cell, place, "is missing", remedy);
  const value = Number(cell);
  if (Number.isNaN(value)) throw cellError(cell, place, "is not a number", remedy);
  if (value < 0) throw cellError(cell, place, "is negative", remedy);
  if (value > mostTokens) {
    const problem = "is more than any model can read or write";
    throw cellError(cell, place, problem, `${remedy} Not characters or bytes.`);
  }
  if (!Number.isInteger(value)) throw cellError(cell, place, "is not a whole number", remedy);
  return value;
}

function cellError(cell: string, place: CellPlace, problem: string, remedy: string): InputError {
  const { file, line, column } = place;
  const shown = cell === "" ? "" : ` ("${cell.length > 40 ? `${cell.slice(0, 40)}…` : cell}")`;
  return new InputError(`loadTrace: ${file}, line ${line}: ${column}${shown} ${problem}.`, { remedy });
}
