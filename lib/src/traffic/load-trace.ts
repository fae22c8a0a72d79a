import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { InputError } from "../errors.ts";
import { requireChoice } from "../require-number.ts";
import { cleanName, inWords } from "../words/index.ts";
import { type CollectedRequests, collectRequests } from "./collect-requests.ts";
import { nameRow, readTraceRows } from "./read-trace-rows.ts";
import { isTraceName, shippedTraces, type TraceName } from "./shipped-traces.ts";
import { spreadSums } from "./spread-sums.ts";
import { chooseTimeUnit, epochUnit, leastEpochSeconds, perSecond, type TimeUnit } from "./time-unit.ts";
import { sortByArrival, type Trace, type TraceColumns } from "./trace.ts";
import type { TraceColumnNames } from "./trace-columns.ts";

/** What a file does not say of itself. */
export interface LoadTraceOptions {
  /** The unit of times that are numbers; default: by their size, else by the column's name, else what is plausible. */
  timeUnit?: TimeUnit;
  /** Where the file has what a trace needs; default: by the names that tools use. */
  columns?: TraceColumnNames;
  /** Whether rows that look like failed requests count too; default: they are left out, and a note says how many. */
  keepFailed?: boolean;
}

const mostYears = 10;
const yearSeconds = 365 * 86_400;
const weekSeconds = 7 * 86_400;
// 1970 began on a Thursday.
const mondayBefore1970Seconds = -3 * 86_400;

/**
 * Loads a trace that comes with the workbook, by its name, or a file of your own, by its path.
 *
 * A file has a time, input tokens and output tokens in each row: a CSV with names in its first line, JSON lines, a JSON
 * document with a list of rows (either of them also as `.gz`), or Parquet. The exports of LiteLLM, Langfuse, OpenAI,
 * Helicone, AIPerf, Baseten, OpenTelemetry and others are known by their names, also inside objects; `columns` says where
 * another file has them. Tokens that a cache held (`prompt_tokens_details.cached_tokens`) are read where they are, or
 * computed from Mooncake's `hash_ids`. Times are calendar times or numbers. Failed requests are left out; sums by hour or day are spread
 * evenly over it. What was left out, sorted, spread or guessed is in the trace's notes.
 *
 * @throws InputError with file and line at the first row that cannot be used, or where there is no such file.
 */
export async function loadTrace(
  from: TraceName | (string & {}),
  options: LoadTraceOptions = {},
): Promise<Trace> {
  const { timeUnit } = options;
  if (timeUnit !== undefined) requireChoice("loadTrace", { timeUnit }, Object.keys(perSecond));
  if (!isTraceName(from)) return loadOwnTrace(from, options);
  const path = fileURLToPath(new URL(`../../data/traces/${from}.csv`, import.meta.url));
  const { columns, spanSeconds } = await readTrace(path, {});
  return { name: from, kind: "recorded", ...columns, spanSeconds, ...shippedTraces[from] };
}

async function loadOwnTrace(path: string, options: LoadTraceOptions): Promise<Trace> {
  const { columns, spanSeconds, firstSecond, outOfOrder, collected, unitNote } = await readTrace(
    path,
    options,
  );
  const { leftOut, rows, sums, cached, cachedInput } = collected;
  const silent = columns.outputTokens.filter((tokens) => tokens === 0).length;
  const hasDate = firstSecond >= leastEpochSeconds;
  const requests = inWords(columns.arrivalSeconds.length);
  const notes = [
    leftOut.describe(rows),
    sums === null
      ? null
      : `Synthetic: its rows count ${requests} requests by periods; they were spread evenly over each period, all with the same length.`,
    cached === null
      ? null
      : `Tokens of a cache, beside ${cleanName(cached, 60)}, were added to its input tokens; ` +
        `columns: { inputTokens: "${cleanName(cached, 60)}" } leaves them out.`,
    cachedInput === null ? null : describeCached(cachedInput),
    silent > 0
      ? `${inWords(silent)} of its requests have no output tokens and count all the same; take out those that failed.`
      : null,
    outOfOrder > 0 ? `${outOfOrder} of its requests were out of order, and were sorted by time.` : null,
    unitNote,
    hasDate ? null : "Its times have no date: it is taken to begin on a Monday at 0:00.",
  ];
  return {
    name: basename(path),
    kind: sums === null ? "recorded" : "synthetic",
    ...columns,
    spanSeconds,
    startSecondOfWeek: hasDate ? (firstSecond - mondayBefore1970Seconds) % weekSeconds : 0,
    source: basename(path),
    licence: null,
    date: hasDate ? new Date(firstSecond * 1_000).toISOString().slice(0, 10) : null,
    leftOut: leftOut.count,
    notes: notes.filter((note) => note !== null),
  };
}

function describeCached({ column, isComputed, cut }: NonNullable<CollectedRequests["cachedInput"]>): string {
  if (isComputed) {
    return `Its ${column} say which prompts begin alike. The cached input tokens are computed from them, for a cache that forgets nothing, so they are an upper bound.`;
  }
  const words =
    cut === 0 ? "" : `; of ${inWords(cut)} requests it counts more than their input, and was cut to it`;
  return `A cache held the input tokens that ${cleanName(column, 60)} counts${words}.`;
}

interface TraceRead {
  columns: TraceColumns;
  spanSeconds: number;
  firstSecond: number;
  outOfOrder: number;
  unitNote: string | null;
  collected: CollectedRequests;
}

async function readTrace(path: string, options: LoadTraceOptions): Promise<TraceRead> {
  const file = basename(path);
  try {
    const { columns: named = {}, keepFailed = false } = options;
    const requests = collectRequests({ file, named, keepFailed });
    await readTraceRows(path, { file, add: requests.add });
    const collected = requests.end();
    const { unit, note } = findUnit(collected, { file, given: options.timeUnit ?? null });
    const {
      arrivalSeconds: times,
      outOfOrder,
      startSecond,
      spanSeconds,
      ...lengths
    } = arrange(collected, {
      unit,
      file,
    });
    const firstSecond = startSecond ?? times[0] ?? 0;
    const arrivalSeconds = times.map((second) => second - firstSecond);
    const lastSecond = arrivalSeconds.at(-1) ?? 0;
    return {
      columns: { arrivalSeconds, ...lengths },
      // Requests of one moment alone stand for a second, so that rates exist.
      spanSeconds: spanSeconds ?? (lastSecond > 0 ? lastSecond : 1),
      firstSecond,
      outOfOrder,
      unitNote: note,
      collected,
    };
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw new InputError(`loadTrace: the file ${path} could not be read${whyUnread(cause)}.`, {
      remedy: `Give the path of a CSV file or of JSON lines, or one of ${Object.keys(shippedTraces).join(", ")}.`,
      cause,
    });
  }
}

const unread: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a folder",
  EACCES: "this user may not read it",
  Z_DATA_ERROR: "it is not compressed as .gz, or damaged",
  Z_BUF_ERROR: "it is compressed, and ends too early",
};

function whyUnread(cause: unknown): string {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  return Object.hasOwn(unread, code) ? `: ${unread[code]}` : "";
}

function findUnit(
  { times, columns }: CollectedRequests,
  { file, given }: { file: string; given: TimeUnit | null },
): { unit: TimeUnit; note: string | null } {
  const { first, least, most, isCalendar } = times;
  const column = cleanName(columns.time.join("."), 60);
  const numbers = {
    ...times,
    file,
    column,
    least: least.value,
    most: most.value,
    count: times.values.length,
  };
  const chosen = isCalendar
    ? { unit: "seconds" as const, note: null }
    : chooseTimeUnit(numbers, { given, named: columns.unit, usual: columns.usualUnit });
  const { value, row } = most.value - first > first - least.value ? most : least;
  if (Math.abs(value - first) / perSecond[chosen.unit] <= mostYears * yearSeconds) return chosen;
  const shown = isCalendar ? new Date(value * 1_000).toISOString() : value;
  const own = isCalendar ? null : epochUnit(value);
  const problem =
    own !== null && own !== chosen.unit
      ? `is in ${own}, while the first is in ${chosen.unit}`
      : `is more than ${mostYears} years away from the first`;
  throw new InputError(`loadTrace: ${file}, ${nameRow(row)}: ${column} ("${shown}") ${problem}.`, {
    remedy: 'Correct it, or say what unit the times have, such as timeUnit: "milliseconds".',
  });
}

function arrange(
  { times, inputTokens, outputTokens, sums, cachedInput }: CollectedRequests,
  { unit, file }: { unit: TimeUnit; file: string },
): TraceColumns & { outOfOrder: number; startSecond?: number; spanSeconds?: number } {
  const inSeconds = (values: Float64Array) => values.map((value) => value / perSecond[unit]);
  const columns = {
    arrivalSeconds: inSeconds(times.values),
    inputTokens,
    outputTokens,
    ...(cachedInput && { cachedInputTokens: cachedInput.tokens }),
  };
  if (sums === null) return sortByArrival(columns);
  const { startSecond, spanSeconds, ...spread } = spreadSums(
    { ...columns, counts: sums.counts, endSeconds: inSeconds(sums.ends) },
    file,
  );
  return { ...sortByArrival(spread), outOfOrder: 0, startSecond, spanSeconds };
}
