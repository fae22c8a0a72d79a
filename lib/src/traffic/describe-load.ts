import { InputError } from "../errors.ts";
import { hoursPerMonth } from "../facts/index.ts";
import { requireNumber } from "../require-number.ts";
import { sum } from "../statistics.ts";
import { cleanName, inWords } from "../words/index.ts";
import { checkTrace } from "./check-trace.ts";
import type { Load } from "./load.ts";
import { hasWeekday, weekOfLog, weekOfShortLog } from "./log-week.ts";
import { officeHours, officeWeek } from "./office-hours.ts";
import { busyMinuteShare, synthesiseWeek } from "./synthesise-week.ts";
import { mostTokens, summariseTrace, type Trace } from "./trace.ts";
import {
  describeThinned,
  hoursPerWeek,
  type LoadHours,
  mostInWeek,
  settleHours,
  weeksPerMonth,
} from "./week-hours.ts";

const mostPerMonth = 10_000_000_000;
const caller = "describeLoad";

/** A load in four numbers; the rest has defaults. */
export interface DescribedLoad {
  requestsPerMonth: number;
  /** Means per request. */
  inputTokens: number;
  outputTokens: number;
  hours: LoadHours;
  /** From 0 (all alike) to 1 (evenly from nothing to twice the mean); default 0.5. */
  lengthSpread?: number;
  /** How many times the mean of its hour a busy minute has, one minute in ten: 1 (even) to 10; default 2. */
  burstiness?: number;
  /** The part (0 to 1) of the input that is the same from request to request, so that a cache can hold it; default 0. */
  cachedInputShare?: number;
  name?: string;
}

/** A load that was recorded: a log of your own (`loadTrace`), or a trace that comes with the workbook. */
export interface RecordedLoad {
  trace: Trace;
  /** Only for a log of less than a day: the hours of the week; its own requests are then those of a busiest hour. */
  hours?: LoadHours;
  name?: string;
}

/**
 * Says a load in a form that everything else takes: from four numbers, or from a log.
 *
 * A log is taken as it is: a week is a week, Monday to Friday has an empty weekend, several weeks are an average week, and none of
 * its requests is left out. What had to be assumed is in `notes`. A month is 730 hours.
 *
 * @example describeLoad({ requestsPerMonth: 2_000_000, inputTokens: 1_000, outputTokens: 250, hours: "office" });
 * @example describeLoad({ trace: await loadTrace("my-log.csv") });
 * @throws InputError that names the field that makes no sense, and says what it takes.
 */
export function describeLoad(input: DescribedLoad | RecordedLoad): Load {
  if (typeof input !== "object" || input === null) {
    throw new InputError(`${caller}: ${String(input)} is no load.`, {
      remedy: "Give requestsPerMonth, inputTokens, outputTokens and hours, or a trace.",
    });
  }
  return "trace" in input ? fromLog(input) : fromNumbers(input);
}

function fromNumbers(input: DescribedLoad): Load {
  const { requestsPerMonth, inputTokens, outputTokens, lengthSpread = 0.5, burstiness = 2 } = input;
  const { cachedInputShare = 0 } = input;
  requireNumber(caller, { requestsPerMonth }, { whole: true, from: 1, to: mostPerMonth });
  requireNumber(caller, { inputTokens, outputTokens }, { from: 1, to: mostTokens, meaning: "a length" });
  requireNumber(caller, { lengthSpread, cachedInputShare }, { from: 0, to: 1 });
  requireNumber(caller, { burstiness }, { from: 1, to: 1 / busyMinuteShare });
  const hours = settleHours(caller, input.hours);
  const perWeek = requestsPerMonth / weeksPerMonth;
  const requests = Math.max(1, Math.min(Math.round(perWeek), mostInWeek));
  const busiestHour = perWeek / sum(hours) / 3_600;
  const words = typeof input.hours === "string" ? input.hours : "hours of its own";
  const name = cleanName(input.name ?? `${inWords(requestsPerMonth)} requests a month, ${words}`);
  const notes = [
    input.hours === "office" ? describeOffice() : null,
    input.lengthSpread === undefined &&
      "Assumed: lengths are spread evenly between half and one and a half of the mean (lengthSpread: 0.5).",
    input.burstiness === undefined &&
      "Assumed: one minute in ten is twice as busy as its hour (burstiness: 2).",
    input.cachedInputShare === undefined && "Assumed: no two prompts begin alike (cachedInputShare: 0).",
    requests < Math.round(perWeek) && describeThinned(perWeek),
  ].filter((note) => typeof note === "string");
  const recipe = { requests, inputTokens, outputTokens, hours, lengthSpread, burstiness, cachedInputShare };
  return {
    name,
    kind: "described",
    requestsPerMonth,
    inputTokens,
    outputTokens,
    cachedInputShare,
    lengthSpread,
    hours,
    requestsPerSecond: {
      mean: requestsPerMonth / hoursPerMonth / 3_600,
      busiestHour,
      busiestMinute: busiestHour * burstiness,
    },
    trace: {
      name,
      kind: "synthetic",
      ...synthesiseWeek(recipe),
      source: "described by the reader",
      licence: null,
      date: null,
      notes: ["Synthetic: made from the averages of a load.", ...notes],
    },
    traceShare: requests / perWeek,
    notes,
  };
}

function describeOffice(): string {
  const { fromHour, toHour, days } = officeHours;
  const inside = officeWeek.filter((_, hour) => {
    const [day, ofDay] = [Math.floor(hour / 24) + 1, hour % 24];
    return days.includes(day) && ofDay >= fromHour && ofDay < toHour;
  });
  const share = Math.round((sum(inside) / sum(officeWeek)) * 100);
  return `Assumed: a made-up week of an office, with ${share} % of its requests from Monday to Friday, ${fromHour}:00 to ${toHour}:00.`;
}

function fromLog(input: RecordedLoad): Load {
  const { trace: log, hours = "always" } = input;
  checkLog(input);
  const isShort = log.spanSeconds < 86_400;
  const { byHour, week, note } = isShort ? weekOfShortLog(log, settleHours(caller, hours)) : weekOfLog(log);
  const summary = summariseTrace(log);
  const { requests, inputTokens, outputTokens, cachedInputTokens } = summary;
  const spread = Math.max(spreadOf(log.inputTokens), spreadOf(log.outputTokens));
  const perWeek = sum(byHour);
  const busiest = Math.max(...byHour);
  const notes = [
    ...log.notes,
    note,
    hours === "office" ? describeOffice() : null,
    isShort || hasWeekday(log)
      ? null
      : "Its weekday is not known: it is taken to begin as startSecondOfWeek says.",
    spread > 1 ? "Its lengths vary more than lengthSpread says, which is at most 1." : null,
    cachedInputTokens === null
      ? "It does not say what a cache held, so the workbook supposes that no prompt begins like another one."
      : null,
  ].filter((text) => text !== null);
  return {
    name: cleanName(input.name ?? log.name),
    kind: "recorded",
    requestsPerMonth: perWeek * weeksPerMonth,
    inputTokens: inputTokens / requests,
    outputTokens: outputTokens / requests,
    cachedInputShare: (cachedInputTokens ?? 0) / inputTokens,
    lengthSpread: Math.min(1, spread),
    hours: Array.from(byHour, (count) => count / busiest),
    requestsPerSecond: {
      mean: perWeek / hoursPerWeek / 3_600,
      busiestHour: busiest / 3_600,
      busiestMinute: summary.busiestMinuteRequestsPerSecond,
    },
    trace: week,
    traceShare: week.arrivalSeconds.length / perWeek,
    notes,
  };
}

function checkLog({ trace, hours, ...rest }: RecordedLoad): void {
  checkTrace(trace, caller);
  const given = Object.keys(rest).find((field) => field !== "name");
  if (given !== undefined) {
    throw new InputError(`${caller}: ${given} is given beside a trace, which has its own.`, {
      remedy: `Leave ${given} out, or leave the trace out; scaleTrace makes a trace larger or smaller.`,
      field: given,
    });
  }
  if (trace.spanSeconds < 60) {
    throw new InputError(
      `${caller}: the trace covers ${trace.spanSeconds} s, too little to make a week of it.`,
      {
        remedy:
          "Give a log of a minute at least, better of a week; or requestsPerMonth and the mean lengths.",
        field: "trace",
      },
    );
  }
  for (const field of ["inputTokens", "outputTokens"] as const) {
    if (trace[field].some((tokens) => tokens > 0)) continue;
    throw new InputError(`${caller}: no request of the trace has ${field}.`, {
      remedy: `Load a log that has them: loadTrace(…, { columns: { ${field}: "…" } }) says where.`,
      field: "trace",
    });
  }
  if (hours === undefined || trace.spanSeconds < 86_400) return;
  throw new InputError(`${caller}: hours is given, and the trace of a day or more has its own.`, {
    remedy: "Leave hours out.",
    field: "hours",
  });
}

/** The spread of an even distribution that varies as much. */
function spreadOf(lengths: Float64Array): number {
  const mean = sum(lengths) / lengths.length;
  const variance = lengths.reduce((total, length) => total + (length - mean) ** 2, 0) / lengths.length;
  return Math.sqrt(3 * variance) / mean;
}
