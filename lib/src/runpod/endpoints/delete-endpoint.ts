import { showWaiting } from "../../show/index.ts";
import { type EndedRental, endRentalById } from "../rental/end-rental.ts";
import { type AccountOptions, openRunPod } from "../rental/open-runpod.ts";
import { idOfRental } from "../rental/rental-kind.ts";
import { type SweepOptions, type SweptPods, sweepRentals } from "../rental/sweep-rentals.ts";
import { endpointKind } from "./endpoint-kind.ts";
import type { EndpointOrId } from "./serverless-endpoint.ts";

/**
 * Deletes an endpoint of this workbook with its workers and says what it cost in dollars; one that is gone is no error.
 *
 * @throws WorkbookError where it is still there afterwards, InputError for an endpoint that this workbook did not make.
 */
export async function deleteEndpoint(
  endpoint: EndpointOrId,
  options: AccountOptions = {},
): Promise<EndedRental> {
  const id = idOfRental(endpointKind, endpoint);
  const context = await openRunPod(options);
  return showWaiting("Deleting the endpoint", () => endRentalById(context, endpointKind, id, options));
}

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
