import type { Endpoint } from "../endpoint/index.ts";
import { interpolatedPercentile } from "../statistics.ts";
import type { HttpTarget } from "./http-target.ts";
import type { MeasurePlan } from "./measure-plan.ts";
import type { ServerCounters } from "./measurement.ts";
import { poissonArrivalsMs } from "./poisson-arrivals.ts";
import { writePrompt } from "./prompts.ts";
import { type RequestShape, writeBody } from "./request-shape.ts";
import { type LoadOptions, type LoadResult, runLoad } from "./run-load.ts";
import { subtractCounters } from "./server-counters.ts";
import type { TokenBudget } from "./token-budget.ts";
import { countUnfinished, waitUntilIdle } from "./wait-until-idle.ts";
import { type ClientFigures, watchClient } from "./watch-client.ts";

/** What a measurement needs at hand all along. */
export interface MeasureContext {
  endpoint: Endpoint;
  target: HttpTarget;
  plan: MeasurePlan;
  shape: RequestShape;
  budget: TokenBudget;
  signal: AbortSignal;
}

/** All that happened at one number of streams. */
export interface LevelRun {
  streams: number;
  runs: LoadResult[];
  client: ClientFigures;
  server: ServerCounters | null;
  notes: string[];
}

const warmUpTokens = 16;
const idleTimeoutMs = 30_000;

/**
 * Warms the server up at the level's own number of streams, waits until nothing runs, and measures.
 *
 * Warm-up and each repeat have prompts of their own. The server's counters are read before the first and after the
 * last measured request, while nothing runs.
 */
export async function runLevel(
  context: MeasureContext,
  options: {
    streams: number;
    /** Number of the level in its ladder, counted from 1: two levels may have as many streams. */
    level: number;
    /** `repeat` is counted from 1, and 0 in the warm-up. */
    onTick: (tick: Parameters<LoadOptions["onTick"]>[0] & { repeat: number }) => void;
  },
): Promise<LevelRun> {
  const { plan, signal } = context;
  const servers = plan.workers ?? context.endpoint;
  const { streams, level, onTick } = options;
  const notes: string[] = [];
  if (plan.warmUp) {
    const warmUpStreams = countWarmUpStreams(plan, streams);
    await runLoad({
      ...loadOf(context, {
        streams: warmUpStreams,
        phase: `level ${level}, warm-up`,
        outputTokens: Math.min(warmUpTokens, plan.outputTokens),
      }),
      // All at once: so each stream has its connection before the first request that counts.
      rampMs: 0,
      arrivalsMs: null,
      mostRequests: warmUpStreams,
      seconds: null,
      onTick: (tick) => onTick({ ...tick, repeat: 0 }),
    });
  }
  const before = await waitUntilIdle(servers, { timeoutMs: idleTimeoutMs, signal });
  noteUnfinished(before, "before the level began", notes);
  const endWatch = watchClient();
  const runs: LoadResult[] = [];
  for (let repeat = 1; repeat <= plan.repeats && !signal.aborted; repeat++) {
    const run = await runLoad({
      ...loadOf(context, {
        streams,
        phase: `level ${level}, repeat ${repeat}`,
        outputTokens: plan.outputTokens,
      }),
      ...amountOf(plan, { streams, repeat }),
      onTick: (tick) => onTick({ ...tick, repeat }),
    });
    runs.push(run);
    if (run.end !== "done") break;
  }
  const client = endWatch(sumUp(runs));
  noteLoad(runs, streams, notes);
  if (signal.aborted) return { streams, runs, client, server: null, notes };
  const after = await waitUntilIdle(servers, { timeoutMs: idleTimeoutMs, signal });
  noteUnfinished(after, "after the level", notes);
  const server = after === null || before === null ? null : subtractCounters(after, before);
  if (server === null && before !== null) {
    notes.push("The server's counters cannot be compared: they were lost, or set back, during the level.");
  }
  return { streams, runs, client, server, notes };
}

function loadOf(
  context: MeasureContext,
  options: { streams: number; phase: string; outputTokens: number },
): Omit<LoadOptions, "arrivalsMs" | "mostRequests" | "seconds" | "onTick"> {
  const { plan, shape, target, budget, signal } = context;
  const { streams, outputTokens } = options;
  const phase = `${streams} streams, ${options.phase}`;
  return {
    target,
    body: (index) =>
      writeBody(shape, {
        prompt: writePrompt({ seed: plan.seed, phase, index }, shape.promptWords),
        outputTokens,
      }),
    streams,
    rampMs: plan.rampMs ?? Math.min(2_000, 10 * streams),
    budget,
    worstTokensPerRequest: () => shape.mostPromptTokens + outputTokens,
    stallMs: plan.stallMs,
    signal,
  };
}

function amountOf(
  plan: MeasurePlan,
  { streams, repeat }: { streams: number; repeat: number },
): Pick<LoadOptions, "arrivalsMs" | "mostRequests" | "seconds"> {
  const { arrivals, requestsPerStream, secondsPerLevel } = plan;
  const mostRequests = requestsPerStream === null ? Infinity : requestsPerStream * streams;
  if (arrivals === "closed") return { arrivalsMs: null, mostRequests, seconds: secondsPerLevel };
  const arrivalsMs = poissonArrivalsMs({
    requestsPerSecond: arrivals.requestsPerSecond,
    durationMs: (secondsPerLevel ?? 0) * 1_000,
    seed: `${plan.seed}, ${streams} streams, repeat ${repeat}`,
  });
  return { arrivalsMs: arrivalsMs.slice(0, mostRequests), mostRequests, seconds: null };
}

/** With arrivals, `streams` only bounds them: the warm-up is as wide as one second of arrivals. */
function countWarmUpStreams({ arrivals }: MeasurePlan, streams: number): number {
  return arrivals === "closed" ? streams : Math.min(streams, Math.ceil(arrivals.requestsPerSecond));
}

function sumUp(runs: readonly LoadResult[]) {
  const delays = runs.flatMap(({ dispatchDelaysMs }) => [...dispatchDelaysMs.values()]);
  return {
    chunks: runs.reduce((sum, { figures }) => sum + figures.chunks, 0),
    reads: runs.reduce((sum, { figures }) => sum + figures.reads, 0),
    dispatchDelayMs: Math.max(
      0,
      interpolatedPercentile(
        delays.sort((a, b) => a - b),
        0.95,
      ),
    ),
  };
}

function noteLoad(runs: readonly LoadResult[], streams: number, notes: string[]): void {
  const heldBack = runs.reduce((sum, run) => sum + run.heldBack, 0);
  if (heldBack > 0) {
    notes.push(
      `${heldBack} requests found ${streams} in flight and waited until one was done; their waiting counts as the server's.`,
    );
  }
  const uncounted = runs.reduce((sum, { figures }) => sum + figures.uncountedAnswers, 0);
  if (uncounted > 0) {
    notes.push(`${uncounted} answers were broken off before their token counts came; they are in no rate.`);
  }
}

function noteUnfinished(counters: ServerCounters | null, when: string, notes: string[]): void {
  const unfinished = counters === null ? 0 : countUnfinished(counters);
  if (unfinished > 0) {
    notes.push(
      `The server still worked on ${unfinished} requests ${when}: others use it too, or it goes on after a client has gone.`,
    );
  }
}
