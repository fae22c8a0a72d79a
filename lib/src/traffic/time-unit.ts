import { InputError } from "../errors.ts";
import { inWords } from "../words/index.ts";

/** The unit of times that are numbers. */
export type TimeUnit = "seconds" | "milliseconds" | "microseconds" | "nanoseconds";

/** How many of each unit a second has. */
export const perSecond: Readonly<Record<TimeUnit, number>> = {
  seconds: 1,
  milliseconds: 1e3,
  microseconds: 1e6,
  nanoseconds: 1e9,
};

const units = ["seconds", "milliseconds", "microseconds", "nanoseconds"] as const;
// Numbers of seconds since 1970 have been above this since 2001; a trace that counts from its beginning never gets there.
export const leastEpochSeconds = 1e9;
// The year 2100.
const mostEpochSeconds = 4.1e9;
const daySeconds = 86_400;

/** Tells the unit of a number that counts from 1970, by its size: those of years from 2001 to 2099; else `null`. */
export function epochUnit(value: number): TimeUnit | null {
  return (
    units.find(
      (unit) => value >= leastEpochSeconds * perSecond[unit] && value < mostEpochSeconds * perSecond[unit],
    ) ?? null
  );
}

/** What is known of the numbers in the column of times. */
export interface TimeNumbers {
  file: string;
  /** The name of the column, cut. */
  column: string;
  first: number;
  least: number;
  most: number;
  count: number;
  /** Whether all are whole numbers. */
  areWhole: boolean;
}

/**
 * Chooses the unit of times that are numbers: as the caller says, by their size where they count from 1970, by the name of
 * their column, else by which unit gives a plausible trace; the note says what was taken where another is possible.
 *
 * @throws InputError where the unit makes them times of the far future.
 */
export function chooseTimeUnit(
  numbers: TimeNumbers,
  known: { given: TimeUnit | null; named: TimeUnit | null; usual: TimeUnit },
): { unit: TimeUnit; note: string | null } {
  const chosen = known.given === null ? findUnit(numbers, known) : { unit: known.given, note: null };
  refuseImpossible(numbers, chosen.unit);
  return chosen;
}

function findUnit(
  numbers: TimeNumbers,
  { named, usual }: { named: TimeUnit | null; usual: TimeUnit },
): { unit: TimeUnit; note: string | null } {
  const bySize = epochUnit(numbers.first);
  if (bySize !== null) {
    const differs = named !== null && named !== bySize;
    const reason = `its name says ${named}, but numbers of that size are ${bySize} since 1970`;
    return { unit: bySize, note: differs ? sayTaken(numbers, bySize, { reason, other: named }) : null };
  }
  if (named !== null) {
    const other = isPlausible(numbers, named)
      ? null
      : (units.find((unit) => isPlausible(numbers, unit)) ?? null);
    const reason = "as its name says, though that makes an unlikely trace";
    return { unit: named, note: other === null ? null : sayTaken(numbers, named, { reason, other }) };
  }
  const unit = guessUnit(numbers, usual);
  // One moment is the same in all units.
  if (numbers.most === numbers.least) return { unit, note: null };
  const other = units[Math.max(1, units.indexOf(unit)) - (unit === "seconds" ? 0 : 1)] ?? "milliseconds";
  return { unit, note: sayTaken(numbers, unit, { reason: "nothing in the file tells their unit", other }) };
}

function refuseImpossible({ file, column, first }: TimeNumbers, unit: TimeUnit): void {
  const seconds = first / perSecond[unit];
  if (seconds < mostEpochSeconds) return;
  const year = inWords(Math.round(1970 + seconds / (365.25 * daySeconds)));
  const bySize = epochUnit(first);
  throw new InputError(`loadTrace: ${file}: as ${unit}, ${column} ${first} is a time of the year ${year}.`, {
    remedy:
      bySize === null
        ? "Say which unit the times have, by timeUnit, or write them such as 2026-11-23T09:00:00Z."
        : `Numbers of that size are ${bySize} since 1970: give timeUnit: "${bySize}", or leave timeUnit out.`,
    field: "timeUnit",
  });
}

// A guess needs some requests: two have no rate.
const fewRequests = 10;

function guessUnit(numbers: TimeNumbers, usual: TimeUnit): TimeUnit {
  const span = numbers.most - numbers.least;
  // Parts of a millisecond are rare, and nobody publishes a trace of ten seconds whose numbers would make an hour.
  const isRather = usual === "milliseconds" && (!numbers.areWhole || (span < 10_000 && span >= 3_600));
  const first = isRather ? "seconds" : usual;
  return [first, ...units].find((unit) => isPlausible(numbers, unit)) ?? first;
}

/** Tells whether the requests would come at a rate, and over a span, as recorded traces have them. */
function isPlausible({ least, most, count }: TimeNumbers, unit: TimeUnit): boolean {
  if (count < fewRequests) return true;
  const spanSeconds = (most - least) / perSecond[unit];
  const rate = count / spanSeconds;
  const isSparse = spanSeconds > 2 * daySeconds && rate < 1 / 60;
  return spanSeconds >= 1 && rate <= 1_000 && !isSparse && spanSeconds < 3_650 * daySeconds;
}

function sayTaken(
  { column, least, most }: TimeNumbers,
  unit: TimeUnit,
  { reason, other }: { reason: string; other: TimeUnit },
): string {
  const lasts = (one: TimeUnit) => inSpan((most - least) / perSecond[one]);
  return (
    `Its times were read as ${unit}; give timeUnit: "${other}" where they are not. ` +
    `So it lasts ${lasts(unit)}, else ${lasts(other)} (${column}: ${reason}).`
  );
}

function inSpan(seconds: number): string {
  const sizes = [
    [daySeconds, "days"],
    [3_600, "hours"],
    [60, "minutes"],
  ] as const;
  const [size, name] = sizes.find(([least]) => seconds >= 2 * least) ?? ([1, "seconds"] as const);
  return `${Number((seconds / size).toPrecision(3))} ${name}`;
}
