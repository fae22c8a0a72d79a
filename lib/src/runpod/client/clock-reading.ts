/** What one answer of the API says of the time. */
export interface ClockReading {
  /** The API's time when its answer came, at the earliest: `Date` is cut to the second. */
  apiTime: Date;
  /** How far this machine's clock is ahead of the API's; negative: behind. */
  aheadMs: number;
  /** By how much `aheadMs` can be wrong: the way of question and answer, and the second of `Date`. */
  toleranceMs: number;
}

const dateForm = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;
/** No clock of an API that knows what this workbook calls stood earlier. */
const earliestMs = Date.UTC(2025, 0);
const longestAgeSeconds = 86_400;

/** Reads from an answer's headers what time it was at the API; `null` where they do not say it readably. */
export function readClock(
  headers: Headers,
  { receivedAt, roundTripMs }: { receivedAt: Date; roundTripMs: number },
): ClockReading | null {
  const date = headers.get("date") ?? "";
  // A cache says how long it has kept an answer.
  const age = headers.get("age") ?? "0";
  const answeredMs = dateForm.test(date) ? Date.parse(date) : Number.NaN;
  if (!(answeredMs >= earliestMs) || !/^\d{1,6}$/.test(age) || Number(age) > longestAgeSeconds) return null;
  const apiMs = answeredMs + Number(age) * 1_000;
  const toleranceMs = 500 + roundTripMs / 2;
  return {
    apiTime: new Date(apiMs),
    aheadMs: receivedAt.getTime() - (apiMs + toleranceMs),
    toleranceMs,
  };
}
