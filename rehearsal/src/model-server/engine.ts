import type { Shape } from "./schema/shape.ts";

/** One message of a chat, reduced to what a chat template needs. */
export interface ChatMessage {
  role: string;
  content: string;
}

/** What an engine is asked to generate: tokens in, a bounded number of tokens out. */
export interface Generation {
  promptTokens: readonly number[];
  /** Upper bound of generated tokens; the caller has made sure that prompt and answer fit the context. */
  maxTokens: number;
  /** 0 is greedy. */
  temperature: number;
  topP: number;
  /** 0 switches the limit off. */
  topK: number;
  /** The same seed gives the same text, alone or beside other streams. */
  seed: number;
  /** Go on past the model's own end until `maxTokens`. */
  ignoreEos: boolean;
  /** Whether a model that thinks may do so, as it does by default. */
  isThinking?: boolean;
  /** The answer is JSON of this shape, and ends with it; left out, it is free. */
  shape?: Shape | undefined;
  /** Prompts of the same space use what was computed for one another; left out, nothing is shared. */
  cacheSpace?: string;
  /** Aborting stops the generation before its next token and frees its place. */
  signal: AbortSignal;
}

/** Why a generation ended by itself: the model's own end, or `maxTokens`. */
export type FinishReason = "stop" | "length";

/** Receives what one generation yields, in this order: `scheduled`, `token` once per token, perhaps `failed`. */
export interface TokenSink {
  /** The request has left the queue and holds a place in the batch; so many of its prompt's tokens were computed before. */
  scheduled(cachedTokens: number): void;
  /**
   * One token was generated. `text` may be empty (the end token, or a piece of a character that is not whole yet);
   * `finishReason` is set on the last one.
   */
  token(text: string, finishReason: FinishReason | null): void;
  /** The generation broke off; no further call follows. */
  failed(error: unknown): void;
}

/** Where a model's thoughts arrive: in fields of their own, by vLLM's newer and older name, or in the text. */
export type ReasoningField = "reasoning" | "reasoning_content" | "content";

/** A source of tokens behind the vLLM-shaped server: a real small model, or a timed one without a model. */
export interface Engine {
  /** What truly answers, for example `SmolLM2-135M-Instruct`. */
  readonly model: string;
  /** `false` where tokens only keep time and no model is behind them. */
  readonly isRealModel: boolean;
  /** Prompt and answer together. */
  readonly maxModelTokens: number;
  /** Requests generated at the same time; further ones wait. */
  readonly maxSequences: number;
  /** For a model that thinks first: the field in which its thoughts arrive. */
  readonly reasoningField?: ReasoningField;
  /** What is taken where a request names none; default: temperature 1, top_p 1, no top_k. */
  readonly samplingDefaults?: Readonly<Record<string, number | undefined>>;
  tokenize(text: string): number[];
  /** Renders a conversation with the model's own template; throws where the template rejects it. */
  renderChat(messages: readonly ChatMessage[], options: { addGenerationPrompt: boolean }): string;
  /** Starts a generation and returns at once. */
  generate(generation: Generation, sink: TokenSink): void;
  close(): Promise<void>;
}
