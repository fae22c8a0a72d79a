/** Office hours: Monday (1) to Friday, from 9:00 to 18:00. */
export const officeHours: { fromHour: number; toHour: number; days: readonly number[] } = {
  fromHour: 9,
  toHour: 18,
  days: [1, 2, 3, 4, 5],
};

// By hour of the day, from 0:00; made up, after the shape that services for offices have.
const weekday = [
  0.1, 0.08, 0.06, 0.06, 0.06, 0.08, 0.15, 0.3, 0.6, 0.95, 1, 1, 0.8, 0.9, 1, 1, 0.9, 0.7, 0.45, 0.35, 0.3,
  0.25, 0.2, 0.15,
];
const weekend = weekday.map((share) => Math.max(0.05, share * 0.25));

/** A made-up week of a service for offices: for each hour from Monday, 0:00, the part of the busiest hour's load. */
export const officeWeek: readonly number[] = [1, 2, 3, 4, 5, 6, 7].flatMap((day) =>
  officeHours.days.includes(day) ? weekday : weekend,
);
