import { showWaiting } from "../../show/index.ts";
import { type AccountOptions, openRunPod } from "../rental/open-runpod.ts";
import { type SweepOptions, type SweptPods, sweepRentals } from "../rental/sweep-rentals.ts";
import { podKind } from "./pod-kind.ts";

/**
 * Ends what this workbook rented and nobody wants any more, and any workbook's pod that is past its deadline.
 *
 * It needs no journal: pods carry whose they are in their name and environment. Pods of no workbook are never touched.
 * With `dryRun` it only says what it would end; with `everything` it ends all of this workbook's pods, wanted or not.
 *
 * @throws WorkbookError where a pod that was to be ended still runs.
 */
export async function sweepPods(options: SweepOptions & AccountOptions = {}): Promise<SweptPods> {
  const context = await openRunPod(options);
  return showWaiting("Sweeping", () => sweepRentals(context, podKind, options));
}
