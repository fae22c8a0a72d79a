import type { Endpoint } from "../endpoint/index.ts";
import type { RunPodEndpoint, RunPodPod } from "./client/schemas.ts";
import { endpointKind } from "./endpoints/endpoint-kind.ts";
import type { ServerlessEndpoint } from "./endpoints/serverless-endpoint.ts";
import { watchEndpointStart } from "./endpoints/watch-endpoint-start.ts";
import { type PodOrId, podKind } from "./pods/pod.ts";
import { watchPodStart } from "./pods/watch-pod-start.ts";
import { type AccountOptions, openRunPod } from "./rental/open-runpod.ts";
import { findRecord, idOfRental } from "./rental/rental-kind.ts";
import { type StartingRental, waitForRental } from "./rental/wait-for-rental.ts";

/**
 * Waits until a pod, or a serverless endpoint, serves its model, and opens it; an endpoint is woken, which is paid for.
 *
 * By default it waits 30 minutes, and never past the deadline.
 *
 * @throws PodNotReadyError or EndpointNotReadyError that says why, what to do, what it still costs, and how to end it.
 */
export async function waitUntilReady(
  rented: PodOrId | ServerlessEndpoint,
  options: { timeoutMinutes?: number } & AccountOptions = {},
): Promise<Endpoint> {
  const context = await openRunPod(options);
  const { timeoutMinutes, signal } = options;
  const id = idOfRental(podKind, rented);
  const isEndpoint =
    (typeof rented === "object" && "maxWorkers" in rented) ||
    findRecord(context, endpointKind, id) !== undefined;
  if (isEndpoint) {
    const watchStart = (starting: StartingRental<RunPodEndpoint>) => watchEndpointStart(context, starting);
    return waitForRental(context, endpointKind, { id, watchStart, timeoutMinutes, signal });
  }
  const watchStart = (starting: StartingRental<RunPodPod>) => watchPodStart(context, starting);
  return waitForRental(context, podKind, { id, watchStart, timeoutMinutes, signal });
}
