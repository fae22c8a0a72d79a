import { seededRandom } from "workbook/seeded-random";
import type { Json, Shape } from "./shape.ts";

const day = "2026-01-01";
const dates = { "date-time": `${day}T12:00:00Z`, time: "12:00:00Z", date: day };

/** Writes a value of a shape as JSON; the same seed gives the same. Its texts say that they are simulated. */
export function writeInstance(shape: Shape, seed: number): string {
  const random = seededRandom(seed);
  const pick = <Value>(values: readonly Value[]): Value | undefined =>
    values[Math.floor(random() * values.length)];
  const write = (inner: Shape): Json => {
    switch (inner.kind) {
      case "one-of":
        return pick(inner.values) ?? null;
      case "text":
        return "simulated".padEnd(inner.fewest, ".").slice(0, inner.most);
      case "number":
        return Math.floor(random() * 100);
      case "date":
        return dates[inner.format];
      case "list": {
        const { first, rest, fewest } = inner;
        const more = rest === null ? 0 : Math.max(1, fewest - first.length);
        const items = [...first, ...Array.from({ length: more }, () => rest)];
        return items.flatMap((item) => (item === null ? [] : [write(item)])).slice(0, inner.most);
      }
      case "object": {
        const { entries, rest, openNames } = inner;
        const open = Array.from(
          { length: openNames },
          (_, index) => [`simulated${index + 1}`, rest] as const,
        );
        return Object.fromEntries(
          [...entries, ...open].flatMap(([name, value]) => (value === null ? [] : [[name, write(value)]])),
        );
      }
      case "either":
        return write(pick(inner.shapes) ?? { kind: "one-of", values: [null] });
    }
  };
  return JSON.stringify(write(shape));
}
