import { isDeepStrictEqual } from "node:util";
import { InputError } from "../../errors.ts";
import { cutText } from "../../words/index.ts";
import type { ComparableMeasurement } from "./comparison.ts";

// How much is measured may differ, and which random words the prompts are made of.
const mayDiffer = new Set([
  "seed",
  "streams",
  "requestsPerStream",
  "secondsPerLevel",
  "rampMs",
  "repeats",
  "warmUp",
  // What was asked for, and not done.
  "askedMode",
  "promptLengthFrom",
]);

/** Refuses two measurements that say nothing about each other, and names the field that differs. */
export function checkComparable(a: ComparableMeasurement, b: ComparableMeasurement): void {
  const caller = "compareMeasurements";
  if (isDeepStrictEqual(a, b)) {
    throw new InputError(`${caller}: both are the same measurement.`, {
      remedy: "Give the one of before the change and the one of after it.",
      field: "b",
    });
  }
  const differing = findDifference(a, b);
  if (differing !== null) {
    const { field, ofA, ofB } = differing;
    throw new InputError(`${caller}: ${field} is ${show(ofA)} in A and ${show(ofB)} in B.`, {
      remedy:
        field === "kind"
          ? "Simulated figures say nothing about measured ones: compare two of one kind."
          : `Measure again with the same ${field.split(".").at(-1)}: another load gives other figures on the same server.`,
      field,
    });
  }
  const [ofA, ofB] = [a, b].map(({ levels }) => levels.map(({ streams }) => streams));
  if (ofA?.some((streams) => ofB?.includes(streams)) === true) return;
  throw new InputError(
    `${caller}: no level is in both (streams of A: ${listLevels(ofA)}; of B: ${listLevels(ofB)}).`,
    { remedy: "Measure both with at least one number of streams in common.", field: "levels" },
  );
}

/** The first field that must be the same and is not; what only one of them has is `null` in the other. */
function findDifference(a: ComparableMeasurement, b: ComparableMeasurement) {
  if (a.kind !== b.kind) return { field: "kind", ofA: a.kind, ofB: b.kind };
  const [workloadA, workloadB] = [a, b].map(
    ({ workload }): Readonly<Record<string, unknown>> => ({ ...workload }),
  );
  for (const name of new Set([...Object.keys(workloadA ?? {}), ...Object.keys(workloadB ?? {})])) {
    const [ofA, ofB] = [workloadA?.[name] ?? null, workloadB?.[name] ?? null];
    if (!mayDiffer.has(name) && !isDeepStrictEqual(ofA, ofB)) return { field: `workload.${name}`, ofA, ofB };
  }
  return null;
}

function show(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return cutText(text, 60);
}

function listLevels(levels: readonly number[] | undefined): string {
  return levels === undefined || levels.length === 0 ? "none" : levels.join(", ");
}
