import { loadSettings } from "workbook";
import { describeOpenRealPods } from "workbook/runpod";
import { findRehearsal } from "workbook-rehearsal";

/** Tells whether the target has an account that can be asked; a rehearsal has one only while it runs. */
export async function hasAccount(): Promise<boolean> {
  const { target, stateFolder } = loadSettings();
  return target !== "rehearsal" || (await findRehearsal(stateFolder)) !== null;
}

/** Says which real pods are on record as running, whatever the target; empty where there is none. */
export function describeRealPods(): string {
  return describeOpenRealPods(loadSettings());
}
