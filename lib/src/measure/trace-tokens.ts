import { type ChatRequest, type Endpoint, isOtherChoice, streamChat } from "../endpoint/index.ts";
import { createTextPrinter } from "../show/index.ts";
import { stripControlCharacters } from "../words/index.ts";

/** A piece of an answer as it arrived. */
export type TokenArrival = {
  /** Milliseconds after the request was sent. */
  atMs: number;
  /** What had arrived by then, this piece included, in the trace's unit. */
  count: number;
  text: string;
};

/** One answer under the microscope. */
export interface TokenTrace {
  /** `tokens` where the server reports running counts, else the pieces are counted: a piece can hold several tokens. */
  unit: "tokens" | "pieces";
  arrivals: readonly TokenArrival[];
}

/** Streams one answer into the cell or the terminal and notes when each piece arrived; throws what `streamChat` throws. */
export async function traceTokens(
  endpoint: Endpoint,
  request: ChatRequest,
  options: { headers?: Record<string, string>; signal?: AbortSignal; write?: (text: string) => unknown } = {},
): Promise<TokenTrace> {
  const { write, ...streamOptions } = options;
  const printer = createTextPrinter(write === undefined ? {} : { write });
  const pieces: { atMs: number; text: string; tokens: number | null }[] = [];
  let sentAtMs = 0;
  let tokens: number | null = null;
  try {
    for await (const event of streamChat(endpoint, request, streamOptions)) {
      if (isOtherChoice(event)) continue;
      if (event.type === "request") sentAtMs = event.atMs;
      else if (event.type === "usage") tokens = event.isFinal ? tokens : event.usage.completion_tokens;
      else if (event.type !== "finish" && event.type !== "notice") {
        printer.print(event.text);
        pieces.push({ atMs: event.atMs - sentAtMs, text: stripControlCharacters(event.text), tokens });
      }
    }
  } finally {
    printer.print("\n");
    printer.flush();
  }
  const isCounted = pieces.every((piece) => piece.tokens !== null);
  return {
    unit: isCounted ? "tokens" : "pieces",
    arrivals: pieces.map(({ atMs, text, tokens }, index) => {
      return { atMs, count: isCounted ? (tokens ?? 0) : index + 1, text };
    }),
  };
}
