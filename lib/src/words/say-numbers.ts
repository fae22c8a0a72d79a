import { inWords } from "./in-words.ts";

/** Writes dollars for people: whole ones with commas, small ones with cents. */
export function sayUsd(usd: number): string {
  if (usd > 0 && usd < 0.01) return "less than a cent";
  return usd < 10 ? `$${usd.toFixed(2)}` : `$${inWords(Math.round(usd))}`;
}

/** Writes a factor: with two digits where it is small. */
export function sayFactor(factor: number): string {
  return factor < 10 ? String(Number(factor.toPrecision(2))) : inWords(Math.round(factor));
}

/** Writes a span from its ends, which may be one: `3` or `3 to 5`. */
export function sayRange(first: string, last: string): string {
  return first === last ? first : `${first} to ${last}`;
}

/** Writes a large number with three digits, such as `2,000,000` or `14,300`. */
export function sayAbout(number: number): string {
  return inWords(Number(number.toPrecision(3)));
}
