import { findModel } from "../facts/index.ts";

const example = "meta-llama/Llama-3.3-70B-Instruct";

/** Returns the model that is wanted, such as `MODEL` of the settings, where the workbook's table has it; else an example. */
export function modelToDecide(wanted: string | null): string {
  return (wanted === null ? null : findModel(wanted)?.id) ?? example;
}
