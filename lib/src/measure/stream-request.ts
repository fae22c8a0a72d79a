import { performance } from "node:perf_hooks";
import {
  createRepeatedEvents,
  createWireReader,
  type RepeatedEvents,
  type WireChunk,
  type WireEnd,
  type WireUsage,
} from "../endpoint/index.ts";
import { longestEventCharacters } from "../network/index.ts";
import { cleanName, inWords, readServerWords } from "../words/index.ts";
import type { Flight, FlightFailure, FlightObserver } from "./flight.ts";
import type { LoadTransport } from "./transport/load-transport.ts";
import type { BytesTaker } from "./transport/read-answer.ts";

const mostErrorCharacters = 8_192;
const endNothing = () => {};

/** When the bytes came that are being read; of one stream after the other, so that one place serves all. */
let now = 0;

/** Sends one streamed chat request; it never throws, what goes wrong stands in the flight. */
export function streamRequest(
  transport: LoadTransport,
  options: {
    index: number;
    conversation?: number;
    turn?: number;
    repeatedTokens?: number | null;
    body: string;
    scheduledAt: number;
    observer: FlightObserver;
    /** Events after which an answer is given up. */
    mostEvents?: number;
    /** What is known of the server's events. */
    repeats?: RepeatedEvents;
  },
): Flight {
  const { conversation = options.index, turn = 1, repeatedTokens = 0 } = options;
  const { observer, index, scheduledAt, mostEvents = Infinity, repeats = createRepeatedEvents() } = options;
  const { secrets } = transport;
  // Numbers in an object are written in place; in variables of a closure each would be an object of its own.
  const at = { madeUntil: 0, lastText: 0, lastFinish: 0 };
  /** Judges what came so far; `null` until an answer begins. */
  let conclude: ((isCut: boolean) => void) | null = null;
  const flight: Flight = {
    index,
    conversation,
    turn,
    repeatedTokens,
    scheduledAt,
    sentAt: performance.now(),
    firstByteAt: null,
    firstTokenAt: null,
    lastTokenAt: null,
    lastEventAt: 0,
    endedAt: 0,
    outcome: "running",
    error: null,
    failure: null,
    isStreamed: true,
    status: null,
    body: null,
    finishReason: null,
    finishedAt: null,
    inputTokens: null,
    cachedInputTokens: null,
    outputTokens: null,
    hasRunningUsage: false,
    tokensAtFirstText: 1,
    chunks: 0,
    chunksInWindow: 0,
    tokensInWindow: 0,
    readingShareInWindow: 0,
    end(outcome, error) {
      if (outcome === "cancelled") settle(outcome, error);
      else if (flight.finishReason !== null) conclude?.(true);
      else fail("stalled", error);
      sent.abort();
    },
  };

  const settle = (outcome: "completed" | "failed" | "cancelled", error: string | null) => {
    if (flight.outcome !== "running") return;
    flight.outcome = outcome;
    flight.error = error;
    if (flight.firstTokenAt !== null) flight.lastTokenAt = Math.max(at.madeUntil, at.lastFinish);
    flight.endedAt = performance.now();
  };

  const fail = (failure: FlightFailure, error: string) => {
    if (flight.outcome === "running") flight.failure = failure;
    settle("failed", error);
  };

  const readAnswer = (contentType: string | null): BytesTaker => {
    let events = 0;
    let chunksInRead = 0;
    /** An event may say several things, and is one chunk. */
    let isCounted = false;

    const take = (chunk: WireChunk) => {
      if (flight.outcome !== "running") return;
      observer.said?.(flight, chunk);
      const fromAt = at.madeUntil === 0 ? flight.sentAt : at.madeUntil;
      switch (chunk.type) {
        case "usage": {
          const { prompt_tokens, completion_tokens } = chunk.usage;
          flight.inputTokens = prompt_tokens;
          // Running counts do not say it, the last one does.
          if (chunk.beside !== "text") flight.cachedInputTokens = countCached(chunk.usage);
          // A count on the last chunk alone is none that runs, nor are zeros on all others: gateways send both.
          if (chunk.beside === "text" && completion_tokens > 0) flight.hasRunningUsage = true;
          const gained = completion_tokens - (flight.outputTokens ?? 0);
          flight.outputTokens = completion_tokens;
          if (!flight.hasRunningUsage || gained <= 0) return;
          observer.tokens(flight, { count: gained, fromAt, toAt: now });
          at.madeUntil = now;
          return;
        }
        case "finish":
          if (chunk.choice === 0) flight.finishReason = chunk.finishReason;
          if (wire.finishedChoices() > 0) flight.finishedAt ??= now;
          // The model's end is a token as well, though it has no text.
          at.lastFinish = now;
          return;
        case "error":
        case "ignored":
          return;
        default: {
          // It has not come to its end where more follows.
          flight.finishedAt = null;
          // A tool's name alone, which some servers send first, has no token of its own in their count.
          if (isCounted || chunk.text === "") return;
          isCounted = true;
          const gapMs = flight.chunks === 0 ? null : now - at.lastText;
          at.lastText = now;
          flight.chunks++;
          chunksInRead++;
          if (flight.firstTokenAt === null) {
            flight.firstTokenAt = now;
            flight.tokensAtFirstText = flight.hasRunningUsage ? Math.max(1, flight.outputTokens ?? 1) : 1;
          }
          at.madeUntil = now;
          observer.chunk(flight, { gapMs, fromAt, toAt: now });
        }
      }
    };

    const wire = createWireReader({
      contentType,
      repeats,
      onFrame() {
        isCounted = false;
        flight.lastEventAt = now;
        if (++events <= mostEvents || flight.outcome !== "running") return;
        fail("too-long", `the answer goes on after ${inWords(mostEvents)} events`);
        sent.abort();
      },
      onChunk: take,
    });
    conclude = (isCut) => {
      if (flight.outcome !== "running") return;
      now = performance.now();
      const end = wire.end({ isCut });
      flight.isStreamed = end.isStream;
      if (end.failure === null) settle("completed", null);
      else fail(end.failure, describeEnd(end, { isCut, secrets }));
    };
    return (bytes, from, to) => {
      if (flight.outcome !== "running") return;
      now = performance.now();
      chunksInRead = 0;
      wire.feed(bytes, from, to);
      if (chunksInRead > 0) observer.read();
      if (wire.isOver()) conclude?.(false);
    };
  };

  const readRefusal = (location: string): BytesTaker => {
    let text = "";
    const decoder = new TextDecoder();
    conclude = () => {
      flight.body = text;
      const words = readServerWords(text, { secrets });
      const redirect = location === "" ? "" : ` (a redirect to ${location}, which is not followed)`;
      const problem = `HTTP ${flight.status}${redirect}`;
      fail("refused", words === "" ? problem : `${problem}: ${words}`);
    };
    return (bytes, from, to) => {
      text += decoder.decode(bytes.subarray(from, to), { stream: true });
      if (text.length <= mostErrorCharacters) return;
      conclude?.(false);
      sent.abort();
    };
  };

  const sent = transport.post(Buffer.from(options.body), {
    head(status, headers) {
      flight.status = status;
      flight.firstByteAt = performance.now();
      flight.lastEventAt = flight.firstByteAt;
      if (status >= 200 && status < 300) return readAnswer(headers.get("content-type") ?? null);
      return readRefusal(cleanName(headers.get("location") ?? ""));
    },
    end: () => conclude?.(false),
    failed(error) {
      conclude?.(true);
      fail("no-connection", readServerWords(`${error.code ?? error.name}: ${error.message}`, { secrets }));
    },
    closed() {
      // The flight is kept for the figures, but not what its end could reach.
      flight.end = endNothing;
      observer.ended(flight);
    },
  });
  return flight;
}

function countCached({ prompt_tokens, prompt_tokens_details: details }: WireUsage): number | null {
  const cached = typeof details === "object" && details !== null && Reflect.get(details, "cached_tokens");
  return typeof cached === "number" && cached >= 0 && cached <= prompt_tokens ? cached : null;
}

function describeEnd(
  { failure, body }: WireEnd,
  { isCut, secrets }: { isCut: boolean; secrets: readonly string[] },
): string {
  const words = readServerWords(body, { secrets });
  const problem = {
    empty: "the answer is empty: no text, no thought, no tool call",
    "cut-off": isCut
      ? "the connection was cut in the middle of the answer"
      : "the stream ended early, without [DONE] and a finish reason",
    "error-in-stream": "error in the stream",
    unreadable: "the answer is not in OpenAI's format",
    "too-long": `an event is longer than ${inWords(longestEventCharacters)} characters`,
  }[failure ?? "unreadable"];
  return words === "" ? problem : `${problem}: ${words}`;
}
