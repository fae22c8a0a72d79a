import { createTextPrinter } from "../show/index.ts";
import { stripControlCharacters } from "../words/index.ts";
import type { ChatRequest } from "./chat-events.ts";
import { createChatPage } from "./chat-page.ts";
import { type ChatResult, createChatRecorder } from "./chat-result.ts";
import type { Endpoint } from "./endpoint.ts";
import { type StreamOptions, streamChat } from "./stream-chat.ts";

/**
 * Streams the answer to a chat request into the cell or the terminal and returns it with its figures.
 *
 * The first text shows at once, later text in small batches; all of it is out before the promise settles. Control
 * characters of the model are left out. What a reasoning model thinks stands indented before the answer, under a
 * label of its own; what a reader must know about the answer stands in brackets.
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
  const recorder = createChatRecorder({ hasStop: hasStop(request.stop) });
  try {
    for await (const event of streamChat(endpoint, request, streamOptions)) {
      recorder.add(event);
      if (event.type === "reasoning") page.addThought(event.text);
      else if (event.type === "text") page.addText(event.text);
      else if (event.type === "notice") page.addNotice(event.text);
    }
  } finally {
    page.end();
    printer.flush();
  }
  const result = recorder.result();
  return Object.assign(result, {
    text: stripControlCharacters(result.text),
    reasoning: stripControlCharacters(result.reasoning),
  });
}

function hasStop(stop: string | string[] | null | undefined): boolean {
  return stop !== undefined && stop !== null && stop.length > 0;
}
