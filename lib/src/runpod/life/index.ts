export {
  connectionOf,
  fingerprintOfKey,
  isOwnKey,
  openRunPodContext,
  type RunPodConnection,
  type RunPodContext,
} from "./context.ts";
export { type CreatePodOptions, createPod } from "./create-pod.ts";
export { CreatePodError, type FailedCandidate } from "./create-pod-error.ts";
export { diagnoseLog } from "./diagnose-log.ts";
export { endRental, notEnded } from "./end-rental.ts";
export { ensureSecret } from "./ensure-secret.ts";
export { templateNameOf } from "./ensure-template.ts";
export { extendPod } from "./extend-pod.ts";
export { followLog, type LogFollower } from "./follow-log.ts";
export { type Judgement, judgeRental } from "./judge-rental.ts";
export { type ListedPod, listPods } from "./list-pods.ts";
export { openPodEndpoint } from "./open-pod-endpoint.ts";
export { describeOpenRealPods } from "./open-real-pods.ts";
export type { Pod, PodOrId } from "./pod.ts";
export { nameWithDeadline, type PodName, readMarks, readName } from "./pod-name.ts";
export { PodNotReadyError, type PodProblem } from "./pod-not-ready-error.ts";
export { readCeiling } from "./price-candidates.ts";
export { type LoggedThroughput, type PodLog, readPodLog } from "./read-pod-log.ts";
export { armWatchdog, rearmWatchdogs } from "./rearm-watchdogs.ts";
export { requireTimeout } from "./require-timeout.ts";
export { isTooOldToAppear, type SweptPods, sweepPods } from "./sweep-pods.ts";
export { closeStem, type EndedPod, terminatePod } from "./terminate-pod.ts";
export { waitUntilReady } from "./wait-until-ready.ts";
export { watchPod } from "./watch-pod.ts";
export { type WatchOutcome, watchRental } from "./watch-rental.ts";
export { watchOrderSchema } from "./watchdog.ts";
