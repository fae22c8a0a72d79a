/** How requests are written for this endpoint: what it takes, and how long its prompts come out. */
export interface RequestShape {
  model: string;
  mode: "capacity" | "natural";
  /** Running counts on every chunk, a final count, or none. */
  usage: "running" | "final" | "none";
  limitName: "max_tokens" | "max_completion_tokens";
  hasTemperature: boolean;
  /** Further fields, as the caller gave them. */
  extra: Record<string, unknown>;
  /** Words of a prompt. */
  promptWords: number;
  promptLengthFrom: "tokenize" | "usage" | "estimate";
  /** The longest that a prompt can be, for the budget. */
  mostPromptTokens: number;
}

/** Writes the body of one request. */
export function writeBody(shape: RequestShape, options: { prompt: string; outputTokens: number }): string {
  const { model, mode, usage, limitName, hasTemperature, extra } = shape;
  return JSON.stringify({
    model,
    messages: [{ role: "user", content: options.prompt }],
    stream: true,
    ...(usage === "none" ? {} : { stream_options: streamOptions(usage) }),
    [limitName]: options.outputTokens,
    // Greedy where only speed counts; a small model that must end by itself would repeat itself for ever.
    ...(hasTemperature ? { temperature: mode === "capacity" ? 0 : 0.6 } : {}),
    ...(mode === "capacity" ? { ignore_eos: true } : {}),
    ...extra,
  });
}

/**
 * Finds what to leave out of a request after a refusal that names it; `null` where nothing of ours is at fault.
 *
 * `note` says what was changed, as a sentence.
 */
export function adaptShape(
  shape: RequestShape,
  refusal: string,
): { shape: RequestShape; note: string | null } | null {
  const names = (word: string) => refusal.includes(word);
  if (shape.mode === "capacity" && names("ignore_eos")) {
    return {
      shape: { ...shape, mode: "natural" },
      note: "The server refuses ignore_eos, so answers end by themselves: mode natural instead of capacity.",
    };
  }
  if (shape.usage === "running" && names("continuous_usage_stats")) {
    return { shape: { ...shape, usage: "final" }, note: null };
  }
  if (shape.usage !== "none" && names("stream_options")) {
    return {
      shape: { ...shape, usage: "none" },
      note: "The server refuses stream_options, so token counts come only where it sends them by itself.",
    };
  }
  if (shape.limitName === "max_tokens" && names("max_completion_tokens")) {
    return { shape: { ...shape, limitName: "max_completion_tokens" }, note: null };
  }
  if (shape.hasTemperature && names("temperature")) {
    return { shape: { ...shape, hasTemperature: false }, note: null };
  }
  return null;
}

function streamOptions(usage: "running" | "final"): Record<string, boolean> {
  return usage === "running"
    ? { include_usage: true, continuous_usage_stats: true }
    : { include_usage: true };
}
