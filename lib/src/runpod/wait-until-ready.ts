import type { Endpoint } from "../endpoint/index.ts";
import { endpointKind } from "./endpoints/endpoint-kind.ts";
import type { ServerlessEndpoint } from "./endpoints/serverless-endpoint.ts";
import { watchEndpointStart } from "./endpoints/watch-endpoint-start.ts";
import type { PodOrId } from "./pods/pod.ts";
import { podKind } from "./pods/pod-kind.ts";
import { watchPodStart } from "./pods/watch-pod-start.ts";
import { findRecord } from "./rental/find-rental.ts";
import { type AccountOptions, openRunPod } from "./rental/open-runpod.ts";
import { idOfRental } from "./rental/rental-kind.ts";
import { waitForRental } from "./rental/wait-for-rental.ts";

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
  const isEndpoint = isServerless(rented) || findRecord(context, endpointKind, id) !== undefined;
  return isEndpoint
    ? waitForRental(context, endpointKind, {
        id,
        timeoutMinutes,
        signal,
        watchStart: (starting) => watchEndpointStart(context, starting),
      })
    : waitForRental(context, podKind, {
        id,
        timeoutMinutes,
        signal,
        watchStart: (starting) => watchPodStart(context, starting),
      });
}

function isServerless(rented: PodOrId | ServerlessEndpoint): rented is ServerlessEndpoint {
  return typeof rented === "object" && "maxWorkers" in rented;
}
