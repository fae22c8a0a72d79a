import { inspect } from "node:util";
import type { ChatEvent, ChatUsage } from "./chat-events.ts";
import { createToolCalls, type ToolCall } from "./tool-calls.ts";

/** One answer and what was measured on the way. */
export interface ChatResult {
  text: string;
  /** What a reasoning model thought first; empty for others. */
  reasoning: string;
  /** The functions that the model wants called; usually none. */
  toolCalls: readonly ToolCall[];
  /** Token counts as the server reported them; `null` where it did not. */
  usage: ChatUsage | null;
  /** `stop`, `length`, …; `null` where the server did not say. */
  finishReason: string | null;
  /** From sending the request to the first text, be it a thought or the answer; `null` where no text came. */
  timeToFirstTokenMs: number | null;
  /** From sending the request to the first text of the answer itself; `null` where none came. */
  timeToFirstAnswerMs: number | null;
  /** A `stop` string makes servers hold the first text back: the time to first token then reads late. */
  isFirstTokenHeldBack: boolean;
  /** (tokens − tokens at the first text) ÷ (last token − first text); `null` without token counts. */
  outputTokensPerSecond: number | null;
  /** Without running token counts the first text is taken for one token. */
  isRateApproximate: boolean;
  /** What a reader must know about this answer, in whole sentences; usually empty. */
  notices: readonly string[];
}

/** Follows the events of one answer and works out its figures. */
export function createChatRecorder(options: { hasStop: boolean }) {
  let text = "";
  let reasoning = "";
  const toolCalls = createToolCalls();
  let usage: ChatUsage | null = null;
  let finishReason: string | null = null;
  let requestAtMs = 0;
  let firstTextAtMs: number | null = null;
  let firstAnswerAtMs: number | null = null;
  let lastTokenAtMs = 0;
  let runningTokens: number | null = null;
  let tokensAtFirstText: number | null = null;
  let hasHiddenTokens = false;
  const notices: string[] = [];

  return {
    add(event: ChatEvent): void {
      switch (event.type) {
        case "request":
          requestAtMs = event.atMs;
          break;
        case "usage":
          usage = event.usage;
          if (event.isFinal) break;
          // Tokens without text, such as the model's end, count too: the last one's time is the last change.
          if (event.usage.completion_tokens !== runningTokens) lastTokenAtMs = event.atMs;
          runningTokens = event.usage.completion_tokens;
          break;
        case "finish":
          finishReason = event.finishReason;
          break;
        case "notice":
          notices.push(event.text);
          break;
        default:
          if (event.type !== "reasoning") firstAnswerAtMs ??= event.atMs;
          if (event.type === "text") text += event.text;
          else if (event.type === "reasoning") reasoning += event.text;
          else {
            toolCalls.add(event);
            hasHiddenTokens = true;
          }
          if (firstTextAtMs === null) {
            firstTextAtMs = event.atMs;
            tokensAtFirstText = runningTokens;
          }
          lastTokenAtMs = event.atMs;
      }
    },
    result(): ChatResult {
      const tokens = usage?.completion_tokens ?? null;
      const seconds = firstTextAtMs === null ? 0 : (lastTokenAtMs - firstTextAtMs) / 1_000;
      const rate =
        // Gateways that do not count send zeros.
        tokens === null || tokens === 0 || seconds <= 0
          ? null
          : Math.max(0, tokens - (tokensAtFirstText ?? 1)) / seconds;
      const result: ChatResult = {
        text,
        reasoning,
        toolCalls: toolCalls.list(),
        usage,
        finishReason,
        timeToFirstTokenMs: firstTextAtMs === null ? null : firstTextAtMs - requestAtMs,
        timeToFirstAnswerMs: firstAnswerAtMs === null ? null : firstAnswerAtMs - requestAtMs,
        isFirstTokenHeldBack: options.hasStop,
        outputTokensPerSecond: rate,
        isRateApproximate: rate !== null && (tokensAtFirstText === null || hasHiddenTokens),
        notices,
      };
      // A cell that ends in `await printChat(…)` would print the whole answer a second time: one line of figures instead.
      return Object.defineProperty(result, inspect.custom, { value: () => describe(result) });
    },
  };
}

function describe(result: ChatResult): string {
  const { usage, outputTokensPerSecond, finishReason } = result;
  const tokens = usage === null ? "tokens unknown" : `${usage.completion_tokens} tokens`;
  const parts = [tokens, ...describeTimes(result)];
  if (outputTokensPerSecond !== null) {
    parts.push(`${result.isRateApproximate ? "about " : ""}${outputTokensPerSecond.toFixed(1)} tokens/s`);
  }
  if (finishReason !== null) parts.push(`finish reason ${finishReason}`);
  return `[${parts.join(", ")}]`;
}

function describeTimes(result: ChatResult): string[] {
  const { timeToFirstTokenMs, timeToFirstAnswerMs, isFirstTokenHeldBack } = result;
  if (timeToFirstTokenMs === null) return ["no text"];
  const heldBack = isFirstTokenHeldBack ? " (held back by stop)" : "";
  if (result.reasoning === "") return [`first text after ${timeToFirstTokenMs.toFixed(0)} ms${heldBack}`];
  const answer =
    timeToFirstAnswerMs === null ? "no answer" : `answer after ${timeToFirstAnswerMs.toFixed(0)} ms`;
  return [`first thought after ${timeToFirstTokenMs.toFixed(0)} ms${heldBack}`, answer];
}
