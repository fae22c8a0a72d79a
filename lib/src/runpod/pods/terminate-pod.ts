import { showWaiting } from "../../show/index.ts";
import { type EndedRental, endRentalById } from "../rental/end-rental.ts";
import { type AccountOptions, openRunPod } from "../rental/open-runpod.ts";
import { idOfRental } from "../rental/rental-kind.ts";
import type { PodOrId } from "./pod.ts";
import { podKind } from "./pod-kind.ts";

/**
 * Ends a pod of this workbook for good, reads back that it is gone, and says what it cost in dollars.
 *
 * Ending it twice is no error, and neither is a pod that is gone already.
 *
 * @throws WorkbookError where it is still there afterwards, InputError for a pod that this workbook did not rent.
 */
export async function terminatePod(pod: PodOrId, options: AccountOptions = {}): Promise<EndedRental> {
  const id = idOfRental(podKind, pod);
  const context = await openRunPod(options);
  return showWaiting("Ending the pod", () => endRentalById(context, podKind, id, options));
}
