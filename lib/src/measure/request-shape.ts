import { seededRandom, seedOf } from "../seeded-random.ts";

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
  const running = usage === "running" ? { continuous_usage_stats: true } : {};
  return JSON.stringify({
    model,
    messages: [{ role: "user", content: options.prompt }],
    stream: true,
    ...(usage === "none" ? {} : { stream_options: { include_usage: true, ...running } }),
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

// Common short words: each is one token in the tokenizers of today's models, so that words can be counted as tokens.
const words = (
  "time year way day man thing woman life child world state group hand part place case week work night point " +
  "home water room area money story fact month lot right study book eye job word side kind head house power " +
  "hour game line end law car city name team idea body back level door art war party food land order north " +
  "music paper table river light sound glass field stone"
).split(" ");

/** Says which prompt is wanted: each combination gives another text from its first words on. */
export interface PromptKey {
  seed: number;
  /** For example `8 streams, repeat 1, warm-up`. */
  phase: string;
  index: number;
}

/**
 * Writes a prompt of so many words, drawn by its key: so practically nothing of it can come from a prefix cache.
 *
 * Two keys share a head only where their hashes of 32 bits agree: of ten thousand prompts about one pair in a hundred runs.
 */
export function writePrompt(key: PromptKey, wordCount: number): string {
  const random = seededRandom(seedOf(key.seed, key.phase, key.index));
  const chosen: string[] = [];
  while (chosen.length < wordCount) chosen.push(words[Math.floor(random() * words.length)] ?? "time");
  return chosen.join(" ");
}

/** The fewest words that keep one prompt apart from another. */
export const fewestPromptWords = 4;
