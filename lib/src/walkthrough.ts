import type { EndpointPlanRequest, PodPlanRequest } from "./runpod/index.ts";

const model = "meta-llama/Llama-3.1-8B-Instruct";

/**
 * What the notebooks rent, for `planPod` and `planEndpoint`: `npm start` asks for the cost of the same plans.
 *
 * @example planPod({ ...walkthrough.pod, model: "Qwen/Qwen3-8B" })
 */
export const walkthrough = {
  /** The pod of 01-deploy, which 02 to 04 use. */
  pod: { model, gpus: ["NVIDIA A40"], gpuCount: 1, deadlineMinutes: 60 },
  /** The serverless endpoint of 05-scale-out. */
  endpoint: { model, maxWorkers: 1, deadlineMinutes: 30 },
} as const satisfies { pod: PodPlanRequest; endpoint: EndpointPlanRequest };
