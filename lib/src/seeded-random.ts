/**
 * Returns a generator of numbers in [0, 1) that repeats itself for the same seed.
 *
 * The algorithm is mulberry32: 32 bits of state, good enough to choose words, faults and arrivals, not for secrets.
 */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Returns the seed that belongs to a list of words and numbers: their FNV-1a hash of 32 bits. */
export function seedOf(...words: readonly (string | number)[]): number {
  let hash = 0x811c9dc5;
  for (const character of words.join("/")) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return hash;
}

/** Returns a seed for callers that gave none, so that two requests of the same second do not begin alike. */
export function randomSeed(): number {
  return Math.floor(Math.random() * 0xffff_ffff);
}
