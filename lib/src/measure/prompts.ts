import { seededRandom, seedOf } from "../seeded-random.ts";

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
