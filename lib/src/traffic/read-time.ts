import { isMissing, toNumber } from "./row-fields.ts";

/** A time of a row: seconds since 1970 where it is a calendar time, else a number in a unit that it does not say. */
export interface RowTime {
  value: number;
  isCalendar: boolean;
  /** A day without a time of day. */
  isDay: boolean;
}

// ISO 8601, and as Postgres (+00), BigQuery ( UTC) and Go (+0000 UTC) write it.
const calendarTime =
  /^(\d{4})[-/](\d{2})[-/](\d{2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?)? *(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?(?::?\d{2})?)?(?: UTC)?$/i;
// As mail, HTTP and access logs write it: Fri, 02 Jan 2026 03:04:05 GMT, [02/Jan/2026:03:04:05 +0000].
const namedMonth =
  /^\[?(?:[a-z]{3}, )?(\d{2})[ /-]([a-z]{3})[ /-](\d{4})[ :](\d{2}:\d{2}:\d{2}(?:\.\d+)?) ?(Z|UTC|GMT|[+-]\d{4})?\]?$/i;
const months = "janfebmaraprmayjunjulaugsepoctnovdec";
const mostCharacters = 60;

/** Reads a time: a calendar time, without a zone as UTC, or a number; `null` where it is neither. */
export function readTime(value: unknown): RowTime | null {
  if (typeof value === "number")
    return Number.isNaN(value) ? null : { value, isCalendar: false, isDay: false };
  if (value instanceof Date) return { value: value.getTime() / 1_000, isCalendar: true, isDay: false };
  if (isMissing(value)) return null;
  const number = toNumber(value);
  if (!Number.isNaN(number)) return { value: number, isCalendar: false, isDay: false };
  return typeof value === "string" && value.length <= mostCharacters ? readCalendarTime(value.trim()) : null;
}

function readCalendarTime(text: string): RowTime | null {
  const match = calendarTime.exec(rewriteMonth(text));
  if (match === null) return null;
  const [, year = "", month = "", day = "", hour, minute = "00", second = "00", fraction = "", zone = "Z"] =
    match;
  if (hour === undefined && match[8] !== undefined) return null;
  const milliseconds = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour ?? 0),
    Number(minute),
    Number(second),
  );
  // Date.UTC rolls 31 February over into March, 24:00 into the next day, and takes the year 1 for 1901.
  const inWords = new Date(milliseconds);
  const isReal =
    inWords.getUTCFullYear() === Number(year) &&
    inWords.getUTCDate() === Number(day) &&
    inWords.getUTCMonth() === Number(month) - 1 &&
    Number(minute) < 60 &&
    Number(second) < 60;
  if (!isReal) return null;
  const offset = readOffset(zone);
  if (offset === null) return null;
  return {
    value: milliseconds / 1_000 + Number(`0.${fraction}`) - offset,
    isCalendar: true,
    isDay: hour === undefined,
  };
}

function rewriteMonth(text: string): string {
  const match = namedMonth.exec(text);
  if (match === null) return text;
  const [, day, month = "", year, time, zone = "Z"] = match;
  const place = months.indexOf(month.toLowerCase());
  return place % 3 === 0 ? `${year}-${String(place / 3 + 1).padStart(2, "0")}-${day} ${time}${zone}` : text;
}

function readOffset(zone: string): number | null {
  if (!/^[+-]/.test(zone)) return 0;
  const digits = zone.replaceAll(/\D/g, "").padEnd(6, "0");
  const [hours, minutes, seconds] = [0, 2, 4].map((at) => Number(digits.slice(at, at + 2))) as [
    number,
    number,
    number,
  ];
  if (hours > 18 || minutes > 59 || seconds > 59) return null;
  return (zone.startsWith("-") ? -1 : 1) * (hours * 3_600 + minutes * 60 + seconds);
}
