import type {
  ChatCompletionChunk,
  ChatCompletionCreateParamsStreaming,
} from "openai/resources/chat/completions";
import { z } from "zod";
import { cleanName } from "../words/index.ts";

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
 * What a reader must know about an answer: that the system prompt was moved into the first user message, that a field
 * which the server refuses was left out or named otherwise, that the context leaves less room than was asked for, or that
 * a reasoning model's thoughts are part of the text.
 */
export type ChatNotice = "system-prompt-folded" | "field-changed" | "answer-shortened" | "thoughts-in-text";

/** What happens in a streamed answer; `atMs` is the time of arrival on this process's own clock (`performance.now()`). */
export type ChatEvent =
  /** The request goes out; another follows where the server refused it and it could be sent otherwise. */
  | { type: "request"; atMs: number }
  /** Something that a reader must know, in one or two whole sentences. */
  | { type: "notice"; notice: ChatNotice; text: string; atMs: number }
  | { type: "text"; text: string; atMs: number }
  /** What a reasoning model thinks before it answers. */
  | { type: "reasoning"; text: string; atMs: number }
  /** A piece of a tool call's arguments. */
  | { type: "tool"; text: string; atMs: number }
  /** Counts so far (`isFinal: false`, before the text that they include) or of the whole answer. */
  | { type: "usage"; usage: ChatUsage; isFinal: boolean; atMs: number }
  | { type: "finish"; finishReason: string; stopReason: string | null; atMs: number };

const count = z.int().nonnegative();
const usageSchema = z.looseObject({ prompt_tokens: count, completion_tokens: count, total_tokens: count });

const text = z.string().nullish();
const word = z.string().transform((value) => cleanName(value, 100));

const chunkSchema = z.looseObject({
  choices: z
    .array(
      z.looseObject({
        delta: z
          .looseObject({
            content: text,
            reasoning: text,
            reasoning_content: text,
            tool_calls: z
              .array(z.looseObject({ function: z.looseObject({ arguments: text }).nullish() }))
              .nullish(),
          })
          .nullish(),
        finish_reason: word.nullish(),
        stop_reason: z.union([word, z.number()]).nullish(),
      }),
    )
    .nullish(),
  // Counts of another form are no counts: the answer matters more.
  usage: usageSchema.nullish().catch(null),
});

/** Reads one chunk of a stream into events; a chunk of another shape than OpenAI's gives a zod error. */
export function readChunk(chunk: unknown, atMs: number): ChatEvent[] {
  const { usage, ...parsed } = chunkSchema.parse(chunk);
  const choices = parsed.choices ?? [];
  const events: ChatEvent[] = [];
  if (usage != null) events.push({ type: "usage", usage, isFinal: choices.length === 0, atMs });
  for (const { delta, finish_reason, stop_reason } of choices) {
    const reasoning = delta?.reasoning || delta?.reasoning_content || "";
    const tool = (delta?.tool_calls ?? []).map((call) => call.function?.arguments ?? "").join("");
    if (reasoning !== "") events.push({ type: "reasoning", text: reasoning, atMs });
    if (delta?.content) events.push({ type: "text", text: delta.content, atMs });
    if (tool !== "") events.push({ type: "tool", text: tool, atMs });
    if (finish_reason != null) {
      const stopReason = stop_reason == null ? null : String(stop_reason);
      events.push({ type: "finish", finishReason: finish_reason, stopReason, atMs });
    }
  }
  return events;
}
