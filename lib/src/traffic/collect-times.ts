import { createNumberList } from "../statistics.ts";
import { type RowTime, readTime } from "./read-time.ts";
import type { TraceRow } from "./read-trace-rows.ts";
import { isMissing, valueAt } from "./row-fields.ts";
import { cellError } from "./trace-cells.ts";

/** The times of a file's rows: seconds since 1970, or numbers in a unit that is still to be chosen. */
export interface CollectedTimes {
  values: Float64Array;
  isCalendar: boolean;
  first: number;
  least: RowOfTime;
  most: RowOfTime;
  /** Whether all are whole numbers. */
  areWhole: boolean;
}

interface RowOfTime {
  value: number;
  row: TraceRow;
}

/** Collects the times of rows, which must be of one form; `end` gives `null` where there was none. */
export function collectTimes(file: string): {
  /** Throws an InputError with file and line where a row's time is missing, none, or of another form than those before. */
  add(row: TraceRow, path: readonly string[], takesDays: boolean): RowTime;
  end(): CollectedTimes | null;
} {
  const values = createNumberList();
  let known: Omit<CollectedTimes, "values"> | null = null;

  function add(row: TraceRow, path: readonly string[], takesDays: boolean): RowTime {
    const value = valueAt(row.fields, path);
    const time = readTime(value);
    const problem = findProblem(time, takesDays, known?.isCalendar ?? null);
    if (time === null || problem !== null) {
      const said = { problem: isMissing(value) ? "is missing" : (problem ?? "is not a time"), remedy };
      throw cellError(value, { file, row, path }, said);
    }
    values.push(time.value);
    if (known === null) {
      const own = { value: time.value, row };
      const { value: first, isCalendar } = time;
      known = { isCalendar, first, least: own, most: own, areWhole: Number.isInteger(first) };
      return time;
    }
    if (time.value < known.least.value) known.least = { value: time.value, row };
    if (time.value > known.most.value) known.most = { value: time.value, row };
    if (known.areWhole && !Number.isInteger(time.value)) known.areWhole = false;
    return time;
  }

  return { add, end: () => known && { ...known, values: values.values() } };
}

const remedy =
  "Give all times in one form: such as 2026-11-23T09:00:00Z, or numbers of seconds, milliseconds, microseconds or " +
  "nanoseconds since 1970 or since the beginning of the trace (timeUnit says which); another column has them where you " +
  'say so: columns: { time: "…" }.';

function findProblem(time: RowTime | null, takesDays: boolean, isCalendar: boolean | null): string | null {
  if (isCalendar !== null && time?.isCalendar !== isCalendar && (time !== null || !isCalendar)) {
    return `is not a ${isCalendar ? "calendar time" : "number"}, as the times before it are`;
  }
  if (time === null) return "is not a time";
  if (time.isDay && !takesDays) return "is a day without a time of day";
  if (!Number.isFinite(time.value)) return "is not a finite time";
  return time.value < 0 && !time.isCalendar ? "is negative" : null;
}
