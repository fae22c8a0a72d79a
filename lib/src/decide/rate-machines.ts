import type { DecideInput, Decision } from "./decide-types.ts";
import type { Machine } from "./list-machines.ts";
import type { RatedMachine } from "./machine-ways.ts";
import { ratesWithin, speedCurve } from "./speed-curve.ts";

/** Rates machines by what they serve within the latency target; those of which nothing can be said are left out, with the reason. */
export function rateMachines(
  machines: readonly Machine[],
  input: DecideInput,
): { rated: RatedMachine[]; leftOut: Decision["leftOut"] } {
  const gaps = new Map<string, Decision["leftOut"][number]>();
  const tight: { what: string; machine: string }[] = [];
  const rated = machines.flatMap((machine): RatedMachine[] => {
    const { gpu, gpuCount, bits, model } = machine;
    const curve = speedCurve(machine, input.load, input);
    if ("points" in curve) return [{ machine, curve, within: ratesWithin(curve, input.latencyTarget) }];
    for (const { reason, text } of curve) {
      gaps.set(text, { what: reason === "arithmetic" ? gpu.displayName : model.id, why: text });
    }
    if (curve.length === 0)
      tight.push({ what: `${model.id} in ${bits}`, machine: `${gpuCount} × ${gpu.displayName}` });
    return [];
  });
  const tightOnes = [...Map.groupBy(tight, ({ what }) => what)].map(([what, ones]) => {
    const names = ones.map(({ machine }) => machine).join(", ");
    return { what, why: `It fits ${names}, but leaves hardly any memory there for requests of this length.` };
  });
  return { rated, leftOut: [...gaps.values(), ...tightOnes] };
}
