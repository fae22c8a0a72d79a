import fc from "fast-check";
import type { Trace } from "../../../lib/src/traffic/index.ts";
import type { Job } from "./simulate.ts";

/** A trace made by hand: arrival in seconds, input and output tokens of each request. */
export function makeTrace(
  requests: readonly (readonly [arrival: number, input: number, output: number])[],
  options: Partial<Trace> = {},
): Trace {
  const column = (place: 0 | 1 | 2) => Float64Array.from(requests, (request) => request[place]);
  return {
    name: "made by hand",
    kind: "synthetic",
    arrivalSeconds: column(0),
    inputTokens: column(1),
    outputTokens: column(2),
    spanSeconds: 3_600,
    startSecondOfWeek: 0,
    source: "this test",
    licence: null,
    date: null,
    notes: [],
    ...options,
  };
}

/** One token a second each way: a request's tokens are its seconds of work. */
export const oneTokenASecond = { prefillTokensPerSecond: 1, decodeTokensPerSecond: 1 };

/** The requests of a simulation as a trace for `oneTokenASecond`. */
export function traceOf(jobs: readonly Job[], options: Partial<Trace> = {}): Trace {
  return makeTrace(
    jobs.map(({ arrival, work }) => [arrival, Math.floor(work / 2), Math.ceil(work / 2)] as const),
    options,
  );
}

/** Small random loads in whole seconds, in the order of arrival. */
export function someJobs(limits: {
  most: number;
  lastArrival: number;
  mostWork: number;
}): fc.Arbitrary<Job[]> {
  const job = fc.record({
    arrival: fc.integer({ min: 0, max: limits.lastArrival }),
    work: fc.integer({ min: 1, max: limits.mostWork }),
  });
  return fc
    .array(job, { minLength: 1, maxLength: limits.most })
    .map((jobs) => jobs.toSorted((a, b) => a.arrival - b.arrival));
}

/** Random traces with lengths and times as they come. */
export function someTraces(): fc.Arbitrary<Trace> {
  const request = fc.tuple(
    fc.double({ min: 0, max: 600_000, noNaN: true }),
    fc.integer({ min: 0, max: 20_000 }),
    fc.integer({ min: 0, max: 2_000 }),
  );
  return fc
    .tuple(fc.array(request, { minLength: 1, maxLength: 60 }), fc.integer({ min: 0, max: 604_799 }))
    .map(([requests, startSecondOfWeek]) =>
      makeTrace(
        requests.toSorted(([a], [b]) => a - b),
        { spanSeconds: 604_800, startSecondOfWeek },
      ),
    );
}
