import { showWaiting } from "../../show/index.ts";
import { type EndedRental, endRentalById } from "../rental/end-rental.ts";
import { type AccountOptions, openRunPod } from "../rental/open-runpod.ts";
import { idOfRental } from "../rental/rental-kind.ts";
import { type SweepOptions, type SweptPods, sweepRentals } from "../rental/sweep-rentals.ts";
import { type PodOrId, podKind } from "./pod.ts";

/**
 * Ends a pod of this workbook for good and says what it cost in dollars; a pod that is gone already is no error.
 *
 * @throws WorkbookError where it is still there afterwards, InputError for a pod that this workbook did not rent.
 */
export async function terminatePod(pod: PodOrId, options: AccountOptions = {}): Promise<EndedRental> {
  const id = idOfRental(podKind, pod);
  const context = await openRunPod(options);
  return showWaiting("Ending the pod", () => endRentalById(context, podKind, id, options));
}

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
