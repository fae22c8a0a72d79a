import { sum } from "../statistics.ts";
import { inWords } from "../words/index.ts";
import { repeatAsWeek } from "./repeat-as-week.ts";
import { scaleTrace } from "./scale-trace.ts";
import { pickLengths, sortByArrival, type Trace } from "./trace.ts";
import { countByHour, describeThinned, hoursPerWeek, mostInWeek, weekSeconds } from "./week-hours.ts";

const hourSeconds = 3_600;
const daySeconds = 24 * hourSeconds;

/** A week of a log: its own, an average of several, or what it covers and what was assumed for the rest. */
export interface LogWeek {
  /** Requests by the hour of the week, from Monday, 0:00. */
  byHour: Float64Array;
  /** A week of requests. */
  week: Trace;
  /** What was done to have a week, in a sentence. */
  note: string;
}

/** Makes a week of a log of a day or more, without leaving a request of a week out and without a profile of another. */
export function weekOfLog(log: Trace): LogWeek {
  const covers = `It covers ${inWords(Math.round((log.spanSeconds / daySeconds) * 10) / 10)} days`;
  if (log.spanSeconds > weekSeconds) return averageWeek(log, covers);
  const isWhole = isOneWeek(log);
  const week = isWhole ? { ...log, spanSeconds: weekSeconds } : fillWeek(log);
  const note = isWhole
    ? `${covers} and is taken for a week as it is: no request comes in the hours that it does not cover.`
    : `Assumed: ${lower(covers)}, and the hours of the week that are missing in it are like the same hours of a day that it has, those of a working day like those of a working day if it has one.`;
  return { byHour: countByHour(week), week, note };
}

/** Makes a week of a log of less than a day: its requests are those of a busiest hour, other hours have a part of them. */
export function weekOfShortLog(log: Trace, hours: readonly number[]): LogWeek {
  const { length: requests } = log.arrivalSeconds;
  const minutes = Math.ceil(log.spanSeconds / 60);
  const time = minutes < 120 ? `${minutes} minutes` : `${(minutes / 60).toFixed(1)} hours`;
  const byHour = Float64Array.from(hours, (part) => (part * requests * hourSeconds) / log.spanSeconds);
  const perWeek = sum(byHour);
  const isMany = perWeek > mostInWeek;
  const thinned = isMany ? scaleTrace(log, { requests: mostInWeek / perWeek }) : log;
  const isSteady = hours.every((part) => part === 1);
  const note = isSteady
    ? `Assumed: it covers ${time}, and all hours of the week are like them, nights and weekends too; give hours: "office" if they are not.`
    : `Assumed: it covers ${time}, the busiest hours are like them, and the other hours have fewer requests.`;
  const notes = isMany ? `${note} ${describeThinned(perWeek)}` : note;
  return { byHour, week: repeatAsWeek(thinned, { profile: hours }), note: notes };
}

function lower(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}

/** Tells whether a trace is known to the day, so that working days and weekends can be told apart. */
export function hasWeekday({ date }: Trace): boolean {
  return date !== null && /^\d{4}-\d{2}-\d{2}$/.test(date);
}

// A week but for some hours, or from Monday to Friday at least, give or take half a day of time zone.
function isOneWeek(log: Trace): boolean {
  if (log.spanSeconds >= 6.5 * daySeconds) return true;
  const sinceSundayNoon = (log.startSecondOfWeek + daySeconds / 2) % weekSeconds;
  const beginsOnMonday = sinceSundayNoon < 1.5 * daySeconds;
  return hasWeekday(log) && beginsOnMonday && sinceSundayNoon + log.spanSeconds > 4.5 * daySeconds;
}

function averageWeek(log: Trace, covers: string): LogWeek {
  const { startSecondOfWeek: start, spanSeconds } = log;
  const covered = new Float64Array(hoursPerWeek);
  for (let hour = Math.floor(start / hourSeconds); hour * hourSeconds < start + spanSeconds; hour++) {
    const from = Math.max(hour * hourSeconds, start);
    const to = Math.min((hour + 1) * hourSeconds, start + spanSeconds);
    covered[hour % hoursPerWeek] = (covered[hour % hoursPerWeek] ?? 0) + (to - from) / hourSeconds;
  }
  const byHour = countByHour(log).map((count, hour) => count / (covered[hour] ?? 1));
  const requests = sum(byHour);
  const weeks = Array.from({ length: Math.floor(spanSeconds / weekSeconds) }, (_, at) =>
    sliceWeek(log, at * weekSeconds),
  ).filter((week) => week.arrivalSeconds.length > 0);
  const far = (week: Trace) => Math.abs(week.arrivalSeconds.length - requests);
  const nearest = weeks.reduce(
    (best, week) => (far(week) < far(best) ? week : best),
    weeks[0] ?? sliceWeek(log, spanSeconds - weekSeconds),
  );
  const note = `${covers}: its figures are those of an average week, and its trace is the week of it whose number of requests is nearest to the average.`;
  return { byHour, week: nearest, note };
}

function sliceWeek(log: Trace, fromSecond: number): Trace {
  const { arrivalSeconds, cachedInputTokens, startSecondOfWeek, spanSeconds } = log;
  const first = firstAt(arrivalSeconds, fromSecond);
  const isLast = fromSecond + weekSeconds >= spanSeconds;
  const end = isLast ? arrivalSeconds.length : firstAt(arrivalSeconds, fromSecond + weekSeconds);
  return {
    ...log,
    arrivalSeconds: arrivalSeconds
      .slice(first, end)
      .map((arrival) => Math.min(arrival - fromSecond, weekSeconds)),
    inputTokens: log.inputTokens.slice(first, end),
    outputTokens: log.outputTokens.slice(first, end),
    ...(cachedInputTokens && { cachedInputTokens: cachedInputTokens.slice(first, end) }),
    startSecondOfWeek: (startSecondOfWeek + fromSecond) % weekSeconds,
    spanSeconds: weekSeconds,
  };
}

/** The first place in ascending times that is not before a second. */
function firstAt(times: Float64Array, second: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? 0) < second) low = middle + 1;
    else high = middle;
  }
  return low;
}

function fillWeek(log: Trace): Trace {
  const { startSecondOfWeek: start, spanSeconds, arrivalSeconds } = log;
  const firstHour = Math.floor(start / hourSeconds);
  const endHour = Math.ceil((start + spanSeconds) / hourSeconds);
  const times: number[] = [...arrivalSeconds];
  const chosen: number[] = [...arrivalSeconds.keys()];
  for (let hour = endHour; hour < firstHour + hoursPerWeek; hour++) {
    const donor = findDonor(hour, { firstHour, endHour, knowsDays: hasWeekday(log) });
    const shift = (hour - donor) * hourSeconds;
    const from = donor * hourSeconds - start;
    const end = firstAt(arrivalSeconds, from + hourSeconds);
    for (let index = firstAt(arrivalSeconds, from); index < end; index++) {
      times.push((arrivalSeconds[index] ?? 0) + shift);
      chosen.push(index);
    }
  }
  const sorted = sortByArrival({
    arrivalSeconds: Float64Array.from(times),
    ...pickLengths(log, Uint32Array.from(chosen)),
  });
  const { outOfOrder: _, ...columns } = sorted;
  const kind = times.length > arrivalSeconds.length ? "synthetic" : log.kind;
  return { ...log, ...columns, kind, spanSeconds: weekSeconds };
}

function findDonor(
  hour: number,
  { firstHour, endHour, knowsDays }: { firstHour: number; endHour: number; knowsDays: boolean },
): number {
  const isWeekend = (of: number) => Math.floor(of / 24) % 7 >= 5;
  let donor = hour;
  for (let candidate = hour - 24; candidate >= firstHour; candidate -= 24) {
    if (candidate >= endHour) continue;
    donor = candidate;
    if (!knowsDays || isWeekend(candidate) === isWeekend(hour)) return candidate;
  }
  return donor;
}
