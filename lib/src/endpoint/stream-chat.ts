import { listenForInterrupt } from "../kernel/index.ts";
import { createAnswerNotices } from "./answer-notices.ts";
import { type ChatBounds, chatBounds, watchTime } from "./chat-bounds.ts";
import { type ChatEvent, type ChatRequest, isOtherChoice } from "./chat-events.ts";
import type { Endpoint } from "./endpoint.ts";
import { ChatStreamError } from "./endpoint-error.ts";
import { readChatStream } from "./read-chat-stream.ts";
import { sendChat } from "./send-chat.ts";
import { StreamEnd, tooLong } from "./stream-end.ts";

/** What a streamed request may be given beside its parameters. */
export interface StreamOptions {
  /** Aborting closes the connection, so that the server stops generating. */
  signal?: AbortSignal;
  /** Further HTTP headers for this request. */
  headers?: Record<string, string>;
  bounds?: Partial<ChatBounds>;
}

/**
 * Streams the answer to a chat request as events: text, reasoning, tool arguments, usage, the finish.
 *
 * A `notice` event says what was changed where the server refused the request as it was, and what a reader must know of
 * the answer. Of several answers to one request each event tells the `choice`. A prompt that is longer than the
 * context is not sent. Giving up the loop, aborting `signal` or Jupyter's interrupt button closes the connection, so that
 * the server stops generating. So does an answer that exceeds a bound.
 *
 * @throws ChatStreamError where the stream carries an error, is cut off, unreadable, interrupted, too long or too slow; its `text` is what had arrived.
 * @throws ChatRequestError where the model has no chat template, or its context is too small.
 * @throws the `openai` package's APIError where the request is refused for another reason.
 */
export async function* streamChat(
  endpoint: Endpoint,
  request: ChatRequest,
  options: StreamOptions = {},
): AsyncGenerator<ChatEvent, void, undefined> {
  const bounds = { ...chatBounds, ...options.bounds };
  const abandon = new AbortController();
  const clock = watchTime(bounds);
  const signals = [abandon.signal, clock.signal, options.signal].filter((signal) => signal !== undefined);
  const interrupt = await listenForInterrupt({ signal: AbortSignal.any(signals) });
  let text = "";
  let characters = 0;
  try {
    const sent: ChatEvent[] = [];
    const response = await sendChat({
      endpoint,
      request,
      signal: interrupt.signal,
      headers: options.headers,
      onEvent: (event) => sent.push(event),
    });
    clock.pauseSilence();
    yield* sent;
    clock.restartSilence();
    const noticesBefore = createAnswerNotices(endpoint);
    const stream = { response, bounds, choices: request.n ?? 1, onEvent: clock.restartSilence };
    for await (const event of readChatStream(stream)) {
      clock.pauseSilence();
      if ("text" in event) characters += event.text.length;
      if (characters > bounds.answerCharacters) throw tooLong("it", bounds.answerCharacters);
      if (event.type === "text" && !isOtherChoice(event)) text += event.text;
      yield* noticesBefore(event);
      yield event;
      clock.restartSilence();
    }
  } catch (error) {
    const overdue: unknown = clock.signal.reason;
    if (overdue instanceof StreamEnd) throw overdue.withText(text, endpoint);
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
    clock.stop();
    interrupt.release();
  }
}
