import type { Endpoint } from "../../endpoint/index.ts";
import { showWaiting } from "../../show/index.ts";
import type { Trace } from "../../traffic/index.ts";
import { handOverRecords, toRecord } from "../keep-records.ts";
import { listenForStops } from "../listen-for-stops.ts";
import { planMeasurement } from "../measure-plan.ts";
import { prepareRequests } from "../prepare-requests.ts";
import { type RequestShape, writeBody } from "../request-shape.ts";
import { type Load, runLoad } from "../run-load.ts";
import { subtractCounters, waitUntilIdle } from "../server-counters.ts";
import { createTimeBudget } from "../time-budget.ts";
import { createTokenBudget } from "../token-budget.ts";
import { createLoadTransport } from "../transport/load-transport.ts";
import { watchClient } from "../watch-client.ts";
import { choosePart, describePart, type LogPart, mostTokensOf } from "./choose-part.ts";
import { describeRun } from "./describe-run.ts";
import { fitLengths } from "./fit-lengths.ts";
import { planReplay, type ReplayOptions, type ReplayPlan } from "./replay-plan.ts";
import { createReplayProgress } from "./replay-progress.ts";
import { writeSharedPrompt } from "./share-heads.ts";
import type { TraceRecord, TraceRun } from "./trace-run.ts";

const probeTokens = 2;
const [fewestFitTokens, mostFitTokens] = [16, 128];
const mostIdleMs = 30_000;

/**
 * Sends a log to an endpoint: each request at its time (÷ `speed`) and with its lengths, as much of it as fits into the budget.
 *
 * The part is one piece of the log, and stated before anything is sent: from `fromSeconds` on, until tokens or minutes are used up; requests beyond
 * the endpoint's context are left out and counted. Prompts are words made to length; of what the log says was
 * cached, each begins like an earlier one (see `shareHeads`). Answers get the log's length, where the server takes `ignore_eos`.
 * Nothing waits for an answer, except where `streams` are in flight. Ctrl-C or `signal` ends it and keeps what is complete.
 * {@link ReplayOptions} has the options.
 *
 * @throws InputError where trace or options make no sense, or nothing fits, before anything is sent.
 */
export async function replayTraceOn(
  endpoint: Endpoint,
  trace: Trace,
  options: ReplayOptions = {},
): Promise<TraceRun> {
  if (options.onProgress !== undefined) return send(endpoint, trace, options);
  return showWaiting("Sending the log's requests", (tell) =>
    send(endpoint, trace, { ...options, onProgress: ({ text }) => tell(text) }),
  );
}

async function send(endpoint: Endpoint, trace: Trace, options: ReplayOptions): Promise<TraceRun> {
  const plan = planReplay(endpoint, trace, options);
  const part = choosePart(trace, plan, endpoint);
  const startedAt = new Date();
  const time = createTimeBudget({ ...plan, outputTokens: 1 });
  const stops = await listenForStops(time, plan.signal);
  const transport = createLoadTransport(endpoint, plan.headers);
  const budget = createTokenBudget(plan.maxTokens);
  const progress = createReplayProgress(part.schedule, plan.onProgress);
  const { signal } = stops;
  try {
    const words = describePart(part, { ...endpoint, trace, plan, host: new URL(endpoint.baseUrl).host });
    const { write = (line: string) => process.stdout.write(line) } = plan;
    progress.start(words);
    write(`${words}\n`);
    const preparation = { endpoint, transport, plan: planProbe(endpoint, part, plan), budget, time, signal };
    const { shape, notes } = await prepareRequests(preparation);
    const body = await prepareBodies(part, shape, preparation);
    const servers = plan.workers ?? endpoint;
    const idleMs = () => Math.min(mostIdleMs, Math.max(1_000, time.restMs() / 8));
    const before = await waitUntilIdle(servers, { timeoutMs: idleMs(), signal });
    const endWatch = watchClient();
    const load = await runLoad({
      transport,
      body,
      streams: plan.streams,
      arrivalsMs: part.schedule.map(({ dueMs }) => dueMs),
      mostRequests: part.schedule.length,
      mostMs: time.leftMs(),
      budget,
      worstTokensPerRequest: (index) => mostTokens(part, index),
      stallMs: plan.stallSeconds * 1_000,
      signal,
      onTick: progress.tick,
    });
    const client = endWatch([load]);
    const after = await waitUntilIdle(servers, { timeoutMs: idleMs() });
    const records = listRecords(load, part);
    handOverRecords(records, plan);
    const server = before === null || after === null ? null : subtractCounters(after, before);
    const sent = { load, records, client, server };
    const context = { words, isTimeUp: stops.isTimeUp(), startedAt, usedTokens: budget.usedTokens() };
    const run = describeRun({ endpoint, trace, plan, part, shape }, sent, context);
    run.notes = [...notes, ...run.notes];
    progress.end(run.stopped.words);
    return run;
  } finally {
    stops.release();
    transport.close();
  }
}

/** What the first requests are written by; their prompts are short, whatever the log has. */
function planProbe(endpoint: Endpoint, { schedule }: LogPart, plan: ReplayPlan) {
  const lengths = schedule.map(({ inputTokens }) => inputTokens).toSorted((one, other) => one - other);
  const median = lengths[Math.floor(lengths.length / 2)] ?? 0;
  const { headers, request, seed, maxTokens, maxMinutes, stallSeconds } = plan;
  return planMeasurement(endpoint, {
    promptTokens: Math.min(mostFitTokens, Math.max(fewestFitTokens, median)),
    outputTokens: probeTokens,
    headers,
    request,
    seed,
    maxTokens,
    maxMinutes,
    stallSeconds,
  });
}

async function prepareBodies(
  { schedule, heads }: LogPart,
  shape: RequestShape,
  preparation: Parameters<typeof fitLengths>[0],
): Promise<(index: number) => string> {
  const { toWords, headWords } = await fitLengths(preparation, shape);
  const prompts = { heads, toWords: headWords, seed: preparation.plan.seed };
  return (index) => {
    const { inputTokens = 1, outputTokens = 1 } = schedule[index] ?? {};
    const prompt = writeSharedPrompt(prompts, index, toWords(inputTokens));
    return writeBody(shape, { prompt, outputTokens });
  };
}

function mostTokens({ schedule }: LogPart, index: number): number {
  const one = schedule[index];
  return one === undefined ? 0 : mostTokensOf(one);
}

function listRecords({ flights, startedAt }: Load, { schedule }: LogPart): TraceRecord[] {
  return flights.flatMap((flight, index) => {
    const asked = schedule[index];
    return asked === undefined ? [] : [{ ...toRecord(flight, startedAt), asked }];
  });
}
