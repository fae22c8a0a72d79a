import { createTextPrinter, showWaiting } from "../show/index.ts";
import { stripControlCharacters } from "../words/index.ts";
import { type ChatRequest, isOtherChoice } from "./chat-events.ts";
import { type ChatResult, createChatRecorder } from "./chat-result.ts";
import type { Endpoint } from "./endpoint.ts";
import { type StreamOptions, streamChat } from "./stream-chat.ts";

/**
 * Streams the answer to a chat request into the cell or the terminal and returns it with its figures.
 *
 * All text is out before the promise settles, without control characters. What a reasoning model thinks stands indented
 * before the answer; what a reader must know about the answer, and the calls of tools, stand in brackets.
 *
 * @throws what {@link streamChat} throws; the text so far has been printed by then.
 */
export async function printChat(
  endpoint: Endpoint,
  request: ChatRequest,
  options: StreamOptions & { write?: (text: string) => unknown } = {},
): Promise<ChatResult> {
  const { write, ...streamOptions } = options;
  const printer = createTextPrinter(write === undefined ? {} : { write });
  const page = createChatPage(printer.print);
  const recorder = createChatRecorder({ hasStop: (request.stop?.length ?? 0) > 0 });
  try {
    const events = streamChat(endpoint, request, streamOptions);
    for await (const event of write === undefined ? showFirstWait(events) : events) {
      if (isOtherChoice(event)) continue;
      recorder.add(event);
      if (event.type === "reasoning") page.addThought(event.text);
      else if (event.type === "text") page.addText(event.text);
      else if (event.type === "notice") page.addNotice(event.text);
    }
    for (const { name, arguments: given } of recorder.result().toolCalls) {
      page.addNotice(`The model calls ${name} with ${given}`);
    }
  } finally {
    page.end();
    printer.flush();
  }
  const result = recorder.result();
  const toolCalls = result.toolCalls.map((call) => ({
    ...call,
    arguments: stripControlCharacters(call.arguments),
  }));
  return Object.assign(result, {
    text: stripControlCharacters(result.text),
    reasoning: stripControlCharacters(result.reasoning),
    toolCalls,
  });
}

/** Says how long the first event takes, where that is longer than a reader waits without a sign. */
async function* showFirstWait<Event>(events: AsyncGenerator<Event>): AsyncGenerator<Event> {
  try {
    const first = await showWaiting("Waiting for the first text", () => events.next());
    if (first.done !== true) yield first.value;
    yield* events;
  } finally {
    await events.return(undefined);
  }
}

const thoughtMargin = "  │ ";

/** Lays out one answer as plain text while it comes, for a cell or a terminal; prints nothing where nothing comes. */
export function createChatPage(print: (text: string) => void) {
  const late: string[] = [];
  let part: "nothing" | "thoughts" | "text" = "nothing";
  let waitingBreaks = 0;

  return {
    addThought(text: string): void {
      // Line breaks wait for the letters that follow them: thoughts begin and end with empty lines.
      for (const piece of text.split(/(\n)/)) {
        if (piece === "\n") waitingBreaks++;
        if (piece === "\n" || piece === "") continue;
        if (part !== "thoughts") print(`${part === "text" ? "\n\n" : ""}Thinking:\n${thoughtMargin}${piece}`);
        else print(waitingBreaks > 0 ? "\n".repeat(waitingBreaks) + thoughtMargin + piece : piece);
        part = "thoughts";
        waitingBreaks = 0;
      }
    },
    addText(text: string): void {
      print(part === "thoughts" ? `\n\nAnswer:\n${text.replace(/^\n+/, "")}` : text);
      part = "text";
      waitingBreaks = 0;
    },
    /** Takes a sentence about the answer: shown at once before the answer, else at its end. */
    addNotice(text: string): void {
      if (part === "nothing") print(`[${text}]\n`);
      else late.push(text);
    },
    end(): void {
      if (part !== "nothing") print("\n");
      for (const text of late) print(`[${text}]\n`);
    },
  };
}
