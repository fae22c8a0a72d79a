import { InputError } from "../errors.ts";
import { hoursPerMonth } from "../facts/index.ts";
import { inWords } from "../words/index.ts";
import { officeWeek } from "./office-hours.ts";
import type { Trace } from "./trace.ts";

export const hoursPerWeek = 168;
export const weeksPerMonth = hoursPerMonth / hoursPerWeek;
export const weekSeconds = hoursPerWeek * 3_600;

/** A made-up week has at most so many requests: more are thinned. */
export const mostInWeek = 1_000_000;

/** Says that a made-up week has fewer requests than the load. */
export function describeThinned(perWeek: number): string {
  return `A replay takes ${inWords(mostInWeek)} of the ${inWords(Math.round(perWeek))} requests of a week (traceShare).`;
}

/** When requests come: evenly, as in an office, or a part for each hour of the week from Monday, 0:00, on any scale. */
export type LoadHours = "always" | "office" | readonly number[];

/** Turns hours into 168 parts of which the busiest is 1; throws an InputError that says what is wrong with them. */
export function settleHours(caller: string, hours: unknown): readonly number[] {
  if (hours === "always") return Array.from({ length: hoursPerWeek }, () => 1);
  if (hours === "office") return officeWeek;
  const refuse = (problem: string) =>
    new InputError(`${caller}: ${problem}.`, {
      remedy:
        'Give hours "always", "office", or 168 numbers of at least 0: one for each hour of the week from Monday, 0:00, on any scale.',
      problem: "out-of-range",
      field: "hours",
    });
  if (!Array.isArray(hours)) throw refuse(`hours is ${typeof hours === "string" ? `"${hours}"` : hours}`);
  if (hours.length !== hoursPerWeek) throw refuse(`hours has ${hours.length} numbers`);
  const wrong = hours.findIndex((part) => !(Number.isFinite(part) && part >= 0));
  if (wrong !== -1) throw refuse(`hour ${wrong} of hours is ${String(hours[wrong])}`);
  const busiest = Math.max(...hours);
  if (busiest === 0) throw refuse("all 168 hours are 0");
  return hours.map((part: number) => part / busiest);
}

/** Counts the requests of a trace by the hour of the week, those of several weeks together. */
export function countByHour({ arrivalSeconds, startSecondOfWeek }: Trace): Float64Array {
  const counts = new Float64Array(hoursPerWeek);
  for (const arrival of arrivalSeconds) {
    const hour = Math.floor((startSecondOfWeek + arrival) / 3_600) % hoursPerWeek;
    counts[hour] = (counts[hour] ?? 0) + 1;
  }
  return counts;
}
