import { createParser } from "eventsource-parser";
import { z } from "zod";
import { listenForInterrupt } from "../kernel/index.ts";
import { cutEnd, stripControlCharacters } from "../words/index.ts";
import { type ChatEvent, type ChatRequest, readChunk } from "./chat-events.ts";
import type { Endpoint } from "./endpoint.ts";
import { ChatStreamError } from "./endpoint-error.ts";
import { sendChat } from "./send-chat.ts";
import { describeThinkTags, hasThinkTags } from "./think-tags.ts";

/** What a streamed request may be given beside its parameters. */
export interface StreamOptions {
  /** Aborting closes the connection, so that the server stops generating. */
  signal?: AbortSignal;
  /** Further HTTP headers for this request. */
  headers?: Record<string, string>;
}

/**
 * Streams the answer to a chat request as events: text, reasoning, tool arguments, usage, the finish.
 *
 * A `notice` event says what was changed where the server refused the request as it was. A prompt that is longer than the
 * context is not sent. Giving up the loop, aborting `signal` or Jupyter's interrupt button closes the connection, so that
 * the server stops generating.
 *
 * @throws ChatStreamError where the stream carries an error, is cut off or interrupted; its `text` is what had arrived.
 * @throws ChatRequestError where the model has no chat template, or its context is too small.
 * @throws the `openai` package's APIError where the request is refused for another reason.
 */
export async function* streamChat(
  endpoint: Endpoint,
  request: ChatRequest,
  options: StreamOptions = {},
): AsyncGenerator<ChatEvent, void, undefined> {
  const abandon = new AbortController();
  const signals = [abandon.signal, options.signal].filter((signal) => signal !== undefined);
  const interrupt = await listenForInterrupt({ signal: AbortSignal.any(signals) });
  let text = "";
  try {
    const sent: ChatEvent[] = [];
    const response = await sendChat({
      endpoint,
      request,
      signal: interrupt.signal,
      headers: options.headers,
      onEvent: (event) => sent.push(event),
    });
    yield* sent;
    let hasReasoning = false;
    for await (const event of readEvents(response)) {
      if (event.type === "text") text += event.text;
      hasReasoning ||= event.type === "reasoning";
      if (event.type === "finish" && !hasReasoning && hasThinkTags(text)) {
        yield {
          type: "notice",
          notice: "thoughts-in-text",
          text: describeThinkTags(endpoint),
          atMs: event.atMs,
        };
      }
      yield event;
    }
  } catch (error) {
    if (interrupt.signal.aborted && !abandon.signal.aborted) {
      throw new ChatStreamError(
        `The answer from ${endpoint.baseUrl} was interrupted after ${text.length} characters.`,
        {
          problem: "interrupted",
          text,
          remedy:
            "The connection is closed, so the server stops generating; run the call again for a whole answer.",
          cause: error,
        },
      );
    }
    throw error instanceof StreamEnd ? error.withText(text, endpoint) : error;
  } finally {
    abandon.abort();
    interrupt.release();
  }
}

/** A stream that ended badly, before the text so far is known. */
class StreamEnd extends Error {
  readonly problem: "error-in-stream" | "unreadable" | "cut-off";
  constructor(message: string, problem: StreamEnd["problem"], cause?: unknown) {
    super(stripControlCharacters(message), { cause });
    this.problem = problem;
  }
  withText(text: string, endpoint: Endpoint): ChatStreamError {
    const place = `after ${text.length} characters of the answer from ${endpoint.baseUrl}`;
    const common = { problem: this.problem, text, cause: this.cause };
    if (this.problem === "error-in-stream") {
      const words = `${cutEnd(this.message, ". \n")}.`;
      return new ChatStreamError(`The server reported an error ${place}: ${words}`, {
        ...common,
        remedy: "Look at the server's log; what had arrived is in the error's text.",
      });
    }
    if (this.problem === "unreadable") {
      return new ChatStreamError(`The stream could not be read ${place}: ${this.message}.`, {
        ...common,
        remedy: "Check the base URL: what answers there does not stream as an OpenAI-compatible API does.",
      });
    }
    return new ChatStreamError(`The stream was cut off ${place} (${this.message}).`, {
      ...common,
      remedy:
        "The server, the proxy or the network closed it early; what had arrived is in the error's text. " +
        "Try again, with a smaller max_tokens if it happens at the same place.",
    });
  }
}

const errorSchema = z.looseObject({
  error: z.union([z.string(), z.looseObject({ message: z.string() })]),
});

async function* readEvents(response: Response): AsyncGenerator<ChatEvent, void, undefined> {
  const events: ChatEvent[] = [];
  let isDone = false;
  let isFinished = false;
  let hasChunks = false;
  const parser = createParser({
    onEvent({ data }) {
      if (isDone) return;
      if (data === "[DONE]") {
        isDone = true;
        return;
      }
      const chunk = parseChunk(data);
      hasChunks = true;
      const failure = errorSchema.safeParse(chunk);
      if (failure.success) {
        const { error } = failure.data;
        throw new StreamEnd(typeof error === "string" ? error : error.message, "error-in-stream");
      }
      const read = readEventsOf(chunk);
      isFinished ||= read.some((event) => event.type === "finish");
      events.push(...read);
    },
  });
  const decoder = new TextDecoder();
  try {
    for await (const bytes of response.body ?? []) {
      let failure: unknown;
      try {
        parser.feed(decoder.decode(bytes, { stream: true }));
      } catch (error) {
        failure = error;
      }
      // What came before an error in the same packet belongs to the text so far.
      yield* events.splice(0);
      if (failure !== undefined) throw failure;
      if (isDone) return;
    }
  } catch (error) {
    if (error instanceof StreamEnd) throw error;
    throw new StreamEnd(error instanceof Error ? error.message : String(error), "cut-off", error);
  }
  const contentType = response.headers.get("content-type") ?? "no content type";
  if (!hasChunks && !contentType.includes("event-stream")) {
    throw new StreamEnd(`the answer is no event stream (${contentType})`, "unreadable");
  }
  // Some servers leave [DONE] out; a finish reason says as well that the text is whole.
  if (!isFinished) throw new StreamEnd("it ended without [DONE]", "cut-off");
}

function parseChunk(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch (cause) {
    throw new StreamEnd(`a chunk is no JSON: ${data.slice(0, 100)}`, "unreadable", cause);
  }
}

function readEventsOf(chunk: unknown): ChatEvent[] {
  try {
    return readChunk(chunk, performance.now());
  } catch (cause) {
    throw new StreamEnd("a chunk does not have the form of OpenAI's API", "unreadable", cause);
  }
}
