import { type LimitName, limitNames, type OwnField, otherLimit } from "../endpoint/index.ts";

/** How requests are written for this endpoint: what it takes, and how long its prompts come out. */
export interface RequestShape {
  model: string;
  mode: "capacity" | "natural";
  /** Running counts on every chunk, a final count, or none. */
  usage: "running" | "final" | "none";
  limitName: LimitName;
  hasTemperature: boolean;
  /** Further fields, as the caller gave them. */
  extra: Record<string, unknown>;
  /** Words of a prompt. */
  promptWords: number;
  promptLengthFrom: "tokenize" | "usage" | "estimate";
  /** The longest that a prompt can be, for the budget. */
  mostPromptTokens: number;
  /** What all conversations begin with; `null` where they share nothing. */
  shared: SharedPrompt | null;
}

/** A system prompt, and how it is sent. */
export interface SharedPrompt {
  prompt: string;
  /** Whether it stands at the head of the first message: the template takes no system prompt. */
  isFolded: boolean;
  /** The most that it adds to a prompt, for the budget. */
  mostTokens: number;
}

export interface Message {
  role: "system" | "user" | "assistant";
  content: string;
}

/** Writes the body of one request; `before` is what its conversation has so far. */
export function writeBody(
  shape: RequestShape,
  options: { prompt: string; outputTokens: number; before?: readonly Message[] },
): string {
  const { model, mode, usage, limitName, hasTemperature, extra } = shape;
  const { prompt, before = [] } = options;
  const running = usage === "running" ? { continuous_usage_stats: true } : {};
  return JSON.stringify({
    model,
    messages: [...before, { role: "user", content: prompt }],
    stream: true,
    ...(usage === "none" ? {} : { stream_options: { include_usage: true, ...running } }),
    [limitName]: options.outputTokens,
    // Greedy where only speed counts; a small model that must end by itself would repeat itself for ever.
    ...(hasTemperature ? { temperature: mode === "capacity" ? 0 : 0.6 } : {}),
    ...(mode === "capacity" ? { ignore_eos: true } : {}),
    ...extra,
  });
}

/** Writes the first message of a conversation, and what stands before it. */
export function beginConversation(
  { shared }: RequestShape,
  prompt: string,
): { prompt: string; before: Message[] } {
  if (shared === null) return { prompt, before: [] };
  if (shared.isFolded) return { prompt: `${shared.prompt}\n\n${prompt}`, before: [] };
  return { prompt, before: [{ role: "system", content: shared.prompt }] };
}

/** The fields that were put into a request here, and may be left out again; what the caller gave stays as it is. */
export function listOwnFields({ mode, usage, limitName, hasTemperature, extra }: RequestShape): OwnField[] {
  const isOwn = (...names: string[]) => names.every((name) => !(name in extra));
  const fields: OwnField[] = [];
  if (mode === "capacity" && isOwn("ignore_eos")) fields.push("ignore_eos");
  if (usage !== "none" && isOwn("stream_options")) fields.push("stream_options");
  if (usage === "running" && isOwn("stream_options")) fields.push("continuous_usage_stats");
  if (limitName === "max_tokens" && isOwn(...limitNames)) fields.push(limitName);
  if (hasTemperature && isOwn("temperature")) fields.push("temperature");
  return fields;
}

/** Writes requests without a field that the server refuses; the limit gets its other name. */
export function withoutField(shape: RequestShape, field: OwnField): RequestShape {
  switch (field) {
    case "ignore_eos":
      return { ...shape, mode: "natural" };
    case "continuous_usage_stats":
      return { ...shape, usage: "final" };
    case "stream_options":
      return { ...shape, usage: "none" };
    case "temperature":
      return { ...shape, hasTemperature: false };
    default:
      return { ...shape, limitName: otherLimit(field) };
  }
}
