import { InputError } from "../errors.ts";
import { mostRequests, type TraceColumns } from "./trace.ts";

/** Rows that add up requests by minute, hour or day, as exports of usage have them. */
export interface RequestSums extends TraceColumns {
  /** How many requests each row adds up. */
  counts: Float64Array;
  /** Where the period of each row ends, in seconds; `NaN` where the file does not say. */
  endSeconds: Float64Array;
}

/**
 * Makes requests of sums: as many as each row counts, evenly over its period, with lengths that add up to the row's.
 *
 * @throws InputError where the file does not tell how long a period is, or counts more than 100 million requests.
 */
export function spreadSums(
  sums: RequestSums,
  file: string,
): TraceColumns & { startSecond: number; spanSeconds: number } {
  const { arrivalSeconds: starts, counts, endSeconds } = sums;
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total > mostRequests) {
    throw new InputError(`loadTrace: ${file} adds up more than 100 million requests.`, {
      remedy: "Give a part of it, such as one day.",
    });
  }
  const usual = findPeriod(starts);
  const columns: TraceColumns = {
    arrivalSeconds: new Float64Array(total),
    inputTokens: new Float64Array(total),
    outputTokens: new Float64Array(total),
    ...(sums.cachedInputTokens && { cachedInputTokens: new Float64Array(total) }),
  };
  let written = 0;
  let last = 0;
  for (const [row, start] of starts.entries()) {
    const end = endSeconds[row] ?? Number.NaN;
    const period = end > start ? end - start : usual;
    if (period === null) {
      throw new InputError(`loadTrace: ${file} adds up requests, and does not tell over which time.`, {
        remedy: "Give more than one row, or a column end_time.",
      });
    }
    const count = counts[row] ?? 0;
    for (let index = 0; index < count; index++) {
      columns.arrivalSeconds[written] = start + ((index + 0.5) * period) / count;
      columns.inputTokens[written] = share(sums.inputTokens[row] ?? 0, index, count);
      columns.outputTokens[written] = share(sums.outputTokens[row] ?? 0, index, count);
      if (columns.cachedInputTokens !== undefined) {
        // Rounded each alone, a request could have more cached tokens than input.
        const cached = share(sums.cachedInputTokens?.[row] ?? 0, index, count);
        columns.cachedInputTokens[written] = Math.min(cached, columns.inputTokens[written] ?? 0);
      }
      written++;
    }
    last = Math.max(last, start + period);
  }
  const startSecond = starts.reduce((least, start) => Math.min(least, start), last);
  return { ...columns, startSecond, spanSeconds: last - startSecond };
}

// Whole numbers that add up to the sum.
function share(sum: number, index: number, count: number): number {
  return Math.floor(((index + 1) * sum) / count) - Math.floor((index * sum) / count);
}

/** The least time between two rows: periods are of one length, and some are left out. */
function findPeriod(starts: Float64Array): number | null {
  const sorted = starts.toSorted();
  let least: number | null = null;
  for (let index = 1; index < sorted.length; index++) {
    const gap = (sorted[index] ?? 0) - (sorted[index - 1] ?? 0);
    if (gap > 0 && (least === null || gap < least)) least = gap;
  }
  return least;
}
