import { appendFileSync } from "node:fs";
import type { Endpoint } from "../endpoint/index.ts";
import { stateFileMode } from "../files/index.ts";
import { listenForInterrupt } from "../kernel/index.ts";
import { findKnee, isPilingUp } from "./find-knee.ts";
import type { Flight } from "./flight.ts";
import { createLadderProgress, type LadderProgress } from "./ladder-progress.ts";
import { type MeasureOptions, type MeasurePlan, planMeasurement } from "./measure-plan.ts";
import {
  formulas,
  type Measurement,
  measurementVersion,
  type RequestRecord,
  workloadSchema,
} from "./measurement.ts";
import { prepareRequests } from "./prepare-requests.ts";
import { type MeasureContext, runLevel } from "./run-level.ts";
import type { Load } from "./run-load.ts";
import { waitUntilIdle } from "./server-counters.ts";
import { createTokenBudget, type TokenBudget } from "./token-budget.ts";
import { createLoadTransport } from "./transport/load-transport.ts";

const cancelledIdleMs = 10_000;

/**
 * Measures how many tokens per second an endpoint gives at rising numbers of streams, and how long its answers take.
 *
 * It climbs the ladder until the knee is passed, requests fail, or the budget or the time is used up; Ctrl-C or
 * `signal` ends it and gives the levels so far. The result says what went wrong with requests, in the server's
 * own words, and `formulas` says what each figure means. {@link MeasureOptions} has the options.
 *
 * @throws InputError where an option makes no sense, before anything is sent.
 */
export async function measureThroughput(
  endpoint: Endpoint,
  options: MeasureOptions = {},
): Promise<Measurement> {
  const plan = planMeasurement(endpoint, options);
  const startedAt = new Date();
  const startedMs = performance.now();
  const stops = listenForStops(plan, await listenForInterrupt({ signal: plan.signal }));
  const transport = createLoadTransport(endpoint, plan.headers);
  const budget = createTokenBudget(plan.maxTokens);
  const progress = createLadderProgress(plan);
  try {
    stateBudget(endpoint, plan, progress.start);
    const { signal } = stops;
    const { shape, notes } = await prepareRequests({ endpoint, transport, plan, budget, signal });
    const context = { endpoint, transport, plan, shape, budget, signal };
    const climbed = await climb(context, progress, stops.reason);
    progress.end(climbed.stopped.words);
    if (signal.aborted) await waitUntilIdle(plan.workers ?? endpoint, { timeoutMs: cancelledIdleMs });
    const asDone = { askedMode: plan.mode, mode: shape.mode, promptLengthFrom: shape.promptLengthFrom };
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
      },
      ...climbed,
      notes: [...notes, ...climbed.notes],
      formulas,
    };
  } finally {
    stops.release();
    transport.close();
  }
}

type Climbed = Pick<Measurement, "levels" | "knee" | "stopped" | "notes">;

const pilingUp = "Requests pile up: more of them are in flight, and wait longer, than before.";

/** Measures one level after the other, until there is a reason to stop. */
async function climb(
  context: MeasureContext,
  progress: LadderProgress,
  interruption: () => Measurement["stopped"],
): Promise<Climbed> {
  const { plan, signal, budget } = context;
  const levels: Measurement["levels"] = [];
  const notes: string[] = [];
  let knee: Measurement["knee"] = null;
  const stop = (stopped: Measurement["stopped"]): Climbed => ({ levels, knee, stopped, notes });
  for (const [index, streams] of plan.streams.entries()) {
    if (signal.aborted) return stop(interruption());
    const { level, loads } = await runLevel(context, {
      streams,
      level: index + 1,
      onTick: (tick) => progress.tick({ streams, level: index + 1, ...tick }),
    });
    keepRecords(loads, streams, plan);
    if (signal.aborted && !isWhole(loads, plan)) {
      notes.push(
        `The level with ${streams} streams was broken off after ${level.requests.completed} completed requests and is left out.`,
      );
      return stop(interruption());
    }
    const isOverBudget = loads.at(-1)?.end === "budget";
    if (isOverBudget && loads.every(({ flights }) => flights.length === 0)) {
      return stop(endOfBudget(budget, `before the level with ${streams}`));
    }
    levels.push(level);
    if (isOverBudget) level.notes.push("The budget of tokens ended this level early.");
    progress.level(level, index + 1);
    if (isOverBudget) return stop(endOfBudget(budget, `in the level with ${streams}`));
    if (level.verdict === "failed") {
      return stop({ because: "errors", words: `Stopped at ${streams} streams: ${level.reason}` });
    }
    knee ??= findKnee(levels);
    if (knee === null && plan.arrivals !== "closed" && loads.some(isPilingUpIn)) {
      knee = { streams, reason: pilingUp };
    }
    if (knee !== null && plan.stopAtKnee) return stop({ because: "knee", words: knee.reason });
  }
  return stop({ because: "ladder-done", words: "All levels were measured." });
}

/** Whether all of a level was measured; the interruption can come while the server finishes its work. */
function isWhole(loads: readonly Load[], plan: MeasurePlan): boolean {
  return loads.length === plan.repeats && loads.every(({ end }) => end === "done");
}

// Before the window opens the number of requests in flight rises anyway.
function isPilingUpIn({ flights, window }: Load): boolean {
  return window !== null && isPilingUp(flights.filter(({ scheduledAt }) => scheduledAt >= window.startAt));
}

function endOfBudget({ usedTokens, maxTokens }: TokenBudget, where: string): Measurement["stopped"] {
  const [used, most] = [usedTokens(), maxTokens].map((tokens) => tokens.toLocaleString("en-US"));
  const words = `The budget ended ${where} streams: ${used} of ${most} tokens are used, and another request might exceed it.`;
  return { because: "budget", words };
}

/** States the most tokens that the call may use, before it uses the first. */
function stateBudget(endpoint: Endpoint, plan: MeasurePlan, start: (text: string) => void): void {
  const { write = (line: string) => process.stdout.write(line), maxTokens } = plan;
  const isLimited = Number.isFinite(maxTokens);
  const most = `, with at most ${maxTokens.toLocaleString("en-US")} tokens, prompts and answers together`;
  const host = new URL(endpoint.baseUrl).host;
  const text = `Measuring ${endpoint.model} on ${host} at ${plan.streams.join(", ")} streams${isLimited ? most : ""}.`;
  start(text);
  if (isLimited) write(`${text}\n`);
}

/** Everything that ends a measurement early, as one signal: the caller's, an interrupt, the time limit. */
function listenForStops(
  plan: MeasurePlan,
  interrupt: { signal: AbortSignal; release(): void },
): { signal: AbortSignal; reason(): Measurement["stopped"]; release(): void } {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), Math.min(plan.maxMinutes * 60_000, 2 ** 31 - 1));
  const keyboard = new AbortController();
  const onSigint = () => keyboard.abort();
  // Inside a kernel the interrupt above has taken over; a program with listeners of its own decides for itself.
  const isOurs = process.listenerCount("SIGINT") === 0;
  if (isOurs) process.once("SIGINT", onSigint);
  return {
    signal: AbortSignal.any([interrupt.signal, limit.signal, keyboard.signal]),
    reason: () =>
      limit.signal.aborted && !interrupt.signal.aborted && !keyboard.signal.aborted
        ? { because: "time", words: `The time limit of ${plan.maxMinutes} minutes ended the measurement.` }
        : { because: "interrupted", words: "The measurement was interrupted." },
    release() {
      clearTimeout(timer);
      process.off("SIGINT", onSigint);
      interrupt.release();
    },
  };
}

/** Hands the raw records over, where they were asked for. */
function keepRecords(loads: readonly Load[], streams: number, plan: MeasurePlan): void {
  const { onRecord, recordsFile } = plan;
  if (onRecord === undefined && recordsFile === undefined) return;
  const records = loads.flatMap(({ flights, startedAt }, index) =>
    flights.map((flight) => ({ streams, repeat: index + 1, ...toRecord(flight, startedAt) })),
  );
  if (onRecord !== undefined) for (const record of records) onRecord(record);
  if (recordsFile !== undefined && records.length > 0) {
    const lines = records.map((record) => `${JSON.stringify(record)}\n`);
    appendFileSync(recordsFile, lines.join(""), { mode: stateFileMode });
  }
}

function toRecord(flight: Flight, startedAt: number): RequestRecord {
  const { index, error, status, inputTokens, outputTokens, tokensAtFirstText, chunks, finishReason } = flight;
  const after = (at: number | null) => (at === null ? null : at - startedAt);
  return {
    index,
    outcome: flight.outcome === "running" ? "cancelled" : flight.outcome,
    error,
    status,
    scheduledAtMs: flight.scheduledAt - startedAt,
    sentAtMs: flight.sentAt - startedAt,
    firstByteAtMs: after(flight.firstByteAt),
    firstTokenAtMs: after(flight.firstTokenAt),
    lastTokenAtMs: after(flight.lastTokenAt),
    endedAtMs: flight.endedAt - startedAt,
    inputTokens,
    outputTokens,
    tokensAtFirstText,
    chunks,
    finishReason,
  };
}
