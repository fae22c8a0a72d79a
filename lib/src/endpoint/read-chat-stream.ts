import { AnswerTooLongError } from "../network/index.ts";
import { cleanName, readServerWords } from "../words/index.ts";
import { emptyText, notice, notStreamedText } from "./answer-notices.ts";
import type { ChatBounds } from "./chat-bounds.ts";
import { type ChatEvent, toChatEvents } from "./chat-events.ts";
import { StreamEnd, tooLong } from "./stream-end.ts";
import { createWireReader, type WireEnd } from "./wire/index.ts";

/** Reads the stream of an answer; throws a StreamEnd where it is no success. */
export async function* readChatStream(stream: {
  response: Response;
  bounds: ChatBounds;
  /** How many answers were asked for, each with a finish of its own. */
  choices: number;
  onEvent: () => void;
}): AsyncGenerator<ChatEvent, void, undefined> {
  const { response, bounds, choices, onEvent } = stream;
  const events: ChatEvent[] = [];
  const contentType = response.headers.get("content-type");
  const wire = createWireReader({
    contentType,
    choices,
    mostEventCharacters: bounds.eventCharacters,
    onFrame: onEvent,
    onChunk: (chunk) => events.push(...toChatEvents(chunk, performance.now())),
  });
  const reader = response.body?.getReader();
  let linger: NodeJS.Timeout | undefined;
  let breakage: unknown = null;
  try {
    for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) {
      wire.feed(Buffer.from(read.value.buffer, read.value.byteOffset, read.value.length));
      // What came before an error in the same packet belongs to the text so far.
      yield* events.splice(0);
      if (wire.isOver()) break;
      // The counts come after the finish; a server that goes on all the same is not waited for.
      if (wire.finishedChoices() >= choices) {
        linger ??= setTimeout(() => void reader?.cancel(), bounds.lingerMs);
      } else {
        clearTimeout(linger);
        linger = undefined;
      }
    }
  } catch (error) {
    if (error instanceof AnswerTooLongError) throw tooLong("the answer", error.maxBytes, "bytes");
    breakage = error;
  } finally {
    clearTimeout(linger);
    reader?.cancel().catch(() => {});
  }
  const end = wire.end({ isCut: breakage !== null });
  const isAnswer = end.failure === null || end.failure === "empty";
  if (isAnswer && !end.isStream) yield notice("not-streamed", notStreamedText);
  yield* events.splice(0);
  if (end.failure === "empty") yield notice("empty-answer", emptyText(readServerWords(end.body)));
  else if (end.failure !== null) throw toStreamEnd(end.failure, { end, breakage, bounds, contentType });
}

function toStreamEnd(
  failure: StreamEnd["problem"],
  context: { end: WireEnd; breakage: unknown; bounds: ChatBounds; contentType: string | null },
): StreamEnd {
  const { end, breakage, bounds, contentType } = context;
  const words = readServerWords(end.body, { maxCharacters: failure === "error-in-stream" ? 2_000 : 200 });
  switch (failure) {
    case "too-long":
      return tooLong("one event", bounds.eventCharacters);
    case "cut-off": {
      const reason =
        breakage instanceof Error ? breakage.message : "it ended without [DONE] and a finish reason";
      return new StreamEnd(
        words === "" ? reason : `${reason}; the last text of the server: ${words}`,
        failure,
        breakage,
      );
    }
    case "unreadable":
      return new StreamEnd(
        `the answer is not in OpenAI's format (${cleanName(contentType ?? "no content type", 100)}): ${words}`,
        failure,
      );
    default:
      return new StreamEnd(words, failure);
  }
}
