import { inWords } from "../words/index.ts";

/** Writes dollars for people: whole ones with commas, small ones with cents. */
export function sayUsd(usd: number): string {
  if (usd > 0 && usd < 0.01) return "less than a cent";
  return usd < 10 ? `$${usd.toFixed(2)}` : `$${inWords(Math.round(usd))}`;
}

/** Writes how many times: with two digits where it is small. */
export function sayTimes(factor: number): string {
  return `${factor < 10 ? Number(factor.toPrecision(2)) : inWords(Math.round(factor))} times`;
}

/** Writes a large number with three digits, such as `2,000,000` or `14,300`. */
export function sayAbout(number: number): string {
  return inWords(Number(number.toPrecision(3)));
}
