import { isDeepStrictEqual } from "node:util";
import { selectWarnings } from "../../serving/index.ts";
import type { ComparableLevel, ComparableMeasurement, LevelPair } from "./comparison.ts";

// As much as tokenizers and estimates make of the same length.
const mostLengthRatio = 1.02;

/** Says what differs between two measurements of the same workload beside their figures. */
export function noteDifferences(
  a: ComparableMeasurement,
  b: ComparableMeasurement,
  pairs: readonly LevelPair[],
): string[] {
  const differing = (name: string, ofA: string | null, ofB: string | null) =>
    ofA === ofB ? [] : [`${name}: A has ${ofA ?? "none that is known"}, B ${ofB ?? "none that is known"}.`];
  const [imageA, imageB] = [a, b].map(({ evidence }) => evidence?.image ?? null);
  return [
    ...differing("Model", a.model, b.model),
    ...differing("Server", a.server, b.server),
    ...differing("GPU", nameGpu(a), nameGpu(b)),
    ...differing("Image", imageA ?? null, imageB ?? null),
    ...noteArguments(a, b),
    ...selectWarnings([
      [a.workload.warmUp !== b.workload.warmUp, `Only ${a.workload.warmUp ? "A" : "B"} was warmed up.`],
      [
        pairs.some(isFarApart((level) => level.inputTokensPerRequest)),
        "By the servers' counts the prompts are not equally long, so the times to the first token are for different work.",
      ],
      [
        pairs.some(isFarApart((level) => level.outputTokensPerRequest)),
        "The answers are not equally long, so the rates are for different work.",
      ],
    ]),
  ];
}

function nameGpu({ gpu }: ComparableMeasurement): string | null {
  return gpu === null ? null : `${gpu.count} × ${gpu.name}`;
}

function noteArguments({ evidence: ofA }: ComparableMeasurement, { evidence: ofB }: ComparableMeasurement) {
  const [a, b] = [ofA?.arguments ?? null, ofB?.arguments ?? null];
  if (a === null || b === null || isDeepStrictEqual(a, b)) return [];
  const [onlyA, onlyB] = [
    listFlags(a).filter(isNotIn(listFlags(b))),
    listFlags(b).filter(isNotIn(listFlags(a))),
  ];
  const say = (flags: readonly string[]) => (flags.length === 0 ? "none" : flags.join(" "));
  return [`Arguments of the server: only A has ${say(onlyA)}, only B ${say(onlyB)}.`];
}

/** Each flag with its values. */
function listFlags(given: readonly string[]): string[] {
  const flags: string[] = [];
  for (const argument of given) {
    const last = flags.at(-1);
    if (argument.startsWith("-") || last === undefined || !last.startsWith("-")) flags.push(argument);
    else flags[flags.length - 1] = `${last} ${argument}`;
  }
  return flags;
}

function isNotIn(flags: readonly string[]): (flag: string) => boolean {
  return (flag) => !flags.includes(flag);
}

function isFarApart(pick: (level: ComparableLevel) => { mean: number | null }): (pair: LevelPair) => boolean {
  return ([a, b]) => {
    const [ofA, ofB] = [pick(a).mean ?? 0, pick(b).mean ?? 0];
    return ofA > 0 && ofB > 0 && Math.max(ofA / ofB, ofB / ofA) > mostLengthRatio;
  };
}
