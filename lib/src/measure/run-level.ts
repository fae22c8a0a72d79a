import { seededRandom, seedOf } from "../seeded-random.ts";
import type { CommonHead, Conversations } from "./conversations.ts";
import type { Flight } from "./flight.ts";
import { holdConversations } from "./hold-conversations.ts";
import { computeLevel, type FiguresPlan, type MeasuredLevel } from "./level-figures.ts";
import type { MeasurePlan } from "./measure-plan.ts";
import { countRequests, type Level, type ServerCounters } from "./measurement.ts";
import { type Preparation, writePrompt } from "./prepare-requests.ts";
import { type RequestShape, writeBody } from "./request-shape.ts";
import { type Load, type LoadOptions, type LoadTick, runLoad } from "./run-load.ts";
import { countUnfinished, subtractCounters, waitUntilIdle } from "./server-counters.ts";
import { noTimeLeft } from "./time-budget.ts";
import { watchClient } from "./watch-client.ts";

/** What every level of one measurement needs. */
export interface MeasureContext extends Preparation {
  shape: RequestShape;
  head: CommonHead;
}

/** What became of one level; `level` is `null` where it was left out, and `reason` says why. */
export interface LevelRun {
  level: Level | null;
  reason: string;
  loads: readonly Load[];
  /** What the level's figures were computed from; `null` with it. */
  basis: { measured: MeasuredLevel; plan: FiguresPlan } | null;
}

/** A level that was measured. */
export type MeasuredRun = LevelRun & { level: Level };

interface LevelOptions {
  streams: number;
  /** Number of the level in its ladder, counted from 1: two levels may have as many streams. */
  level: number;
  /** Levels that are still to be measured, this one included: each gets an equal part of the time left. */
  levelsLeft: number;
  /** Before it no level was measured: it is tried even if it does not seem to fit into the time. */
  isFirst: boolean;
  /** `repeat` is counted from 1, and 0 in the warm-up. */
  onTick: (tick: LoadTick & { repeat: number }) => void;
}

/**
 * Measures one level: warms the server up with as many streams, waits until nothing runs, and sends a load for each repeat.
 *
 * Warm-up and each repeat have prompts of their own. The server's counters are read before the first and after the
 * last measured request, while nothing runs. A level that does not fit into the time left is shortened or left out.
 */
export async function runLevel(context: MeasureContext, options: LevelOptions): Promise<LevelRun> {
  const { plan, shape, signal, time } = context;
  const servers = plan.workers ?? context.endpoint;
  const { streams, level, levelsLeft, isFirst, onTick } = options;
  const refuse = () => (isFirst ? null : time.refuse());
  const notes: string[] = [];
  let refusal = refuse();
  if (refusal === null && plan.warmUp) {
    notes.push(...(await warmUp(context, options)));
    refusal = refuse();
  }
  if (refusal !== null) return { level: null, reason: refusal, loads: [], basis: null };
  const outputTokens = isFirst ? time.fitAnswers() : time.outputTokens();
  const before = await waitUntilIdle(servers, { timeoutMs: time.idleMs(levelsLeft), signal });
  notes.push(...noteUnfinished(before, "before the level began"));
  const mostMs = time.leftMs() / levelsLeft / plan.repeats;
  const endWatch = watchClient();
  const loads: Load[] = [];
  for (let repeat = 1; repeat <= plan.repeats && !signal.aborted; repeat++) {
    const phase = `level ${level}, repeat ${repeat}`;
    const { conversations, ...prepared } = loadOf(context, {
      streams,
      phase,
      outputTokens,
      turns: plan.turns,
    });
    const load = await runLoad({
      ...prepared,
      conversations,
      ...amountOf(plan, { streams, repeat }),
      mostMs,
      onTick: (tick) => onTick({ ...tick, repeat }),
    });
    loads.push(load);
    notes.push(...(conversations?.notes() ?? []));
    time.learn(streams, load.flights);
    if (load.end !== "done" && load.end !== "time") break;
    if (repeat < plan.repeats && time.refuse() !== null) break;
  }
  const client = endWatch(loads);
  let server: ServerCounters | null = null;
  if (!signal.aborted) {
    const after = await waitUntilIdle(servers, { timeoutMs: time.idleMs(levelsLeft), signal });
    notes.push(...noteUnfinished(after, "after the level"));
    server = after === null || before === null ? null : subtractCounters(after, before);
    if (server === null && before !== null) {
      notes.push("The server's counters cannot be compared: they were lost, or set back, during the level.");
    }
  }
  const kept = loads.filter(isMeasured);
  const basis = {
    measured: { streams, loads: kept, client, server, notes },
    plan: { ...plan, mode: shape.mode, outputTokens },
  };
  const isKept = kept.length > 0;
  return {
    level: isKept ? computeLevel(basis.measured, basis.plan) : null,
    reason: describeCut(loads),
    loads,
    basis: isKept ? basis : null,
  };
}

/** Sends a request in each stream, all at once, so that each has its connection before the first request that counts. */
async function warmUp(context: MeasureContext, options: LevelOptions): Promise<string[]> {
  const { plan, time } = context;
  const streams = countWarmUpStreams(plan, options.streams);
  const outputTokens = time.warmUpTokens(streams);
  if (outputTokens === 0) return ["There was no warm-up: it would have taken too much of the time."];
  const { flights } = await runLoad({
    // First turns alone: later ones would need whole answers.
    ...loadOf(context, { streams, phase: `level ${options.level}, warm-up`, outputTokens, turns: 1 }),
    mostRequests: streams,
    // A request that hangs must not take the time of those that count.
    signal: AbortSignal.any([context.signal, AbortSignal.timeout(time.warmUpMs())]),
    onTick: (tick) => options.onTick({ ...tick, repeat: 0 }),
  });
  time.learn(streams, flights);
  return [];
}

/** Whether a load says something; one that was cut does so by answers over a steady window, or by failures alone. */
function isMeasured({ end, flights, window }: Load): boolean {
  const count = (outcome: Flight["outcome"]) => flights.filter((flight) => flight.outcome === outcome).length;
  if (end !== "interrupted" && count("cancelled") === 0) return true;
  if (count("completed") === 0) return count("failed") > 0;
  return window !== null && window.endAt > window.startAt;
}

function describeCut(loads: readonly Load[]): string {
  const flights = loads.flatMap((load) => load.flights);
  if (flights.length === 0) return noTimeLeft;
  const completed = flights.filter(({ outcome }) => outcome === "completed").length;
  const answering = flights.filter(({ chunks }) => chunks > 0).length;
  return (
    `it was ended when the time was up: of ${countRequests(flights.length)} ${answering} had text, ` +
    `and ${completed} were complete, which is not enough for its figures`
  );
}

function loadOf(
  { endpoint, plan, shape, head, transport, budget, signal }: MeasureContext,
  options: { streams: number; phase: string; outputTokens: number; turns: number },
): Omit<LoadOptions, "mostRequests"> & { conversations: Conversations | undefined } {
  const { streams, outputTokens, turns } = options;
  const { maxModelTokens } = endpoint;
  const phase = `${streams} streams, ${options.phase}`;
  const areConversations = plan.turns > 1 || shape.shared !== null;
  const promptOf = (index: number) => writePrompt({ seed: plan.seed, phase, index }, shape.promptWords);
  return {
    transport,
    body: (index) => writeBody(shape, { prompt: promptOf(index), outputTokens }),
    streams,
    budget,
    worstTokensPerRequest: () => shape.mostPromptTokens + outputTokens,
    conversations: areConversations
      ? holdConversations({ plan, shape, head, maxModelTokens, phase, turns, outputTokens })
      : undefined,
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
