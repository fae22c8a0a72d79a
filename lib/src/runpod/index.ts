export { checkModelAccess, type ModelAccess } from "../hub/check-model-access.ts";
export { fetchModelShape } from "../hub/fetch-model-shape.ts";
export type { GpuOffer } from "../serving/gpu-offer.ts";
export type { ModelShape } from "../serving/model-shape.ts";
export { type AccountCheck, checkAccount } from "./account/check-account.ts";
export { describeAccount } from "./account/describe-account.ts";
export { createRunPodClient } from "./client/client.ts";
export type { CreateEndpointBody, RunPodEndpoint, RunPodWorker } from "./client/endpoint-schemas.ts";
export { isNotFound, RunPodError } from "./client/runpod-error.ts";
export { isLoopbackUrl } from "./client/send-request.ts";
export { type CheckedPools, checkPools } from "./endpoints/check-pools.ts";
export {
  type DeletedEndpoint,
  deleteEndpoint,
  endEndpoint,
  findEndpoint,
} from "./endpoints/delete-endpoint.ts";
export { describeEndpointPlan } from "./endpoints/describe-endpoint-plan.ts";
export { drawEndpointStem, endpointVariables, readEndpointMarks } from "./endpoints/endpoint-name.ts";
export type { EndpointPlan } from "./endpoints/endpoint-plan.ts";
export type { EndpointPlanRequest } from "./endpoints/endpoint-request.ts";
export { countWorkers, type ListedEndpoint, listEndpoints } from "./endpoints/list-endpoints.ts";
export { planEndpoint } from "./endpoints/plan-endpoint.ts";
export { listServerlessPools, type PoolOffer } from "./endpoints/pool-offer.ts";
export {
  describeEndpoint,
  type EndpointOrId,
  endpointIdOf,
  mayStillCost,
  type ServerlessEndpoint,
} from "./endpoints/serverless-endpoint.ts";
export { loadBalancerLimits } from "./endpoints/serverless-limits.ts";
export { sweepEndpoints } from "./endpoints/sweep-endpoints.ts";
export { watchEndpoint } from "./endpoints/watch-endpoint.ts";
export { JournalError } from "./journal/journal.ts";
export { deleteLeftover } from "./leftovers/delete-leftover.ts";
export type { Leftover } from "./leftovers/leftover.ts";
export { listLeftovers } from "./leftovers/list-leftovers.ts";
export {
  connectionOf,
  fingerprintOfKey,
  openRunPodContext,
  type RunPodConnection,
  type RunPodContext,
} from "./life/context.ts";
export { type CreatePodOptions, createPod } from "./life/create-pod.ts";
export { CreatePodError } from "./life/create-pod-error.ts";
export { diagnoseLog } from "./life/diagnose-log.ts";
export { ensureSecret } from "./life/ensure-secret.ts";
export { extendPod } from "./life/extend-pod.ts";
export { followLog, type LogFollower } from "./life/follow-log.ts";
export { type ListedPod, listPods } from "./life/list-pods.ts";
export { openPodEndpoint } from "./life/open-pod-endpoint.ts";
export { describeOpenRealPods } from "./life/open-real-pods.ts";
export type { Pod, PodOrId } from "./life/pod.ts";
export { nameWithDeadline } from "./life/pod-name.ts";
export { PodNotReadyError, type PodProblem } from "./life/pod-not-ready-error.ts";
export { readCeiling } from "./life/price-candidates.ts";
export { type PodLog, readPodLog } from "./life/read-pod-log.ts";
export { armWatchdog, rearmWatchdogs } from "./life/rearm-watchdogs.ts";
export { requireTimeout } from "./life/require-timeout.ts";
export { type SweptPods, sweepPods } from "./life/sweep-pods.ts";
export { closeStem, type EndedPod, terminatePod } from "./life/terminate-pod.ts";
export { waitUntilReady } from "./life/wait-until-ready.ts";
export { describePlan } from "./pods/describe-plan.ts";
export { listGpus } from "./pods/list-gpus.ts";
export { planPod } from "./pods/plan-pod.ts";
export type { GpuCandidate, PlannedMemory, PodPlan } from "./pods/pod-plan.ts";
export { secretNameOf, secretPlaceholder } from "./pods/secret-name.ts";
