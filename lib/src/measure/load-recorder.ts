import type { Flight, FlightObserver } from "./flight.ts";
import { createGapSpread, type GapSpread } from "./gap-spread.ts";

/** What one load added up to. */
export interface LoadSums {
  window: { startAt: number; endAt: number } | null;
  /** `null`: some completed answer came without token counts. */
  outputTokensInWindow: number | null;
  inputTokensInWindow: number | null;
  /** Answers that were broken off, in the window, before their count came: their chunks count like those of the others. */
  uncountedAnswers: number;
  /** Time-weighted over the window. */
  achievedStreams: number;
  maxStreams: number;
  gaps: GapSpread;
  chunks: number;
  reads: number;
}

/**
 * Creates the sums of one load; the window is open between its two calls.
 *
 * A token belongs to the window with the part of its making that lies in it: from the token before, or from the sending of the
 * request, to its arrival; and a prompt with the part of its reading. An engine gives a token to every stream in one step,
 * so a window that began or ended with a stroke would else win or lose a whole step.
 */
export function createLoadRecorder() {
  const gaps = createGapSpread();
  let startAt = Infinity;
  let endAt = Infinity;
  let outputTokens = 0;
  let inputTokens = 0;
  let isOutputKnown = true;
  let isInputKnown = true;
  let uncountedAnswers = 0;
  const uncounted = { chunks: 0, prompts: 0 };
  const counted = { chunks: 0, outputTokens: 0, prompts: 0, inputTokens: 0 };
  let arrived = 0;
  let chunks = 0;
  let reads = 0;
  let current = 0;
  let maxStreams = 0;
  let changedAt = 0;
  let streamMs = 0;
  const addStreamTime = (at: number) => {
    streamMs += current * Math.max(0, Math.min(at, endAt) - Math.max(changedAt, startAt));
    changedAt = Math.max(changedAt, at);
  };
  const shareInWindow = (fromAt: number, toAt: number): number => {
    if (toAt <= fromAt) return toAt >= startAt && toAt <= endAt ? 1 : 0;
    return Math.max(0, Math.min(toAt, endAt) - Math.max(fromAt, startAt)) / (toAt - fromAt);
  };

  const observer: Omit<FlightObserver, "ended"> = {
    tokens(flight, { count, fromAt, toAt }) {
      arrived += count;
      flight.tokensInWindow += count * shareInWindow(fromAt, toAt);
    },
    chunk(flight, { gapMs, fromAt, toAt }) {
      chunks++;
      if (gapMs === null) flight.readingShareInWindow = shareInWindow(flight.sentAt, toAt);
      else gaps.add(gapMs);
      if (!flight.hasRunningUsage) arrived++;
      flight.chunksInWindow += shareInWindow(fromAt, toAt);
    },
    read() {
      reads++;
    },
  };

  return {
    observer,
    /** Notes that so many requests are in flight from now on. */
    inFlight(count: number, at: number) {
      addStreamTime(at);
      current = count;
      maxStreams = Math.max(maxStreams, count);
    },
    openWindow(at: number) {
      if (startAt < Infinity) return;
      addStreamTime(at);
      startAt = at;
    },
    closeWindow(at: number) {
      if (startAt === Infinity || endAt < Infinity) return;
      addStreamTime(at);
      endAt = at;
    },
    /** Credits what could not be credited before the end: counts that came only then. */
    ended(flight: Flight) {
      if (flight.chunks === 0 && flight.outputTokens === null) return;
      const { outputTokens: output, inputTokens: input, readingShareInWindow } = flight;
      const isCompleted = flight.outcome === "completed";
      if (output === null && isCompleted) isOutputKnown = false;
      else if (output === null) {
        uncountedAnswers += flight.chunksInWindow > 0 ? 1 : 0;
        uncounted.chunks += flight.chunksInWindow;
      } else if (flight.hasRunningUsage) outputTokens += flight.tokensInWindow;
      else {
        outputTokens += (output * flight.chunksInWindow) / Math.max(1, flight.chunks);
        counted.chunks += flight.chunks;
        counted.outputTokens += output;
      }
      if (input === null && isCompleted) isInputKnown = false;
      else if (input === null) uncounted.prompts += readingShareInWindow;
      else {
        inputTokens += input * readingShareInWindow;
        counted.prompts++;
        counted.inputTokens += input;
      }
    },
    /** For the progress line: tokens, or chunks where the server sends no running counts. */
    arrivedSoFar: () => arrived,
    result: (): LoadSums => ({
      window: startAt === Infinity ? null : { startAt, endAt },
      outputTokensInWindow: isOutputKnown
        ? outputTokens + (uncounted.chunks * counted.outputTokens) / Math.max(1, counted.chunks)
        : null,
      inputTokensInWindow: isInputKnown
        ? inputTokens + (uncounted.prompts * counted.inputTokens) / Math.max(1, counted.prompts)
        : null,
      uncountedAnswers,
      achievedStreams: startAt === Infinity ? 0 : streamMs / Math.max(1e-9, endAt - startAt),
      maxStreams,
      gaps,
      chunks,
      reads,
    }),
  };
}
