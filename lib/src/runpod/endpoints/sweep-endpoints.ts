import { type AccountOptions, openRunPod } from "../rental/open-runpod.ts";
import { type SweepOptions, type SweptPods, sweepRentals } from "../rental/sweep-rentals.ts";
import { endpointKind } from "./endpoint-kind.ts";

/**
 * Deletes this workbook's endpoints that nobody wants any more, and any workbook's that is past its deadline.
 *
 * It needs no journal: endpoints carry whose they are in their name and environment. Endpoints of no workbook are never
 * touched. With `dryRun` it only says what it would delete; with `everything` it deletes all of this workbook's.
 *
 * @throws WorkbookError where an endpoint that was to be deleted is still there.
 */
export async function sweepEndpoints(options: SweepOptions & AccountOptions = {}): Promise<SweptPods> {
  return sweepRentals(await openRunPod(options), endpointKind, options);
}
