export { type AccountCheck, checkAccount } from "./account/check-account.ts";
export { deleteLeftover, type Leftover, listLeftovers } from "./account/leftovers.ts";
export { createRunPodClient } from "./client/client.ts";
export { RunPodError } from "./client/runpod-error.ts";
export type { CreatePodBody } from "./client/schemas.ts";
export { createEndpoint } from "./endpoints/create-endpoint.ts";
export { deleteEndpoint, sweepEndpoints } from "./endpoints/delete-endpoint.ts";
export { CreateEndpointError, EndpointNotReadyError } from "./endpoints/endpoint-errors.ts";
export type { EndpointPlan, EndpointPlanRequest } from "./endpoints/endpoint-plan.ts";
export { type ListedEndpoint, listEndpoints } from "./endpoints/list-endpoints.ts";
export { planEndpoint } from "./endpoints/plan-endpoint.ts";
export { listServerlessPools, type PoolOffer } from "./endpoints/pool-offer.ts";
export type { ServerlessEndpoint } from "./endpoints/serverless-endpoint.ts";
export { JournalError } from "./journal/journal.ts";
export { createPod } from "./pods/create-pod.ts";
export { extendPod } from "./pods/extend-pod.ts";
export { listGpus } from "./pods/list-gpus.ts";
export { type ListedPod, listPods } from "./pods/list-pods.ts";
export { openPodEndpoint } from "./pods/open-pod-endpoint.ts";
export { planPod } from "./pods/plan-pod.ts";
export type { Pod } from "./pods/pod.ts";
export { CreatePodError, PodNotReadyError } from "./pods/pod-errors.ts";
export { type PodPlan, type PodPlanRequest, plannedToken } from "./pods/pod-plan.ts";
export { type PodLog, readPodLog } from "./pods/read-pod-log.ts";
export { sweepPods, terminatePod } from "./pods/terminate-pod.ts";
export { type Budget, BudgetError, readBudget } from "./rental/budget.ts";
export { listStartPhases, loadColdStarts, type SeenStart } from "./rental/cold-starts.ts";
export { openRunPodContext, type RunPodContext } from "./rental/context.ts";
export type { EndedRental } from "./rental/end-rental.ts";
export { type FoundRental, findRentalAt } from "./rental/find-rental-at.ts";
export { type Coming, listComing } from "./rental/list-coming.ts";
export {
  type AccountOptions,
  describeOpenRealPods,
  openRunPod,
  rearmWatchdogs,
  sayOpenRealPods,
} from "./rental/open-runpod.ts";
export { findStartTimes, type StartTimes } from "./rental/start-times.ts";
export type { SweptPods } from "./rental/sweep-rentals.ts";
export { waitUntilReady } from "./wait-until-ready.ts";
