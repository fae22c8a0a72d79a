/** What may be shown of a text that is still being generated, and whether a stop string has ended it. */
export interface StopScan {
  /** Text that is safe to send now. */
  text: string;
  /** The stop string that was found, or `null`. */
  stop: string | null;
}

/**
 * Follows a growing text and withholds what could still turn out to be a stop string, as vLLM does.
 *
 * vLLM holds back a fixed number of characters, the longest stop string less one, whatever they are; the text is cut
 * before the stop string. Without stop strings everything passes at once.
 */
export function createStopScanner(stops: readonly string[]): {
  push(text: string): StopScan;
  /** The text that is still held back, once the generation has ended without a stop string. */
  rest(): string;
} {
  const heldBack = Math.max(0, ...stops.map((stop) => [...stop].length - 1));
  let pending = "";
  return {
    push(text) {
      pending += text;
      const hit = firstStop(pending, stops);
      if (hit !== null) {
        const before = pending.slice(0, hit.index);
        pending = "";
        return { text: before, stop: hit.stop };
      }
      const safeLength = lengthWithoutLast(pending, heldBack);
      const safe = pending.slice(0, safeLength);
      pending = pending.slice(safeLength);
      return { text: safe, stop: null };
    },
    rest() {
      const rest = pending;
      pending = "";
      return rest;
    },
  };
}

/**
 * Finds the stop string that is complete first, as vLLM does where one piece completes several; of two that end at the
 * same place, the first of the list. Older text was searched before, so a stop string can only begin in `pending`.
 */
function firstStop(pending: string, stops: readonly string[]): { stop: string; index: number } | null {
  let first: { stop: string; index: number } | null = null;
  let firstEnd = Number.POSITIVE_INFINITY;
  for (const stop of stops) {
    const index = pending.indexOf(stop);
    if (index < 0 || index + stop.length >= firstEnd) continue;
    first = { stop, index };
    firstEnd = index + stop.length;
  }
  return first;
}

/** Length of a text without its last characters; a character of two UTF-16 units counts as one and stays whole. */
function lengthWithoutLast(text: string, characters: number): number {
  let length = text.length;
  for (let left = characters; left > 0 && length > 0; left--) {
    const isPair = length > 1 && (text.codePointAt(length - 2) ?? 0) > 0xffff;
    length -= isPair ? 2 : 1;
  }
  return length;
}
