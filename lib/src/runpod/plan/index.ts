export { type AccountCheck, checkAccount, type RunningPod } from "./check-account.ts";
export { checkModelAccess, type ModelAccess, type ModelAccessStatus } from "./check-model-access.ts";
export { describeAccount } from "./describe-account.ts";
export { describePlan } from "./describe-plan.ts";
export { fetchModelShape } from "./fetch-model-shape.ts";
export type { GpuOffer } from "./gpu-offer.ts";
export { defaultImage } from "./image-tag.ts";
export { listGpus } from "./list-gpus.ts";
export { fitMemory, type MemoryFit, type MemoryFitInput } from "./memory-fit.ts";
export {
  checkModelShape,
  findModelShape,
  type ModelShape,
  readModelShape,
  toModelShape,
} from "./model-shape.ts";
export { planPod } from "./plan-pod.ts";
export type { PodPlanRequest } from "./plan-request.ts";
export { planServer, type ServerPlan } from "./plan-server.ts";
export { computePodCost, networkVolumeUsdPerMonth, storageUsdPerHour } from "./pod-cost.ts";
export type { GpuCandidate, PlannedMemory, PodPlan } from "./pod-plan.ts";
export { secretNameOf, secretPlaceholder } from "./secret-name.ts";
export { joinArguments, memoryShare, serverPort } from "./vllm-arguments.ts";
