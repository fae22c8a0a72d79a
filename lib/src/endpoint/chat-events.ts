import type {
  ChatCompletionChunk,
  ChatCompletionCreateParamsStreaming,
} from "openai/resources/chat/completions";
import type { WireChunk } from "./wire/index.ts";

/** What vLLM takes beside OpenAI's own parameters; other servers may refuse these. */
interface VllmParameters {
  /** Go on past the model's own end until `max_tokens`. */
  ignore_eos?: boolean;
  top_k?: number;
  min_p?: number;
  min_tokens?: number;
  repetition_penalty?: number;
  stop_token_ids?: number[];
  /** Passed to the chat template, for example `{ enable_thinking: false }`. */
  chat_template_kwargs?: Record<string, unknown>;
}

/** A chat request: the `openai` package's own parameters, their names untouched; `model` may be left out. */
export type ChatRequest = Omit<ChatCompletionCreateParamsStreaming, "model" | "stream"> &
  VllmParameters & { model?: string };

/** Token counts as the server reports them. */
export type ChatUsage = NonNullable<ChatCompletionChunk["usage"]>;

/**
 * What a reader must know about an answer: that the system prompt was moved into the first user message, that a
 * field which the server refuses was left out or named otherwise, that the context leaves less room than was asked for, that a reasoning model's thoughts are part of the text or all that came,
 * that there are several answers, that a filter has ended it, that it came in one piece, or that it is empty.
 */
export type ChatNotice =
  | "system-prompt-folded"
  | "field-changed"
  | "answer-shortened"
  | "thoughts-in-text"
  | "thoughts-only"
  | "several-choices"
  | "content-filtered"
  | "not-streamed"
  | "empty-answer";

/** What happens in a streamed answer; `atMs` is the time of arrival on this process's own clock (`performance.now()`). */
export type ChatEvent =
  /** The request goes out; another follows where the server refused it and it could be sent otherwise. */
  | { type: "request"; atMs: number }
  /** Something that a reader must know, in one or two whole sentences. */
  | { type: "notice"; notice: ChatNotice; text: string; atMs: number }
  /** A piece of the answer; of several answers to one request, all but the first have a number, `choice`. */
  | { type: "text"; text: string; choice?: number; atMs: number }
  /** What a reasoning model thinks before it answers. */
  | { type: "reasoning"; text: string; choice?: number; atMs: number }
  /** A piece of the arguments of a tool call, the answer's `call`th from 0; its id and name come once, and are empty else. */
  | { type: "tool"; text: string; call: number; id: string; name: string; choice?: number; atMs: number }
  /** Counts so far (`isFinal: false`, before the text that they include) or of the whole answer. */
  | { type: "usage"; usage: ChatUsage; isFinal: boolean; atMs: number }
  | { type: "finish"; finishReason: string; stopReason: string | null; choice?: number; atMs: number };

/** Gives the events of a chunk; of an error there is none, for it is thrown. */
export function toChatEvents(chunk: WireChunk, atMs: number): ChatEvent[] {
  if (chunk.type === "usage")
    return [{ type: "usage", usage: chunk.usage, isFinal: chunk.beside === "nothing", atMs }];
  if (chunk.type === "error" || chunk.type === "ignored") return [];
  const { choice: number, ...said } = chunk;
  const choice = number === 0 ? {} : { choice: number };
  if (said.type === "toolCall") return [{ ...said, ...choice, type: "tool", atMs }];
  return [{ ...said, ...choice, atMs }];
}

/** Whether an event is part of another answer than the first to the same request. */
export function isOtherChoice(event: ChatEvent): boolean {
  return "choice" in event && event.choice !== undefined;
}
