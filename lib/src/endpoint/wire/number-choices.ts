import type { WireChunk } from "./wire-chunk.ts";

/**
 * Tells which number the first answer of a stream has in a chunk, of which the first choice has this `index`.
 *
 * TGI 1.4 and Foundry Local count their chunks where the number of the answer belongs. Where one answer was asked for, that
 * is taken for one answer as long as each chunk has the next number.
 */
export function numberChoices(askedFor: number): (index: unknown, isOnly: boolean) => unknown {
  let first: unknown;
  let counted: number | null = null;

  return (index, isOnly) => {
    if (typeof index !== "number") return first;
    const isNext = first === undefined ? askedFor === 1 : counted !== null && index === counted + 1;
    counted = isNext && isOnly ? index : null;
    first ??= index;
    return counted ?? first;
  };
}

/** Makes the number of the first answer 0, and gives its number to the one that had that. */
export function renumber(chunk: WireChunk, first: unknown): WireChunk {
  if (!("choice" in chunk) || typeof first !== "number") return chunk;
  if (chunk.choice === first) return { ...chunk, choice: 0 };
  return chunk.choice === 0 ? { ...chunk, choice: first } : chunk;
}
