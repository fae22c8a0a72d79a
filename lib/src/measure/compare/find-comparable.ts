import { InputError } from "../../errors.ts";
import { compareMeasurements } from "./compare-measurements.ts";
import type { ComparableMeasurement } from "./comparison.ts";

/** Finds the first of some measurements that another one can be compared with; those of `loadMeasurements` begin with the newest. */
export function findComparable<Found extends ComparableMeasurement>(
  measurement: ComparableMeasurement,
  among: readonly Found[],
): Found | null {
  const isComparable = (other: Found) => {
    try {
      compareMeasurements(other, measurement);
      return true;
    } catch (error) {
      if (error instanceof InputError) return false;
      throw error;
    }
  };
  return among.find(isComparable) ?? null;
}
