export { type AccountCheck, checkAccount } from "./account/check-account.ts";
export { deleteLeftover } from "./account/delete-leftover.ts";
export { describeAccount } from "./account/describe-account.ts";
export type { Leftover } from "./account/leftover.ts";
export { listLeftovers } from "./account/list-leftovers.ts";
export { createRunPodClient } from "./client/client.ts";
export { RunPodError } from "./client/runpod-error.ts";
export { createEndpoint } from "./endpoints/create-endpoint.ts";
export { CreateEndpointError } from "./endpoints/create-endpoint-error.ts";
export { type DeletedEndpoint, deleteEndpoint } from "./endpoints/delete-endpoint.ts";
export { EndpointNotReadyError } from "./endpoints/endpoint-not-ready-error.ts";
export {
  describeEndpointPlan,
  type EndpointPlan,
  type EndpointPlanRequest,
} from "./endpoints/endpoint-plan.ts";
export { type ListedEndpoint, listEndpoints } from "./endpoints/list-endpoints.ts";
export { openServerlessEndpoint } from "./endpoints/open-serverless-endpoint.ts";
export { planEndpoint } from "./endpoints/plan-endpoint.ts";
export { listServerlessPools, type PoolOffer } from "./endpoints/pool-offer.ts";
export type { EndpointOrId, ServerlessEndpoint } from "./endpoints/serverless-endpoint.ts";
export { sweepEndpoints } from "./endpoints/sweep-endpoints.ts";
export { waitUntilEndpointReady } from "./endpoints/wait-until-endpoint-ready.ts";
export { watchEndpoint } from "./endpoints/watch-endpoint.ts";
export { JournalError } from "./journal/journal.ts";
export { type CreatePodOptions, createPod } from "./pods/create-pod.ts";
export { CreatePodError } from "./pods/create-pod-error.ts";
export { extendPod } from "./pods/extend-pod.ts";
export { listGpus } from "./pods/list-gpus.ts";
export { type ListedPod, listPods } from "./pods/list-pods.ts";
export { openPodEndpoint } from "./pods/open-pod-endpoint.ts";
export { planPod } from "./pods/plan-pod.ts";
export type { Pod, PodOrId } from "./pods/pod.ts";
export { PodNotReadyError } from "./pods/pod-not-ready-error.ts";
export { describePlan, type PodPlan, type PodPlanRequest } from "./pods/pod-plan.ts";
export { type PodLog, readPodLog } from "./pods/read-pod-log.ts";
export { secretNameOf, secretPlaceholder } from "./pods/secret-name.ts";
export { type EndedPod, terminatePod } from "./pods/terminate-pod.ts";
export {
  connectionOf,
  openRunPodContext,
  type RunPodConnection,
  type RunPodContext,
} from "./rental/context.ts";
export { describeOpenRealPods } from "./rental/open-real-pods.ts";
export { rearmWatchdogs } from "./rental/rearm-watchdogs.ts";
export { type SweptPods, sweepPods } from "./rental/sweep-rentals.ts";
export { waitUntilReady } from "./rental/wait-until-ready.ts";
