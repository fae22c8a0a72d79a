import { sum } from "../statistics.ts";

/** Requests in the order of their arrival: times and lengths, never texts. All arrays have one entry for each request. */
export interface Trace {
  name: string;
  /** `recorded` is what a service saw; `synthetic` was scaled, repeated or made up. */
  kind: "recorded" | "synthetic";
  /** Seconds since the trace began, ascending. */
  arrivalSeconds: Float64Array;
  inputTokens: Float64Array;
  outputTokens: Float64Array;
  /** Of the input tokens those that a prefix cache holds; absent: the file does not say. */
  cachedInputTokens?: Float64Array;
  /** The time that the trace stands for; at least until the last arrival. */
  spanSeconds: number;
  /** When the trace began, in seconds since Monday, 0:00 of its own time zone; 0 where the file does not say. */
  startSecondOfWeek: number;
  /** Where the requests come from, in words or as an address. */
  source: string;
  /** `null`: the reader's own file. */
  licence: string | null;
  /** The day on which it was recorded, such as `2023-11-16`; `null` where the file does not say. */
  date: string | null;
  /** Rows of its file that stand for no answered request; the notes say why. Absent: none. */
  leftOut?: number;
  /** What a reader must know, one sentence each. */
  notes: readonly string[];
}

/** No model has a context of ten million tokens, or an answer as long: more is in another unit, or is no length. */
export const mostTokens = 10_000_000;

/** More would not fit into the memory. */
export const mostRequests = 100_000_000;

/** Sums and rates of a trace; the mix is by sums, `null` where nothing was written. */
export interface TraceSummary {
  requests: number;
  /** Rows of the trace's file that were left out, as failed requests. */
  leftOut: number;
  inputTokens: number;
  outputTokens: number;
  inputTokensPerOutputToken: number | null;
  /** `null`: the trace does not say. */
  cachedInputTokens: number | null;
  spanSeconds: number;
  requestsPerSecond: number;
  /** Requests per second in the busiest minute, counted in minutes from the beginning. */
  busiestMinuteRequestsPerSecond: number;
}

/** Adds up a trace. */
export function summariseTrace(trace: Trace): TraceSummary {
  const requests = trace.arrivalSeconds.length;
  const inputTokens = sum(trace.inputTokens);
  const outputTokens = sum(trace.outputTokens);
  return {
    requests,
    leftOut: trace.leftOut ?? 0,
    inputTokens,
    outputTokens,
    inputTokensPerOutputToken: outputTokens === 0 ? null : inputTokens / outputTokens,
    cachedInputTokens: trace.cachedInputTokens === undefined ? null : sum(trace.cachedInputTokens),
    spanSeconds: trace.spanSeconds,
    requestsPerSecond: requests / trace.spanSeconds,
    busiestMinuteRequestsPerSecond: findBusiestMinute(trace) / Math.min(60, trace.spanSeconds),
  };
}

/** Requests of the busiest minute. */
function findBusiestMinute({ arrivalSeconds }: Trace): number {
  let [minute, count, most] = [0, 0, 0];
  for (let index = 0; index < arrivalSeconds.length; index++) {
    const own = Math.floor((arrivalSeconds[index] ?? 0) / 60);
    count = own === minute ? count + 1 : 1;
    minute = own;
    if (count > most) most = count;
  }
  return most;
}

/** The arrays of a trace. */
export type TraceColumns = Pick<
  Trace,
  "arrivalSeconds" | "inputTokens" | "outputTokens" | "cachedInputTokens"
>;

/** Takes the lengths of other requests from those of a trace: one for each index, in that order. */
export function pickLengths(
  { inputTokens, outputTokens, cachedInputTokens }: Omit<TraceColumns, "arrivalSeconds">,
  indices: Uint32Array,
): Omit<TraceColumns, "arrivalSeconds"> {
  return {
    inputTokens: pick(inputTokens, indices),
    outputTokens: pick(outputTokens, indices),
    ...(cachedInputTokens && { cachedInputTokens: pick(cachedInputTokens, indices) }),
  };
}

function pick(values: Float64Array, indices: Uint32Array): Float64Array {
  const picked = new Float64Array(indices.length);
  // A loop, for Float64Array.from takes ten times as long.
  for (let place = 0; place < picked.length; place++) {
    picked[place] = values[indices[place] ?? 0] ?? Number.NaN;
  }
  return picked;
}

/** Puts requests into the order of their arrival, those of one moment as they were; says how many came too late. */
export function sortByArrival(columns: TraceColumns): TraceColumns & { outOfOrder: number } {
  const { arrivalSeconds } = columns;
  let outOfOrder = 0;
  let latest = Number.NEGATIVE_INFINITY;
  for (const arrival of arrivalSeconds) {
    if (arrival < latest) outOfOrder++;
    else latest = arrival;
  }
  if (outOfOrder === 0) return { ...columns, outOfOrder };
  const order = Uint32Array.from(arrivalSeconds.keys());
  order.sort((a, b) => at(arrivalSeconds, a) - at(arrivalSeconds, b) || a - b);
  return { arrivalSeconds: pick(arrivalSeconds, order), ...pickLengths(columns, order), outOfOrder };
}

function at(values: Float64Array, index: number): number {
  return values[index] ?? Number.NaN;
}
