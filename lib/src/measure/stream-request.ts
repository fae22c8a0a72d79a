import type { ClientRequest, IncomingMessage } from "node:http";
import { createParser } from "eventsource-parser";
import { longestEventCharacters } from "../network/index.ts";
import { cleanName, inWords, readServerWords } from "../words/index.ts";
import type { Flight, FlightObserver } from "./flight.ts";
import type { HttpTarget } from "./http-target.ts";
import { readStreamChunk, type StreamChunk } from "./stream-chunk.ts";

const mostErrorCharacters = 8_192;

/** Sends one streamed chat request; it never throws, what goes wrong stands in the flight. */
export function streamRequest(
  target: HttpTarget,
  options: {
    index: number;
    body: string;
    scheduledAt: number;
    observer: FlightObserver;
    /** Events after which an answer is given up. */
    mostEvents?: number;
  },
): Flight {
  const { observer, index, scheduledAt, mostEvents = Infinity } = options;
  const body = Buffer.from(options.body);
  const secrets = [target.apiKey];
  let request: ClientRequest | null = null;
  let isDone = false;
  let lastTextAt = 0;
  let madeUntil = 0;
  const flight: Flight = {
    index,
    scheduledAt,
    sentAt: performance.now(),
    firstByteAt: null,
    firstTokenAt: null,
    lastTokenAt: null,
    lastEventAt: 0,
    endedAt: 0,
    outcome: "running",
    error: null,
    status: null,
    body: null,
    finishReason: null,
    finishedAt: null,
    inputTokens: null,
    outputTokens: null,
    hasRunningUsage: false,
    tokensAtFirstText: 1,
    chunks: 0,
    chunksInWindow: 0,
    tokensInWindow: 0,
    readingShareInWindow: 0,
    end(outcome, error) {
      if (outcome === "failed" && flight.finishReason !== null) complete();
      else settle(outcome, error);
      request?.destroy();
    },
  };

  const settle = (outcome: "completed" | "failed" | "cancelled", error: string | null) => {
    if (flight.outcome !== "running") return;
    flight.outcome = outcome;
    flight.error = error;
    flight.endedAt = performance.now();
  };

  const complete = () => {
    const isEmpty = flight.chunks === 0 && flight.finishReason === null && flight.outputTokens === null;
    if (isEmpty) settle("failed", "the answer is empty: no text, no token count, no finish reason");
    else settle("completed", null);
  };

  const takeChunk = (chunk: StreamChunk, now: number): number => {
    if (chunk.error !== undefined) {
      settle("failed", `error in the stream: ${readServerWords({ error: chunk.error }, { secrets })}`);
      return 0;
    }
    const fromAt = madeUntil === 0 ? flight.sentAt : madeUntil;
    if (chunk.promptTokens !== null) flight.inputTokens = chunk.promptTokens;
    if (chunk.completionTokens !== null) {
      // A count on the last chunk alone is none that runs, nor are zeros on all others: gateways send both.
      if (chunk.hasChoices && chunk.finishReason === null && chunk.completionTokens > 0) {
        flight.hasRunningUsage = true;
      }
      const gained = chunk.completionTokens - (flight.outputTokens ?? 0);
      flight.outputTokens = chunk.completionTokens;
      if (flight.hasRunningUsage && gained > 0) {
        observer.tokens(flight, { count: gained, fromAt, toAt: now });
        madeUntil = now;
        if (flight.firstTokenAt !== null) flight.lastTokenAt = now;
      }
    }
    if (chunk.finishReason !== null) {
      flight.finishReason = cleanName(chunk.finishReason, 100);
      flight.finishedAt ??= now;
      // The model's end is a token as well, though it has no text.
      if (flight.firstTokenAt !== null) flight.lastTokenAt = now;
    }
    if (!chunk.hasText) return 0;
    const gapMs = flight.chunks === 0 ? null : now - lastTextAt;
    lastTextAt = now;
    flight.chunks++;
    flight.lastTokenAt = now;
    if (flight.firstTokenAt === null) {
      flight.firstTokenAt = now;
      flight.tokensAtFirstText = flight.hasRunningUsage ? Math.max(1, flight.outputTokens ?? 1) : 1;
    }
    madeUntil = now;
    observer.chunk(flight, { gapMs, fromAt, toAt: now });
    return 1;
  };
  const readStream = (response: IncomingMessage) => {
    let now = 0;
    let chunksInRead = 0;
    let events = 0;
    const giveUp = (error: string) => {
      settle("failed", error);
      request?.destroy();
    };
    const parser = createParser({
      maxBufferSize: longestEventCharacters,
      onError({ type }) {
        if (type !== "max-buffer-size-exceeded") return;
        giveUp(`an event is longer than ${inWords(longestEventCharacters)} characters`);
      },
      onEvent({ data }) {
        if (isDone || flight.outcome !== "running") return;
        flight.lastEventAt = now;
        if (++events > mostEvents) return giveUp(`the answer goes on after ${inWords(mostEvents)} events`);
        if (data === "[DONE]") {
          isDone = true;
          return complete();
        }
        try {
          chunksInRead += takeChunk(readStreamChunk(data), now);
        } catch {
          settle("failed", `a chunk is no JSON of OpenAI's form: ${readServerWords(data, { secrets })}`);
        }
      },
    });
    response.setEncoding("utf8");
    response.on("data", (text: string) => {
      if (flight.outcome !== "running") return;
      now = performance.now();
      chunksInRead = 0;
      parser.feed(text);
      if (chunksInRead > 0) observer.read();
    });
    response.on("end", () => {
      // Some servers leave [DONE] out; a finish reason says as well that the answer is whole.
      if (flight.finishReason !== null) complete();
      else settle("failed", `the stream ended early (without [DONE], HTTP ${flight.status})`);
    });
  };

  const readErrorBody = (response: IncomingMessage) => {
    let text = "";
    response.setEncoding("utf8");
    response.on("data", (part: string) => {
      text += part;
      if (text.length <= mostErrorCharacters) return;
      finish();
      request?.destroy();
    });
    response.on("end", () => finish());
    const finish = () => {
      flight.body = text;
      const words = readServerWords(text, { secrets });
      const location = cleanName(response.headers.location ?? "");
      const redirect = location === "" ? "" : ` (a redirect to ${location}, which is not followed)`;
      const problem =
        flight.status === 200 ? "HTTP 200, but no event stream" : `HTTP ${flight.status}${redirect}`;
      settle("failed", words === "" ? problem : `${problem}: ${words}`);
    };
  };

  const send = () => {
    const current = target.post(body.length);
    request = current;
    let isResent = false;
    current.on("response", (response) => {
      flight.status = response.statusCode ?? null;
      flight.firstByteAt = performance.now();
      flight.lastEventAt = flight.firstByteAt;
      const isStream = (response.headers["content-type"] ?? "").includes("text/event-stream");
      if (flight.status === 200 && isStream) readStream(response);
      else readErrorBody(response);
      response.on("error", () => settle("failed", "the connection was cut in the middle of the answer"));
    });
    current.on("error", (error: NodeJS.ErrnoException) => {
      // The server closed a kept connection in the moment in which we took it up again: nothing was lost, so once more.
      if (
        flight.outcome === "running" &&
        current.reusedSocket &&
        error.code === "ECONNRESET" &&
        flight.status === null
      ) {
        isResent = true;
        send();
        return;
      }
      settle("failed", readServerWords(`${error.code ?? error.name}: ${error.message}`, { secrets }));
    });
    current.on("close", () => {
      if (isResent) return;
      settle("failed", "the connection was cut in the middle of the answer");
      // The agent takes the connection back right after this event; what is sent next is to find it there.
      process.nextTick(() => observer.ended(flight));
    });
    current.end(body);
  };
  send();
  return flight;
}
