import { InputError } from "../errors.ts";
import { mostTokens, type Trace } from "./trace.ts";

/** Refuses a trace that is empty, unsorted, negative, gigantic, or whose arrays do not match; `caller` begins the message. */
export function checkTrace(trace: Trace, caller: string): void {
  const found = findMistake(trace);
  if (found === null) return;
  const [problem, remedy] = found;
  throw new InputError(`${caller}: ${problem}.`, { remedy, field: "trace" });
}

type Mistake = [problem: string, remedy: string];

function findMistake(trace: Trace): Mistake | null {
  if (!ArrayBuffer.isView(trace?.arrivalSeconds)) {
    return ["this is no trace", 'Give what loadTrace returns: await loadTrace("my-log.csv").'];
  }
  const { arrivalSeconds, inputTokens, outputTokens, cachedInputTokens } = trace;
  const { spanSeconds, startSecondOfWeek } = trace;
  const requests = arrivalSeconds.length;
  if (requests === 0) return ["the trace has no requests", "Give a trace with one request at least."];
  if (inputTokens.length !== requests || outputTokens.length !== requests) {
    return [
      `the trace has ${requests} arrivals, ${inputTokens.length} inputs and ${outputTokens.length} outputs`,
      "Give one entry for each request in all three arrays.",
    ];
  }
  if (cachedInputTokens !== undefined && cachedInputTokens.length !== requests) {
    return [
      `the trace has ${requests} arrivals, and cachedInputTokens of ${cachedInputTokens.length}`,
      "Give one entry for each request, or leave cachedInputTokens out.",
    ];
  }
  const last = arrivalSeconds[requests - 1] ?? 0;
  if (!(spanSeconds > 0 && spanSeconds >= last && Number.isFinite(spanSeconds))) {
    return [
      `the trace's spanSeconds is ${spanSeconds}, its last arrival at ${last}`,
      "Give a finite span above 0 that reaches to the last arrival.",
    ];
  }
  if (!(startSecondOfWeek >= 0 && startSecondOfWeek < 604_800)) {
    return [
      `the trace's startSecondOfWeek is ${startSecondOfWeek}`,
      "Give seconds since Monday, 0:00, from 0 to below 604,800.",
    ];
  }
  return (
    findUnsorted(arrivalSeconds) ??
    findNoLength("inputTokens", inputTokens) ??
    findNoLength("outputTokens", outputTokens) ??
    findTooMuchCached(inputTokens, cachedInputTokens)
  );
}

function findUnsorted(arrivalSeconds: Float64Array): Mistake | null {
  let previous = 0;
  for (let index = 0; index < arrivalSeconds.length; index++) {
    const arrival = arrivalSeconds[index] ?? Number.NaN;
    if (arrival >= previous) {
      previous = arrival;
      continue;
    }
    const request = `request ${index + 1} of the trace arrives at ${arrival} s`;
    return arrival < 0
      ? [request, "Count from the beginning of the trace."]
      : [`${request}, after one at ${previous} s`, "Sort the trace by arrival."];
  }
  return null;
}

function findTooMuchCached(inputTokens: Float64Array, cached: Float64Array | undefined): Mistake | null {
  if (cached === undefined) return null;
  let index = 0;
  // A loop of its own, for the methods of an array are several times slower.
  while (
    index < cached.length &&
    (cached[index] ?? -1) >= 0 &&
    (cached[index] ?? 0) <= (inputTokens[index] ?? 0)
  )
    index++;
  if (index === cached.length) return null;
  return [
    `request ${index + 1} of the trace has ${cached[index]} cachedInputTokens of ${inputTokens[index]} inputTokens`,
    "Give a number of tokens from 0 to that of the input.",
  ];
}

function findNoLength(name: string, values: Float64Array): Mistake | null {
  let index = 0;
  while (index < values.length && (values[index] ?? -1) >= 0 && (values[index] ?? -1) <= mostTokens) index++;
  if (index === values.length) return null;
  return [
    `request ${index + 1} of the trace has ${values[index]} ${name}`,
    `Give a number of tokens from 0 to ${mostTokens.toLocaleString("en-US")}.`,
  ];
}
