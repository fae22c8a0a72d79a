import { fieldOf } from "./fields.ts";
import type { WireChunk } from "./wire-chunk.ts";

/**
 * Tells the answers of one stream apart: the first is 0, whatever number the server gives it.
 *
 * TGI 1.4 and Foundry Local count their chunks where the number of the answer belongs. Where one answer was asked for, that
 * is taken for one answer as long as each chunk has the next number.
 */
export function numberChoices(askedFor: number): (chunk: unknown) => (said: WireChunk) => WireChunk {
  let first: unknown;
  let counted: number | null = null;

  return (chunk) => {
    const choices = fieldOf(chunk, "choices");
    const index = Array.isArray(choices) ? fieldOf(choices[0], "index") : undefined;
    if (typeof index === "number") {
      const isNext = first === undefined ? askedFor === 1 : counted !== null && index === counted + 1;
      counted = isNext && Array.isArray(choices) && choices.length === 1 ? index : null;
      first ??= index;
    }
    const zero = counted === null ? first : index;
    return (said) => (zero === 0 ? said : renumber(said, zero));
  };
}

/** Makes the number of the first answer 0, and gives its number to the one that had that. */
function renumber(chunk: WireChunk, first: unknown): WireChunk {
  if (!("choice" in chunk) || typeof first !== "number") return chunk;
  if (chunk.choice === first) return { ...chunk, choice: 0 };
  return chunk.choice === 0 ? { ...chunk, choice: first } : chunk;
}
