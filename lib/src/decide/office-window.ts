import { sum } from "../statistics.ts";
import type { Load } from "../traffic/index.ts";

/** The same hours on some days of a week, in which nearly all of a load comes. */
export interface OfficeWindow {
  fromHour: number;
  toHour: number;
  /** 1 is Monday. */
  days: readonly number[];
  /** Part of the requests that come outside and wait for the next opening. */
  shareOutside: number;
  hoursPerWeek: number;
  /** How often a week the machines start; a day that goes on at midnight is no opening. */
  openingsPerWeek: number;
}

/** A window that closes for less of the week than this saves too little to be worth its waits. */
const mostHours = 134;

/** More waiting requests than these make a machine that closes no way of serving. */
const mostOutside = 0.25;

/** Hours with more than half of the mean load are not empty. */
const mostDensity = 0.5;

/**
 * Finds the shortest opening hours outside of which at most half of the requests come that may be late: the other half is for
 * waits inside the hours. Where there are none, those outside of which a quarter comes; `null` where a load comes at all hours.
 */
export function findOfficeWindow({ hours }: Pick<Load, "hours">, shareLate: number): OfficeWindow | null {
  const windows = listWindows(hours)
    .filter(({ hoursPerWeek }) => hoursPerWeek <= mostHours)
    .filter(
      ({ shareOutside, hoursPerWeek }) => shareOutside <= mostDensity * (1 - hoursPerWeek / hours.length),
    )
    .toSorted((one, other) => one.hoursPerWeek - other.hoursPerWeek);
  const shortest = (share: number) => windows.find(({ shareOutside }) => shareOutside <= share + 1e-9);
  return shortest(shareLate / 2) ?? shortest(mostOutside) ?? null;
}

/** Every span of hours, on the busiest day, the two busiest, and so on. */
function listWindows(hours: readonly number[]): OfficeWindow[] {
  const all = sum(hours);
  const days = Array.from({ length: 7 }, (_, day) => ({
    day: day + 1,
    hours: hours.slice(day * 24, (day + 1) * 24),
  }));
  const busiest = days.toSorted((one, other) => sum(other.hours) - sum(one.hours) || one.day - other.day);
  return busiest.flatMap((_, last) => {
    const open = busiest.slice(0, last + 1);
    const byHour = Array.from({ length: 24 }, (__, hour) => sum(open.map((day) => day.hours[hour] ?? 0)));
    const names = open.map(({ day }) => day).toSorted((one, other) => one - other);
    return byHour.flatMap((__, fromHour) =>
      byHour.slice(fromHour).map((___, length): OfficeWindow => {
        const toHour = fromHour + length + 1;
        const goesOn = toHour - fromHour === 24;
        const openings = names.filter((day) => !(goesOn && names.includes(day === 1 ? 7 : day - 1)));
        return {
          fromHour,
          toHour,
          days: names,
          shareOutside: 1 - sum(byHour.slice(fromHour, toHour)) / all,
          hoursPerWeek: (toHour - fromHour) * names.length,
          openingsPerWeek: openings.length,
        };
      }),
    );
  });
}
