import { createRepeatedEvents } from "../endpoint/index.ts";
import { createNumberList, type NumberList } from "../statistics.ts";
import type { Conversations } from "./conversations.ts";
import { createPauses } from "./create-pauses.ts";
import type { Flight } from "./flight.ts";
import { createLoadRecorder, type LoadSums } from "./load-recorder.ts";
import { endIfStalled, usedTokens } from "./settle-flight.ts";
import { streamRequest } from "./stream-request.ts";
import { answerMargin, longestTimerMs } from "./time-budget.ts";
import type { TokenBudget } from "./token-budget.ts";
import type { LoadTransport } from "./transport/load-transport.ts";

/** Why no further request was sent. */
type LoadEnd = "done" | "budget" | "time" | "interrupted" | "errors";

/** How far a load is; `arrived` counts tokens, or chunks where the server sends no running counts. */
export interface LoadTick {
  inFlight: number;
  ended: number;
  arrived: number;
  elapsedMs: number;
}

/** What to send, and when. */
export interface LoadOptions {
  transport: LoadTransport;
  /** The body of the request with that number. */
  body: (index: number) => string;
  /** In place of bodies: each stream is a person who holds one conversation after the other. */
  conversations?: Conversations | undefined;
  /** Requests in flight that are aimed at, or with arrivals the most that are let in. */
  streams: number;
  /** At which times, in milliseconds from the start, requests arrive; default: each stream sends its next at once. */
  arrivalsMs?: readonly number[] | null;
  mostRequests: number;
  /** No request is sent after that; those in flight go on to their end. Default: no limit. */
  seconds?: number | null;
  /** Time for all of it: no request is sent, after one for each stream, whose answer would probably be over later. */
  mostMs?: number;
  /** The streams start evenly over this time; default: all at once. */
  rampMs?: number;
  budget: TokenBudget;
  /** The most that the request with that number may use, prompt and answer. */
  worstTokensPerRequest: (index: number) => number;
  /** After this long without an event, in an answer that has begun, a request is given up. */
  stallMs: number;
  /** Ends everything at once. */
  signal: AbortSignal;
  /** Called about four times a second. */
  onTick?: (state: LoadTick) => void;
}

/** The requests of one load, with the sums over them. */
export interface Load extends LoadSums {
  startedAt: number;
  endedAt: number;
  end: LoadEnd;
  flights: readonly Flight[];
  /** How long after the moment in which they could have been sent requests were sent. */
  dispatchDelaysMs: NumberList;
  /** Requests that came by themselves and found as many in flight as are let in. */
  heldBack: number;
}

const tickMs = 250;
// A chunk has a token at least, as a rule; a server that goes on far beyond what was asked for does not end by itself.
const eventsPerToken = 4;
const fewEvents = 1_000;
// With arrivals there is no aim to reach: the way up lasts a tenth of the time, and until a first request is complete.
const arrivalRampShare = 0.1;

/**
 * Sends requests as told until they are all over; it never throws because of the server.
 *
 * An error of the caller's own, in `body` or `onTick`, ends everything and is thrown on.
 */
export function runLoad(options: LoadOptions): Promise<Load> {
  const { transport, streams, mostRequests, budget, signal, conversations } = options;
  const { arrivalsMs = null, seconds = null, rampMs = 0, mostMs = Infinity } = options;
  const startedAt = performance.now();
  const recorder = createLoadRecorder();
  const repeats = createRepeatedEvents();
  const flights: Flight[] = [];
  const running = new Map<Flight, number>();
  const waiting: number[] = [];
  /** People between an answer and their next turn. */
  const thinking = createPauses();
  const dispatchDelaysMs = createNumberList();
  const deadline = seconds === null ? Infinity : startedAt + seconds * 1_000;
  const planned = arrivalsMs ?? Array.from({ length: streams }, (_, stream) => (stream * rampMs) / streams);
  let nextPlanned = 0;
  let end: LoadEnd | null = null;
  let ended = 0;
  let lastAnswerMs = 0;
  let failed = 0;
  let heldBack = 0;
  let timer: NodeJS.Timeout | undefined;
  const windowOpensAt =
    arrivalsMs === null ? Infinity : startedAt + (arrivalsMs.at(-1) ?? 0) * arrivalRampShare;

  return new Promise((resolve, reject) => {
    const release = () => {
      clearTimeout(timer);
      thinking.clear();
      clearInterval(ticker);
      signal.removeEventListener("abort", onAbort);
    };

    const finish = () => {
      release();
      const endedAt = performance.now();
      recorder.closeWindow(endedAt);
      const sums = recorder.result();
      resolve({ ...sums, startedAt, endedAt, end: end ?? "done", flights, dispatchDelaysMs, heldBack });
    };

    const finishIfIdle = () => {
      const isAllSent = end !== null || nextPlanned >= planned.length;
      if (running.size + thinking.size() + waiting.length === 0 && isAllSent) finish();
    };

    /** Runs what calls code of the caller's: its error must neither be lost nor leave requests behind. */
    const guard = (work: () => unknown) => {
      try {
        work();
      } catch (error) {
        release();
        end ??= "interrupted";
        waiting.length = 0;
        for (const flight of [...running.keys()]) flight.end("cancelled", "given up");
        reject(error);
      }
    };

    const stop = (reason: LoadEnd) => {
      end ??= reason;
      clearTimeout(timer);
      thinking.clear();
      waiting.length = 0;
      recorder.closeWindow(performance.now());
    };

    /** The next answer takes as long as the one that was over last, or a little longer. */
    const stopIfOver = () => {
      const now = performance.now();
      if (flights.length >= mostRequests || now >= deadline) stop("done");
      else if (ended > 0 && now - startedAt + answerMargin * lastAnswerMs > mostMs) stop("time");
    };

    /** Sends one request if anything more is to be sent: with conversations the one that follows on `previous`. */
    const launch = (scheduledAt: number, possibleAt = scheduledAt, previous: Flight | null = null) => {
      stopIfOver();
      if (end !== null) return false;
      const index = flights.length;
      const next = conversations?.next(previous) ?? null;
      const reservedTokens = next?.worstTokens ?? options.worstTokensPerRequest(index);
      if (!budget.reserve(reservedTokens)) {
        stop("budget");
        return false;
      }
      const flight = streamRequest(transport, {
        index,
        ...(next ?? { body: options.body(index) }),
        scheduledAt,
        observer,
        repeats,
        mostEvents: eventsPerToken * reservedTokens + fewEvents,
      });
      flights.push(flight);
      dispatchDelaysMs.push(flight.sentAt - possibleAt);
      running.set(flight, reservedTokens);
      recorder.inFlight(running.size, flight.sentAt);
      if (arrivalsMs === null && running.size + thinking.size() === streams)
        recorder.openWindow(flight.sentAt);
      return true;
    };

    const onEnded = (flight: Flight) => {
      const reservedTokens = running.get(flight) ?? 0;
      running.delete(flight);
      ended++;
      lastAnswerMs = flight.endedAt - flight.sentAt;
      if (flight.outcome === "failed") failed++;
      budget.settle({ reservedTokens, usedTokens: usedTokens(flight, reservedTokens) });
      recorder.ended(flight);
      if (flight.outcome === "completed" && flight.endedAt >= windowOpensAt && nextPlanned < planned.length) {
        recorder.openWindow(flight.endedAt);
      }
      if (failed >= Math.max(8, Math.min(streams, 64)) && failed > ended / 2) stop("errors");
      const { endedAt } = flight;
      const pauseMs = end === null ? (conversations?.pauseMs(flight) ?? 0) : 0;
      const scheduledAt = arrivalsMs === null ? endedAt : waiting.shift();
      if (pauseMs > 0) {
        const dueAt = endedAt + pauseMs;
        thinking.add(pauseMs, () => guard(() => launch(dueAt, dueAt, flight) || finishIfIdle()));
        recorder.inFlight(running.size, endedAt);
      } else if (scheduledAt === undefined || !launch(scheduledAt, endedAt, flight)) {
        recorder.inFlight(running.size, endedAt);
        if (arrivalsMs === null && nextPlanned >= planned.length) recorder.closeWindow(endedAt);
      }
      finishIfIdle();
    };

    const observer = {
      ...recorder.observer,
      ...(conversations === undefined ? {} : { said: conversations.said }),
      ended: (flight: Flight) => guard(() => onEnded(flight)),
    };

    const startPlanned = () => {
      const now = performance.now();
      for (; nextPlanned < planned.length; nextPlanned++) {
        const dueAt = startedAt + (planned[nextPlanned] ?? 0);
        if (dueAt > now) break;
        if (arrivalsMs !== null && running.size >= streams) {
          waiting.push(dueAt);
          heldBack++;
        } else if (!launch(arrivalsMs === null ? performance.now() : dueAt) && end !== null) break;
      }
      if (end !== null || nextPlanned >= planned.length) {
        if (arrivalsMs !== null) recorder.closeWindow(performance.now());
        finishIfIdle();
        return;
      }
      const waitMs = startedAt + (planned[nextPlanned] ?? 0) - performance.now();
      timer = setTimeout(() => guard(startPlanned), Math.min(longestTimerMs, Math.max(0, waitMs)));
    };

    const onAbort = () => {
      stop("interrupted");
      for (const flight of [...running.keys()]) flight.end("cancelled", "interrupted");
      finishIfIdle();
    };

    const ticker = setInterval(() => {
      const now = performance.now();
      for (const flight of [...running.keys()]) endIfStalled(flight, now, options.stallMs);
      // Nobody waits for the end of a pause after which nothing may be sent.
      if (running.size === 0 && thinking.size() > 0) stopIfOver();
      finishIfIdle();
      const arrived = recorder.arrivedSoFar();
      const state = { inFlight: running.size, ended, arrived, elapsedMs: now - startedAt };
      guard(() => options.onTick?.(state));
    }, tickMs);

    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    else guard(startPlanned);
  });
}
