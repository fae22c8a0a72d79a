import { isDeepStrictEqual } from "node:util";
import { averageApiPrices } from "./api-bill.ts";
import { type Assessment, assessBreakEven } from "./assess-break-even.ts";
import { type AssessmentInput, readRanges } from "./assess-input.ts";
import { groupUsdPerHour } from "./machine-bill.ts";
import { drawFigures } from "./rank-inputs.ts";

/** An assessment with some of its figures changed, and the side of the comparison on which the change acts. */
export interface WhatIf {
  what: string;
  side: "API" | "machine" | "both" | "neither";
  /** What is changed, and where: `half of the prompts cached (on both sides)`. */
  label: string;
  assessment: Assessment;
}

/** Names a change of some figures of an assessment. */
export type WhatIfChange = Partial<AssessmentInput> & { what: string };

const sideWords: Readonly<Record<WhatIf["side"], string>> = {
  API: "at the API only",
  machine: "on the machine only",
  both: "on both sides",
  neither: "changes neither side",
};

/**
 * Assesses a case again with each of some changes alone, and says on which side each acts: by its effect, whatever was meant.
 *
 * A cache for which the API has no lower price acts on the machine only, and a batch at the API only.
 *
 * @throws InputError as `assessBreakEven` does.
 */
export function assessWhatIfs(input: AssessmentInput, changes: readonly WhatIfChange[]): WhatIf[] {
  const before = sidesOf(input);
  return changes.map(({ what, ...change }) => {
    const changed = { ...input, ...change };
    const after = sidesOf(changed);
    const [api, machine] = [
      !isDeepStrictEqual(before.api, after.api),
      !isDeepStrictEqual(before.machine, after.machine),
    ];
    const side = api && machine ? "both" : api ? "API" : machine ? "machine" : "neither";
    const label = Object.keys(change).length === 0 ? what : `${what} (${sideWords[side]})`;
    return { what, side, label, assessment: assessBreakEven(changed) };
  });
}

/** What each side's bill follows from, at the lowest, usual and highest figures. */
function sidesOf(input: AssessmentInput): { api: unknown; machine: unknown } {
  const { spareGroups = 0, capacity, latencyTarget, gpu, gpuCount, model, outputTokensPerSecond } = input;
  const ranges = readRanges(input);
  const numbers = (["lowest", "typical", "highest"] as const).map(
    (end) => drawFigures({ ranges, spareGroups, rates: null }, end).numbers,
  );
  const load = numbers.map(({ inputTokensPerOutputToken: mix }) => ({ mix, outputTokensPerSecond }));
  const prices = numbers.map((one) => {
    const { inputUsdPerMillion, outputUsdPerMillion } = averageApiPrices(one);
    return [inputUsdPerMillion * one.inputTokensPerOutputToken, outputUsdPerMillion];
  });
  const bills = numbers.map((one) => ({
    group: groupUsdPerHour(one),
    people: one.peopleUsdPerMonth / one.hoursPerMonth,
    hours: one.hoursPerMonth,
    cached: one.inputTokensPerOutputToken * (one.ownCachedInputShare ?? one.cachedInputShare),
  }));
  return {
    api: [load, prices],
    machine: [load, bills, spareGroups, capacity, latencyTarget, gpu, gpuCount, model],
  };
}
