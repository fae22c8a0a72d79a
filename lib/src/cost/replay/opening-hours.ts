const daySeconds = 86_400;
const weekSeconds = 7 * daySeconds;

/** A clock that stands still while the pods are away. All times in seconds, wall times since Monday, 0:00. */
export interface OpeningHours {
  /** Open time up to a wall time. */
  openUntil(wallSeconds: number): number;
  /** The first wall time at which work can go on that begins after so much open time. */
  wallAt(openSeconds: number): number;
  /** The wall time at which so much open time is over: at closing time that, and not the next opening. */
  doneAt(openSeconds: number): number;
  openSecondsPerWeek: number;
  /** A day that goes on at midnight where the one before ended is no opening. */
  openingsPerWeek: number;
}

/** Returns the clock of some hours on some days of each week (1 is Monday). */
export function openingHours(options: {
  fromHour: number;
  toHour: number;
  days: readonly number[];
}): OpeningHours {
  const from = options.fromHour * 3_600;
  const length = options.toHour * 3_600 - from;
  const days = [...options.days].sort((a, b) => a - b).map((day) => day - 1);
  const wallOf = (openSeconds: number, opening: number) => {
    const week = Math.floor(opening / days.length);
    const day = days[opening - week * days.length] ?? 0;
    return week * weekSeconds + day * daySeconds + from + (openSeconds - opening * length);
  };
  const openPerWeek = days.length * length;
  const goesOn = length === daySeconds;
  const opens = days.filter((day) => !(goesOn && days.includes((day + 6) % 7)));
  const daysBefore = Array.from({ length: 7 }, (_, day) => days.filter((open) => open < day).length);
  const isOpenOn = Array.from({ length: 7 }, (_, day) => days.includes(day));
  const split = (wallSeconds: number) => {
    const week = Math.floor(wallSeconds / weekSeconds);
    const inWeek = wallSeconds - week * weekSeconds;
    const day = Math.min(6, Math.floor(inWeek / daySeconds));
    return { week, day, inDay: inWeek - day * daySeconds };
  };
  return {
    openUntil(wallSeconds) {
      const { week, day, inDay } = split(wallSeconds);
      const today = isOpenOn[day] === true ? Math.min(Math.max(inDay - from, 0), length) : 0;
      return week * openPerWeek + (daysBefore[day] ?? 0) * length + today;
    },
    wallAt: (openSeconds) => wallOf(openSeconds, Math.floor(openSeconds / length)),
    doneAt: (openSeconds) => wallOf(openSeconds, Math.max(0, Math.ceil(openSeconds / length) - 1)),
    openSecondsPerWeek: openPerWeek,
    openingsPerWeek: opens.length,
  };
}
