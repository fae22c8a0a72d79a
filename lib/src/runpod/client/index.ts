export { createRunPodClient, type RunPodAccount, type RunPodClient } from "./client.ts";
export { defaultClient } from "./default-client.ts";
export type { CallOptions } from "./endpoint-calls.ts";
export type {
  CreateEndpointBody,
  RunPodEndpoint,
  RunPodNetworkVolume,
  RunPodWorker,
} from "./endpoint-schemas.ts";
export { hideSecrets } from "./hide-secrets.ts";
export type { PodLogLine } from "./log-stream.ts";
export { isNotFound, RunPodError, type RunPodProblem } from "./runpod-error.ts";
export type {
  CreatePodBody,
  CreateTemplateBody,
  RunPodGpuType,
  RunPodPod,
  RunPodSecret,
  RunPodTemplate,
} from "./schemas.ts";
export { isLoopbackUrl } from "./send-request.ts";
