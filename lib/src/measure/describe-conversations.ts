import { selectWarnings } from "../serving/index.ts";
import { sum, summarize } from "../statistics.ts";
import type { Flight } from "./flight.ts";
import type { Level, ServerCounters } from "./measurement.ts";
import { blockTokensOf, serverHitShareOf, wholeBlocks } from "./prefix-cache.ts";
import type { Load } from "./run-load.ts";

type Conversations = NonNullable<Level["conversations"]>;

/** What the figures of conversations depend on; without it each request is one of its own, and shares nothing. */
export interface ConversationsPlan {
  turns?: number;
  sharedPromptTokens?: number;
}

/** Computes what the conversations of a level came to, and says what a reader must know of them; `null`: it had none. */
export function describeConversations(
  loads: readonly Load[],
  server: ServerCounters | null,
  { turns = 1, sharedPromptTokens = 0 }: ConversationsPlan,
): { figures: Conversations | null; notes: string[] } {
  if (turns === 1 && sharedPromptTokens === 0) return { figures: null, notes: [] };
  const figures = computeConversations(loads, server, turns);
  const isHeadWarm = sharedPromptTokens > 0 && (figures.cold.expectedHitShare ?? 0) > 0;
  const flights = loads.flatMap((load) => load.flights);
  return { figures, notes: noteConversations(figures, flights, isHeadWarm) };
}

function computeConversations(
  loads: readonly Load[],
  server: ServerCounters | null,
  turns: number,
): Conversations {
  const blockTokens = blockTokensOf(server);
  const read = loads.flatMap(({ flights }) => shareReading(flights));
  const completed = read.filter(({ flight }) => flight.outcome === "completed");
  const flights = loads.flatMap((load) => load.flights);
  return {
    turns,
    conversations: sum(
      loads.map((load) => new Set(load.flights.map(({ conversation }) => conversation)).size),
    ),
    expectedHitShare: expectHits(completed, blockTokens),
    serverHitShare: serverHitShareOf(server),
    usageHitShare: sumUsage(flights),
    cold: summarizeTurns(
      completed.filter(({ flight }) => flight.turn === 1),
      blockTokens,
    ),
    warm: summarizeTurns(
      completed.filter(({ flight }) => flight.turn > 1),
      blockTokens,
    ),
  };
}

/** A request with the time for which it was read. */
interface ReadFlight {
  flight: Flight;
  readingMs: number;
}

/**
 * Shares the time out in which requests wait for their first text: each moment belongs in equal parts to all that wait in it.
 *
 * So a lone request has its time to first token, and the sum over all is the time in which anything was read.
 */
export function shareReading(flights: readonly Flight[]): ReadFlight[] {
  const edges = flights.flatMap((flight) => [
    { at: flight.sentAt, change: 1, flight },
    { at: flight.firstTokenAt ?? flight.endedAt, change: -1, flight },
  ]);
  edges.sort((one, other) => one.at - other.at || other.change - one.change);
  const begun = new Map<Flight, number>();
  const read: ReadFlight[] = [];
  let waiting = 0;
  let before = 0;
  /** What one request that waits all the time would have. */
  let partMs = 0;
  for (const { at, change, flight } of edges) {
    if (waiting > 0) partMs += (at - before) / waiting;
    before = at;
    waiting += change;
    if (change > 0) begun.set(flight, partMs);
    else read.push({ flight, readingMs: partMs - (begun.get(flight) ?? partMs) });
  }
  return read;
}

function summarizeTurns(turns: readonly ReadFlight[], blockTokens: number): Conversations["cold"] {
  const answered = turns.filter(({ flight }) => flight.firstTokenAt !== null && flight.inputTokens !== null);
  const readingMs = sum(answered.map((one) => one.readingMs));
  const inputTokens = sum(answered.map(({ flight }) => flight.inputTokens ?? 0));
  return {
    requests: turns.length,
    inputTokens,
    expectedHitShare: expectHits(turns, blockTokens),
    tokensPerSecond: readingMs > 0 && inputTokens > 0 ? (inputTokens / readingMs) * 1_000 : null,
    timeToFirstTokenMs: summarize(
      turns.flatMap(({ flight: { firstTokenAt, sentAt } }) =>
        firstTokenAt === null ? [] : [firstTokenAt - sentAt],
      ),
    ),
  };
}

/** Which part of prompts a cache could hold; `null` without token counts. */
function expectHits(turns: readonly ReadFlight[], blockTokens: number): number | null {
  const inputTokens = sum(turns.map(({ flight }) => flight.inputTokens ?? 0));
  const isKnown = turns.every(({ flight }) => flight.inputTokens !== null && flight.repeatedTokens !== null);
  if (!isKnown || inputTokens === 0) return null;
  const held = turns.map(({ flight }) =>
    wholeBlocks(
      { inputTokens: flight.inputTokens ?? 1, cachedInputTokens: flight.repeatedTokens ?? 0 },
      blockTokens,
    ),
  );
  return sum(held) / inputTokens;
}

function sumUsage(flights: readonly Flight[]): number | null {
  const said = flights.filter(({ cachedInputTokens }) => cachedInputTokens !== null);
  const inputTokens = sum(said.map((flight) => flight.inputTokens ?? 0));
  return inputTokens === 0 ? null : sum(said.map((flight) => flight.cachedInputTokens ?? 0)) / inputTokens;
}

/** Shares that differ by more do not agree. */
const mostDifference = 0.02;

/** Says what a reader must know of the conversations of a level. */
function noteConversations(found: Conversations, flights: readonly Flight[], isHeadWarm: boolean): string[] {
  const {
    turns,
    conversations,
    expectedHitShare: expected,
    serverHitShare: held,
    usageHitShare: said,
  } = found;
  const failed = flights.filter(({ outcome, turn }) => outcome === "failed" && turn < turns).length;
  const least = (expected ?? 0) - mostDifference;
  const most = (expected ?? 1) + mostDifference;
  const could = `A prefix cache could hold ${percent(expected ?? 0)} of the prompt tokens, and by the server's counters it held`;
  return selectWarnings([
    [
      isHeadWarm,
      "The shared prompt was sent before, by the warm-up or an earlier turn: first turns find it in the server's cache, if it has one.",
    ],
    [failed > 0, `${failed} of ${conversations} conversations ended with a turn that failed.`],
    [
      held === null && said === null,
      "The server shows no counters of a prefix cache, and its answers do not count cached tokens: how much came from a cache is not known.",
    ],
    [
      held === null && said !== null,
      `The server shows no counters of a prefix cache; its answers say that ${percent(said ?? 0)} of the prompt tokens came from one.`,
    ],
    [held === 0 && least > 0, `${could} none: the server has no prefix cache, or it is switched off.`],
    [
      held !== null && held > 0 && held < least,
      `${could} ${percent(held ?? 0)}: other prompts pushed these out of the cache, or earlier answers were split into other tokens when they were sent back.`,
    ],
    [
      held !== null && expected !== null && held > most,
      `${could} ${percent(held ?? 0)}: other users repeat prompts too, or the cache's blocks are smaller than was supposed.`,
    ],
  ]);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
