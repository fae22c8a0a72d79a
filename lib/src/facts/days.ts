import { InputError } from "../errors.ts";

/** Returns whether a text is a calendar day such as `2026-11-23`. */
export function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text;
}

/** Refuses what is no calendar day, by the name of its field. */
export function requireDay(caller: string, field: string, text: string): void {
  if (isDay(text)) return;
  throw new InputError(`${caller}: ${field} is ${JSON.stringify(text)}, which is not a calendar day.`, {
    remedy: `Give ${field} a day such as "2026-11-23".`,
  });
}

/** Counts the days from one calendar day to another; below 0 where the second lies before the first. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}
