export { checkModelAccess, type ModelAccess } from "../hub/check-model-access.ts";
export { fetchModelShape } from "../hub/fetch-model-shape.ts";
export { createRunPodClient, type RunPodClient } from "./client/client.ts";
export type { CreateEndpointBody, RunPodEndpoint, RunPodWorker } from "./client/endpoint-schemas.ts";
export { isNotFound, RunPodError } from "./client/runpod-error.ts";
export type { RunPodGpuType } from "./client/schemas.ts";
export { isLoopbackUrl } from "./client/send-request.ts";
export {
  type DeletedEndpoint,
  deleteEndpoint,
  endEndpoint,
  findEndpoint,
} from "./endpoints/delete-endpoint.ts";
export { drawEndpointStem, endpointVariables, readEndpointMarks } from "./endpoints/endpoint-name.ts";
export { countWorkers, type ListedEndpoint, listEndpoints } from "./endpoints/list-endpoints.ts";
export {
  describeEndpoint,
  type EndpointOrId,
  endpointIdOf,
  mayStillCost,
  type ServerlessEndpoint,
} from "./endpoints/serverless-endpoint.ts";
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
export { type AccountCheck, checkAccount } from "./plan/check-account.ts";
export { describeAccount } from "./plan/describe-account.ts";
export { describePlan } from "./plan/describe-plan.ts";
export type { GpuOffer } from "./plan/gpu-offer.ts";
export { listGpus } from "./plan/list-gpus.ts";
export { requireModelName } from "./plan/model-name.ts";
export { checkModelShape, findModelShape, type ModelShape, readModelShape } from "./plan/model-shape.ts";
export { planPod } from "./plan/plan-pod.ts";
export type { PodPlanRequest } from "./plan/plan-request.ts";
export { planServer, type ServerPlan } from "./plan/plan-server.ts";
export { computePodCost, storageUsdPerHour } from "./plan/pod-cost.ts";
export type { PlannedMemory, PodPlan } from "./plan/pod-plan.ts";
export { secretNameOf, secretPlaceholder } from "./plan/secret-name.ts";
export { joinArguments, memoryShare, serverPort } from "./plan/vllm-arguments.ts";
