import { createNumberList, type NumberList } from "./statistics.ts";
import type { Flight, FlightObserver } from "./stream-request.ts";

/** What is added up while a level runs. */
export interface LoadRecorder {
  readonly observer: Omit<FlightObserver, "ended">;
  /** Notes that so many requests are in flight from now on. */
  inFlight(count: number, at: number): void;
  openWindow(at: number): void;
  closeWindow(at: number): void;
  /** Credits what could not be credited before the end: counts that came only then. */
  ended(flight: Flight): void;
  /** For the progress line: tokens, or chunks where the server sends no running counts. */
  arrivedSoFar(): number;
  result(): LoadFigures;
}

/** The sums of one run over one level. */
export interface LoadFigures {
  window: { startAt: number; endAt: number } | null;
  /** `null`: some completed answer came without token counts. */
  outputTokensInWindow: number | null;
  inputTokensInWindow: number | null;
  /** Time-weighted over the window. */
  achievedStreams: number;
  maxStreams: number;
  gapsMs: NumberList;
  chunks: number;
  reads: number;
}

/** Creates the sums of one run; the window is open between its two calls. */
export function createLoadRecorder(): LoadRecorder {
  const gapsMs = createNumberList();
  let window: { startAt: number; endAt: number } | null = null;
  let isOpen = false;
  let outputTokens = 0;
  let inputTokens = 0;
  let isOutputKnown = true;
  let isInputKnown = true;
  let arrived = 0;
  let chunks = 0;
  let reads = 0;
  let current = 0;
  let maxStreams = 0;
  let changedAt = 0;
  let streamMs = 0;
  const addStreamTime = (at: number) => {
    if (isOpen) streamMs += current * (at - changedAt);
    changedAt = at;
  };

  return {
    observer: {
      tokens(flight, count) {
        arrived += count;
        if (isOpen) flight.tokensInWindow += count;
      },
      chunk(flight, gapMs) {
        chunks++;
        if (gapMs !== null) gapsMs.push(gapMs);
        if (!flight.hasRunningUsage) arrived++;
        if (isOpen) flight.chunksInWindow++;
      },
      read() {
        reads++;
      },
    },
    inFlight(count, at) {
      addStreamTime(at);
      current = count;
      maxStreams = Math.max(maxStreams, count);
    },
    openWindow(at) {
      if (window !== null) return;
      addStreamTime(at);
      window = { startAt: at, endAt: at };
      isOpen = true;
    },
    closeWindow(at) {
      if (!isOpen || window === null) return;
      addStreamTime(at);
      isOpen = false;
      window.endAt = at;
    },
    ended(flight) {
      if (flight.chunks === 0 && flight.outputTokens === null) return;
      if (flight.outputTokens === null) isOutputKnown = false;
      if (flight.inputTokens === null) isInputKnown = false;
      const share = shareInWindow(flight);
      outputTokens += (flight.outputTokens ?? 0) * share;
      inputTokens += (flight.inputTokens ?? 0) * share;
    },
    arrivedSoFar: () => arrived,
    result: () => ({
      window,
      outputTokensInWindow: isOutputKnown ? outputTokens : null,
      inputTokensInWindow: isInputKnown ? inputTokens : null,
      achievedStreams: window === null ? 0 : streamMs / Math.max(1e-9, window.endAt - window.startAt),
      maxStreams,
      gapsMs,
      chunks,
      reads,
    }),
  };
}

/** How much of an answer arrived in the window: by the running count, else by its chunks. */
function shareInWindow(flight: Flight): number {
  const { hasRunningUsage, outputTokens, tokensInWindow, chunks, chunksInWindow } = flight;
  if (hasRunningUsage) return tokensInWindow / Math.max(1, outputTokens ?? 0);
  return chunksInWindow / Math.max(1, chunks);
}
