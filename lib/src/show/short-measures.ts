import { isPlainObject } from "./table-rows.ts";

/** Names that end in a unit of what is measured; a clock gives more digits than the measurement means. */
const measured =
  /(?:[a-z\d](?:Ms|Seconds|Minutes|Hours|Mb|Gb|Gib)|Per(?:Second|Event)|(?:^|_)(?:ms|seconds|minutes|hours|mb|gb|gib))$/;
const price = /usd|price|cost/i;
/** A larger number is a moment rather than a duration. */
const largest = 1_000_000;
const mostDecimals = 3;
const significantDigits = 3;
const mostItems = 100;
const deepest = 6;

/**
 * Returns a copy of plain objects and lists in which measured numbers, by the names of their units, are rounded to three
 * digits and never before the point; all else is what it was.
 */
export function shortenMeasures(value: unknown, name = ""): unknown {
  return shorten(value, { isMeasured: isMeasure(name), depth: 0, copies: new Map() });
}

/** Says whether a name ends in the unit of something measured. */
export function isMeasure(name: string): boolean {
  return measured.test(name) && !price.test(name);
}

interface Place {
  isMeasured: boolean;
  depth: number;
  /** Of what was seen already: an object may contain itself. */
  copies: Map<object, object>;
}

function shorten(value: unknown, place: Place): unknown {
  if (typeof value === "number") return place.isMeasured ? shortenMeasure(value) : value;
  if (typeof value !== "object" || value === null || place.depth === deepest) return value;
  const isList = Array.isArray(value) && Object.getPrototypeOf(value) === Array.prototype;
  if (!isList && !isPlainObject(value)) return value;
  if (Object.keys(value).length > mostItems) return value;
  const known = place.copies.get(value);
  if (known !== undefined) return known;
  const copy: object = isList ? [] : Object.create(Object.getPrototypeOf(value));
  place.copies.set(value, copy);
  for (const name of Reflect.ownKeys(value)) {
    const own = Object.getOwnPropertyDescriptor(value, name) ?? {};
    const isMeasured = place.isMeasured || (typeof name === "string" && isMeasure(name));
    const inside = { ...place, isMeasured, depth: place.depth + 1 };
    Object.defineProperty(copy, name, "value" in own ? { ...own, value: shorten(own.value, inside) } : own);
  }
  return copy;
}

function shortenMeasure(value: number): number {
  if (Math.abs(value) >= largest || Number(value.toFixed(mostDecimals)) === value) return value;
  const isLarge = Math.abs(value) >= 10 ** (significantDigits - 1);
  return isLarge ? Math.round(value) : Number(value.toPrecision(significantDigits));
}
