import { createParser } from "eventsource-parser";
import { z } from "zod";
import { AnswerTooLongError } from "../network/index.ts";
import { parseJson } from "../words/index.ts";
import type { ChatBounds } from "./chat-bounds.ts";
import { type ChatEvent, readChunk } from "./chat-events.ts";
import { StreamEnd, tooLong } from "./stream-end.ts";

const errorSchema = z.looseObject({
  error: z.union([z.string(), z.looseObject({ message: z.string() })]),
});

/** Reads the event stream of an answer; throws a StreamEnd where it does not come to its end. */
export async function* readChatStream(stream: {
  response: Response;
  bounds: ChatBounds;
  /** How many answers were asked for, each with a finish of its own. */
  choices: number;
  onEvent: () => void;
}): AsyncGenerator<ChatEvent, void, undefined> {
  const { response, bounds, choices, onEvent } = stream;
  const events: ChatEvent[] = [];
  let isDone = false;
  let finished = 0;
  let linger: NodeJS.Timeout | undefined;
  let hasChunks = false;
  const parser = createParser({
    maxBufferSize: bounds.eventCharacters,
    onError({ type }) {
      if (type === "max-buffer-size-exceeded") throw tooLong("one event", bounds.eventCharacters);
    },
    onEvent({ data }) {
      if (isDone) return;
      onEvent();
      if (data === "[DONE]") {
        isDone = true;
        return;
      }
      const chunk = parseJson(data);
      // Without the parser's own error, which quotes the chunk as it is.
      if (chunk === undefined) throw new StreamEnd(`a chunk is no JSON: ${data.slice(0, 100)}`, "unreadable");
      hasChunks = true;
      const failure = errorSchema.safeParse(chunk);
      if (failure.success) {
        const { error } = failure.data;
        throw new StreamEnd(typeof error === "string" ? error : error.message, "error-in-stream");
      }
      const read = readEventsOf(chunk);
      finished += read.filter((event) => event.type === "finish").length;
      events.push(...read);
    },
  });
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  try {
    for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) {
      let failure: unknown;
      try {
        parser.feed(decoder.decode(read.value, { stream: true }));
      } catch (error) {
        failure = error;
      }
      // What came before an error in the same packet belongs to the text so far.
      yield* events.splice(0);
      if (failure !== undefined) throw failure;
      if (isDone) return;
      // The counts come after the finish; a server that goes on all the same is not waited for.
      if (finished >= choices) linger ??= setTimeout(() => void reader?.cancel(), bounds.lingerMs);
    }
  } catch (error) {
    if (error instanceof StreamEnd) throw error;
    if (error instanceof AnswerTooLongError) throw tooLong("the answer", error.maxBytes, "bytes");
    throw new StreamEnd(error instanceof Error ? error.message : String(error), "cut-off", error);
  } finally {
    clearTimeout(linger);
    reader?.cancel().catch(() => {});
  }
  const contentType = response.headers.get("content-type") ?? "no content type";
  if (!hasChunks && !contentType.includes("event-stream")) {
    throw new StreamEnd(`the answer is no event stream (${contentType})`, "unreadable");
  }
  // Some servers leave [DONE] out; a finish reason says as well that the text is whole.
  if (finished === 0) throw new StreamEnd("it ended without [DONE]", "cut-off");
}

function readEventsOf(chunk: unknown): ChatEvent[] {
  try {
    return readChunk(chunk, performance.now());
  } catch (cause) {
    throw new StreamEnd("a chunk does not have the form of OpenAI's API", "unreadable", cause);
  }
}
