import type { Endpoint } from "../endpoint/index.ts";
import { seededRandom, seedOf } from "../seeded-random.ts";
import { computeLevel } from "./level-figures.ts";
import type { MeasurePlan } from "./measure-plan.ts";
import type { Level, ServerCounters } from "./measurement.ts";
import { type RequestShape, writeBody, writePrompt } from "./prepare-requests.ts";
import { type Load, type LoadOptions, type LoadTick, runLoad } from "./run-load.ts";
import { countUnfinished, subtractCounters, waitUntilIdle } from "./server-counters.ts";
import type { TokenBudget } from "./token-budget.ts";
import type { LoadTransport } from "./transport/load-transport.ts";
import { watchClient } from "./watch-client.ts";

/** What every level of one measurement needs. */
export interface MeasureContext {
  endpoint: Endpoint;
  transport: LoadTransport;
  plan: MeasurePlan;
  shape: RequestShape;
  budget: TokenBudget;
  signal: AbortSignal;
}

const warmUpTokens = 16;
const idleTimeoutMs = 30_000;

/**
 * Measures one level: warms the server up with as many streams, waits until nothing runs, and sends a load for each repeat.
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
    onTick: (tick: LoadTick & { repeat: number }) => void;
  },
): Promise<{ level: Level; loads: readonly Load[] }> {
  const { plan, shape, signal } = context;
  const { outputTokens } = plan;
  const servers = plan.workers ?? context.endpoint;
  const { streams, level, onTick } = options;
  if (plan.warmUp) {
    const warmUpStreams = countWarmUpStreams(plan, streams);
    const outputTokens = Math.min(warmUpTokens, plan.outputTokens);
    // All at once, so that each stream has its connection before the first request that counts.
    await runLoad({
      ...loadOf(context, { streams: warmUpStreams, phase: `level ${level}, warm-up`, outputTokens }),
      mostRequests: warmUpStreams,
      onTick: (tick) => onTick({ ...tick, repeat: 0 }),
    });
  }
  const before = await waitUntilIdle(servers, { timeoutMs: idleTimeoutMs, signal });
  const notes = noteUnfinished(before, "before the level began");
  const endWatch = watchClient();
  const loads: Load[] = [];
  for (let repeat = 1; repeat <= plan.repeats && !signal.aborted; repeat++) {
    const load = await runLoad({
      ...loadOf(context, { streams, phase: `level ${level}, repeat ${repeat}`, outputTokens }),
      ...amountOf(plan, { streams, repeat }),
      onTick: (tick) => onTick({ ...tick, repeat }),
    });
    loads.push(load);
    if (load.end !== "done") break;
  }
  const client = endWatch(loads);
  let server: ServerCounters | null = null;
  if (!signal.aborted) {
    const after = await waitUntilIdle(servers, { timeoutMs: idleTimeoutMs, signal });
    notes.push(...noteUnfinished(after, "after the level"));
    server = after === null || before === null ? null : subtractCounters(after, before);
    if (server === null && before !== null) {
      notes.push("The server's counters cannot be compared: they were lost, or set back, during the level.");
    }
  }
  return {
    level: computeLevel({ streams, loads, client, server, notes }, { ...plan, mode: shape.mode }),
    loads,
  };
}

function loadOf(
  { plan, shape, transport, budget, signal }: MeasureContext,
  options: { streams: number; phase: string; outputTokens: number },
): Omit<LoadOptions, "mostRequests"> {
  const { streams, outputTokens } = options;
  const phase = `${streams} streams, ${options.phase}`;
  const promptOf = (index: number) => writePrompt({ seed: plan.seed, phase, index }, shape.promptWords);
  return {
    transport,
    body: (index) => writeBody(shape, { prompt: promptOf(index), outputTokens }),
    streams,
    budget,
    worstTokensPerRequest: () => shape.mostPromptTokens + outputTokens,
    stallMs: plan.stallMs,
    signal,
  };
}

function amountOf(plan: MeasurePlan, { streams, repeat }: { streams: number; repeat: number }) {
  const { arrivals, requestsPerStream, secondsPerLevel } = plan;
  const mostRequests = requestsPerStream === null ? Infinity : requestsPerStream * streams;
  const rampMs = plan.rampMs ?? Math.min(2_000, 10 * streams);
  if (arrivals === "closed") return { mostRequests, seconds: secondsPerLevel, rampMs };
  const arrivalsMs = poissonArrivalsMs({
    requestsPerSecond: arrivals.requestsPerSecond,
    durationMs: (secondsPerLevel ?? 0) * 1_000,
    seed: `${plan.seed}, ${streams} streams, repeat ${repeat}`,
  });
  return { mostRequests, arrivalsMs: arrivalsMs.slice(0, mostRequests) };
}

/** Draws arrivals of a Poisson process, in ms from its start; the gaps are exponential with mean 1,000 ÷ `requestsPerSecond`. */
export function poissonArrivalsMs(options: {
  requestsPerSecond: number;
  durationMs: number;
  seed: number | string;
}): number[] {
  const { requestsPerSecond, durationMs, seed } = options;
  const random = seededRandom(seedOf("arrivals", seed));
  const arrivals: number[] = [];
  for (let atMs = 0; ; ) {
    atMs += (-Math.log(1 - random()) / requestsPerSecond) * 1_000;
    if (atMs >= durationMs) return arrivals;
    arrivals.push(atMs);
  }
}

/** With arrivals, `streams` only bounds them: the warm-up is as wide as one second of arrivals. */
function countWarmUpStreams({ arrivals }: MeasurePlan, streams: number): number {
  return arrivals === "closed" ? streams : Math.min(streams, Math.ceil(arrivals.requestsPerSecond));
}

function noteUnfinished(counters: ServerCounters | null, when: string): string[] {
  const unfinished = counters === null ? 0 : countUnfinished(counters);
  const note = `The server still worked on ${unfinished} requests ${when}: others use it too, or it continues after its client has gone.`;
  return unfinished === 0 ? [] : [note];
}
