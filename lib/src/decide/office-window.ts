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
  /** How often a week the machines start; days without a night between them are one. */
  openingsPerWeek: number;
}

/** An hour below this part of the busiest one is empty enough to close. */
const emptyPart = 0.2;

/** More waiting requests than these make a machine that closes no way of serving. */
const mostOutside = 0.25;

/** Finds the opening hours that a load calls for; `null` where it comes at all hours. */
export function findOfficeWindow({ hours }: Pick<Load, "hours">): OfficeWindow | null {
  const busy = hours.flatMap((part, hour) => (part >= emptyPart ? [hour] : []));
  const ofDay = busy.map((hour) => hour % 24);
  const days = [...new Set(busy.map((hour) => Math.floor(hour / 24) + 1))];
  const [fromHour, toHour] = [Math.min(...ofDay), Math.max(...ofDay) + 1];
  const hoursPerWeek = (toHour - fromHour) * days.length;
  const isOpen = (hour: number) =>
    hour % 24 >= fromHour && hour % 24 < toHour && days.includes(Math.floor(hour / 24) + 1);
  const sum = (parts: readonly number[]) => parts.reduce((total, part) => total + part, 0);
  const shareOutside = sum(hours.filter((_, hour) => !isOpen(hour))) / sum(hours);
  if (hoursPerWeek >= hours.length || shareOutside > mostOutside) return null;
  const goesOn = toHour - fromHour === 24;
  const openings = days.filter((day) => !(goesOn && days.includes(day === 1 ? 7 : day - 1)));
  return {
    fromHour,
    toHour,
    days,
    shareOutside,
    hoursPerWeek,
    openingsPerWeek: Math.max(1, openings.length),
  };
}
