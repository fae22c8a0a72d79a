/**
 * Returns a generator of numbers in [0, 1) that repeats itself for the same words (splitmix32 over an FNV-1a hash).
 *
 * For prompts and arrivals, not for secrets.
 */
export function seededNumbers(...words: readonly (string | number)[]): () => number {
  let state = 0x811c9dc5;
  for (const character of words.join("/")) {
    state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 4_294_967_296;
  };
}
