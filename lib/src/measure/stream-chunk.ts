/** What one chunk of a stream says, as far as measuring needs it. */
export interface StreamChunk {
  hasChoices: boolean;
  /** Whether it carries text, reasoning or tool arguments that are not empty. */
  hasText: boolean;
  finishReason: string | null;
  promptTokens: number | null;
  completionTokens: number | null;
  /** An error object inside the stream; `undefined` where there is none. */
  error: unknown;
}

// Every token of every stream passes here, so the form is checked by hand: a schema would cost more than the rest.
interface LooseChunk {
  error?: unknown;
  choices?: { delta?: LooseDelta | null; finish_reason?: unknown }[] | null;
  usage?: { prompt_tokens?: unknown; completion_tokens?: unknown } | null;
}
interface LooseDelta {
  content?: unknown;
  reasoning?: unknown;
  reasoning_content?: unknown;
  tool_calls?: { function?: { arguments?: unknown; name?: unknown } | null }[] | null;
}

/** Reads the data of one event; throws a SyntaxError or TypeError where it is no chunk. */
export function readStreamChunk(data: string): StreamChunk {
  const chunk = JSON.parse(data) as LooseChunk;
  const choice = chunk.choices?.[0];
  const delta = choice?.delta;
  const usage = chunk.usage;
  const finishReason = choice?.finish_reason;
  return {
    hasChoices: choice !== undefined,
    hasText:
      delta != null &&
      (isText(delta.content) ||
        isText(delta.reasoning) ||
        isText(delta.reasoning_content) ||
        delta.tool_calls?.some((call) => isText(call.function?.arguments)) === true),
    finishReason: typeof finishReason === "string" ? finishReason : null,
    promptTokens: asCount(usage?.prompt_tokens),
    completionTokens: asCount(usage?.completion_tokens),
    error: chunk.error ?? undefined,
  };
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

function asCount(value: unknown): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null;
}
