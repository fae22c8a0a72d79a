import { chartColors } from "../show/index.ts";

export const machineColor = chartColors.orange;
export const apiColor = chartColors.blue;

/** A what-if value with a slider below the chart. */
export function slider(
  name: string,
  value: number,
  bind: { name: string; min?: number; max: number; step: number },
): object {
  return { name, value, bind: { input: "range", min: bind.step, ...bind } };
}
