import type { HttpTarget } from "./http-target.ts";
import { createLoadRecorder, type LoadFigures } from "./load-recorder.ts";
import { type Flight, streamRequest } from "./stream-request.ts";
import type { TokenBudget } from "./token-budget.ts";

/** Why no further request was sent. */
export type LoadEnd = "done" | "budget" | "interrupted" | "errors";

/** The load of one run. */
export interface LoadOptions {
  target: HttpTarget;
  /** The body of the request with that number. */
  body: (index: number) => string;
  /** Requests in flight that are aimed at, or with arrivals the most that are let in. */
  streams: number;
  /** At which times, in milliseconds from the start, requests arrive; `null`: each stream sends its next at once. */
  arrivalsMs: readonly number[] | null;
  mostRequests: number;
  /** No request is sent after that; those in flight go on to their end. */
  seconds: number | null;
  /** The streams start evenly over this time. */
  rampMs: number;
  budget: TokenBudget;
  /** The most that one request may use, prompt and answer. */
  worstTokensPerRequest: () => number;
  /** After this long without a byte, in an answer that has begun, a request is given up. */
  stallMs: number;
  /** Ends everything at once. */
  signal: AbortSignal;
  /** Called about four times a second. */
  onTick: (state: { inFlight: number; ended: number; arrived: number; elapsedMs: number }) => void;
}

/** What one run gave. */
export interface LoadResult {
  startedAt: number;
  endedAt: number;
  end: LoadEnd;
  flights: readonly Flight[];
  figures: LoadFigures;
}

const tickMs = 250;
// With arrivals there is no aim to reach: the first tenth of the time counts as the way up.
const arrivalRampShare = 0.1;

/** Sends requests as told until they are all over; it never throws because of the server. */
export function runLoad(options: LoadOptions): Promise<LoadResult> {
  const { target, streams, arrivalsMs, mostRequests, rampMs, budget, signal } = options;
  const startedAt = performance.now();
  const recorder = createLoadRecorder();
  const flights: Flight[] = [];
  const running = new Map<Flight, number>();
  const waiting: number[] = [];
  const deadline = options.seconds === null ? Infinity : startedAt + options.seconds * 1_000;
  const planned = arrivalsMs ?? Array.from({ length: streams }, (_, stream) => (stream * rampMs) / streams);
  let nextPlanned = 0;
  let end: LoadEnd | null = null;
  let ended = 0;
  let failed = 0;
  let timer: NodeJS.Timeout | undefined;
  let windowTimer: NodeJS.Timeout | undefined;

  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      clearTimeout(windowTimer);
      clearInterval(ticker);
      signal.removeEventListener("abort", onAbort);
      const endedAt = performance.now();
      recorder.closeWindow(endedAt);
      resolve({ startedAt, endedAt, end: end ?? "done", flights, figures: recorder.result() });
    };

    const stop = (reason: LoadEnd) => {
      end ??= reason;
      clearTimeout(timer);
      waiting.length = 0;
      closeWindowSoon();
    };

    // What is readable in this turn of the event loop still belongs to the moment in which the window closes.
    const closeWindowSoon = () => {
      const at = performance.now();
      setImmediate(() => recorder.closeWindow(at));
    };

    /** Sends one request if anything more is to be sent. */
    const launch = (scheduledAt: number): boolean => {
      if (end !== null) return false;
      const reservedTokens = options.worstTokensPerRequest();
      if (flights.length >= mostRequests || performance.now() >= deadline) stop("done");
      else if (!budget.reserve(reservedTokens)) stop("budget");
      if (end !== null) return false;
      const index = flights.length;
      const flight = streamRequest(target, {
        index,
        body: options.body(index),
        scheduledAt,
        observer,
      });
      flights.push(flight);
      running.set(flight, reservedTokens);
      recorder.inFlight(running.size, flight.sentAt);
      if (arrivalsMs === null && running.size === streams) recorder.openWindow(flight.sentAt);
      return true;
    };

    const onEnded = (flight: Flight) => {
      const reservedTokens = running.get(flight) ?? 0;
      running.delete(flight);
      ended++;
      if (flight.outcome === "failed") failed++;
      budget.settle({ reservedTokens, usedTokens: usedTokens(flight, reservedTokens) });
      recorder.ended(flight);
      if (failed >= Math.max(8, Math.min(streams, 64)) && failed > ended / 2) stop("errors");
      const scheduledAt = arrivalsMs === null ? flight.endedAt : waiting.shift();
      const isReplaced = scheduledAt !== undefined && launch(scheduledAt);
      if (!isReplaced) {
        recorder.inFlight(running.size, flight.endedAt);
        if (arrivalsMs === null && nextPlanned >= planned.length) closeWindowSoon();
      }
      if (running.size === 0 && waiting.length === 0 && (end !== null || nextPlanned >= planned.length))
        finish();
    };

    const observer = { ...recorder.observer, ended: onEnded };

    const startPlanned = () => {
      const now = performance.now();
      for (; nextPlanned < planned.length; nextPlanned++) {
        const dueAt = startedAt + (planned[nextPlanned] ?? 0);
        if (dueAt > now) break;
        if (arrivalsMs !== null && running.size >= streams) waiting.push(dueAt);
        else if (!launch(arrivalsMs === null ? performance.now() : dueAt) && end !== null) break;
      }
      if (end !== null || nextPlanned >= planned.length) {
        if (arrivalsMs !== null) closeWindowSoon();
        if (running.size === 0 && waiting.length === 0) finish();
        return;
      }
      const waitMs = startedAt + (planned[nextPlanned] ?? 0) - performance.now();
      timer = setTimeout(startPlanned, Math.max(0, waitMs));
    };

    const onAbort = () => {
      stop("interrupted");
      for (const flight of running.keys()) flight.end("cancelled", "interrupted");
      if (running.size === 0) finish();
    };

    const ticker = setInterval(() => {
      const now = performance.now();
      for (const flight of running.keys()) {
        if (flight.firstByteAt !== null && now - flight.lastReadAt > options.stallMs) {
          flight.end(
            "failed",
            `nothing more came for ${options.stallMs / 1_000} s in the middle of the answer`,
          );
        }
      }
      options.onTick({
        inFlight: running.size,
        ended,
        arrived: recorder.arrivedSoFar(),
        elapsedMs: now - startedAt,
      });
    }, tickMs);

    signal.addEventListener("abort", onAbort, { once: true });
    if (arrivalsMs !== null) {
      const openAfterMs = (arrivalsMs.at(-1) ?? 0) * arrivalRampShare;
      windowTimer = setTimeout(() => recorder.openWindow(performance.now()), openAfterMs);
    }
    if (signal.aborted) onAbort();
    else startPlanned();
  });
}

/** What a request has used, or where nobody said so, all that was set aside for it. */
function usedTokens(flight: Flight, reservedTokens: number): number {
  if (flight.status !== null && flight.status !== 200) return 0;
  if (flight.inputTokens === null || flight.outputTokens === null) return reservedTokens;
  // A server without running counts says nothing of an answer that was cut off.
  if (flight.outcome !== "completed" && !flight.hasRunningUsage) return reservedTokens;
  return flight.inputTokens + flight.outputTokens;
}
