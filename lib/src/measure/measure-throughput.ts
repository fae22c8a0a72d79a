import type { Endpoint } from "../endpoint/index.ts";
import { showWaiting } from "../show/index.ts";
import { climbLadder, interrupted } from "./climb-ladder.ts";
import { fitSharedPrompt } from "./fit-shared-prompt.ts";
import { formulas } from "./formulas.ts";
import { gatherEvidence, hashRecords } from "./gather-evidence.ts";
import { createLadderProgress } from "./ladder-progress.ts";
import { listenForStops } from "./listen-for-stops.ts";
import { type MeasureOptions, type MeasurePlan, planMeasurement } from "./measure-plan.ts";
import { countStreams, type Measurement, measurementVersion, workloadSchema } from "./measurement.ts";
import { prepareRequests } from "./prepare-requests.ts";
import { searchStreams } from "./search-streams.ts";
import { waitUntilIdle } from "./server-counters.ts";
import { createTimeBudget, inDuration } from "./time-budget.ts";
import { createTokenBudget } from "./token-budget.ts";
import { createLoadTransport } from "./transport/load-transport.ts";

const cancelledIdleMs = 10_000;

/**
 * Measures how many tokens per second an endpoint gives at rising numbers of streams, and how long its answers take.
 *
 * It climbs the ladder until the knee is passed, requests fail, or the budget or the time is used up: what does not fit
 * into the time is shortened or stands in `leftOut`. Ctrl-C or `signal` ends it and gives the levels so far. The result says what went wrong with requests, in the server's
 * own words, and `formulas` says what each figure means. {@link MeasureOptions} has the options.
 *
 * @throws InputError where an option makes no sense, before anything is sent.
 */
export async function measureThroughput(
  endpoint: Endpoint,
  options: MeasureOptions = {},
): Promise<Measurement> {
  if (options.onProgress !== undefined) return measure(endpoint, options);
  return showWaiting("Measuring", (tell) =>
    measure(endpoint, { ...options, onProgress: ({ text }) => tell(text) }),
  );
}

async function measure(endpoint: Endpoint, options: MeasureOptions): Promise<Measurement> {
  const plan = planMeasurement(endpoint, options);
  const startedAt = new Date();
  const startedMs = performance.now();
  const time = createTimeBudget(plan);
  const stops = await listenForStops(time, plan.signal);
  const transport = createLoadTransport(endpoint, plan.headers);
  const budget = createTokenBudget(plan.maxTokens);
  const progress = createLadderProgress({ ...plan, time });
  try {
    const { write = (line: string) => process.stdout.write(line) } = plan;
    const text = describeBudget(endpoint, plan);
    progress.start(text);
    if (budget.maxTokens < Infinity || options.maxMinutes !== undefined) write(`${text}\n`);
    const { signal } = stops;
    const evidence = await gatherEvidence(endpoint, plan);
    const preparation = { endpoint, transport, plan, budget, time, signal };
    const prepared = await fitSharedPrompt(preparation, await prepareRequests(preparation));
    const { shape, head, notes } = prepared;
    const context = { ...preparation, shape, head };
    const { runs, ...climbed } = await climbLadder(context, progress, stops.isTimeUp);
    const targetSearch = await searchStreams(context, runs, { progress, isTimeUp: stops.isTimeUp });
    const levels = runs.map(({ level }) => level);
    const isBrokenOff = targetSearch !== null && signal.aborted && !stops.isTimeUp();
    const stopped = isBrokenOff ? interrupted : climbed.stopped;
    progress.end(stopped.words);
    if (signal.aborted) {
      const timeoutMs = Math.min(cancelledIdleMs, time.restMs());
      await waitUntilIdle(plan.workers ?? endpoint, { timeoutMs });
    }
    const { mode, promptLengthFrom } = shape;
    const asDone = { askedMode: plan.mode, mode, promptLengthFrom, outputTokens: time.outputTokens() };
    return {
      version: measurementVersion,
      kind: endpoint.isSimulated ? "simulated" : "measured",
      startedAt: startedAt.toISOString(),
      seconds: (performance.now() - startedMs) / 1_000,
      origin: endpoint.origin,
      gpu: plan.gpu,
      model: endpoint.model,
      server: endpoint.server,
      engine: endpoint.engine,
      host: new URL(endpoint.baseUrl).host,
      maxModelTokens: endpoint.maxModelTokens,
      workload: workloadSchema.parse({ ...plan, ...asDone, rampMs: plan.rampMs ?? null }),
      budget: {
        maxTokens: Number.isFinite(budget.maxTokens) ? budget.maxTokens : null,
        usedTokens: budget.usedTokens(),
        maxMinutes: plan.maxMinutes,
      },
      ...climbed,
      levels: targetSearch === null ? levels : levels.toSorted((one, other) => one.streams - other.streams),
      targetSearch,
      stopped,
      notes: [...notes, ...climbed.notes],
      formulas,
      evidence: { ...evidence, recordsSha256: await hashRecords(plan.recordsFile) },
    };
  } finally {
    stops.release();
    transport.close();
  }
}

/** Says what is measured and what it may use, before it uses any. */
function describeBudget(
  endpoint: Endpoint,
  { arrivals, maxTokens, maxMinutes, streams }: MeasurePlan,
): string {
  const host = new URL(endpoint.baseUrl).host;
  const tokens = maxTokens.toLocaleString("en-US");
  const most = Number.isFinite(maxTokens)
    ? `, with at most ${tokens} tokens, prompts and answers together`
    : "";
  const mostStreams = streams.at(-1) ?? 0;
  const ladder =
    arrivals === "closed"
      ? [...streams.slice(0, -1), countStreams(mostStreams)].join(", ")
      : `${arrivals.requestsPerSecond} requests a second, ${mostStreams} at a time at most`;
  return `Measuring ${endpoint.model} on ${host} at ${ladder}${most}, in at most ${inDuration(maxMinutes)}.`;
}
