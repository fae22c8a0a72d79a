import type { EndpointPlanRequest, PodPlanRequest } from "./runpod/index.ts";

const model = "meta-llama/Llama-3.1-8B-Instruct";

/**
 * What the notebooks rent, for `planPod` and `planEndpoint`, and how long they measure: `npm start` asks for the cost of the
 * same plans, and says the same time.
 *
 * @example planPod({ ...walkthrough.pod, model: "Qwen/Qwen3-8B" })
 */
export const walkthrough = {
  /** The pod of 01-deploy, which 02 to 04 use; one card for its own model, and as many as another needs. */
  pod: { model, gpus: ["NVIDIA A40"], gpuCount: "fewest", deadlineMinutes: 60 },
  /** The serverless endpoint of 06-scale-out. */
  endpoint: { model, maxWorkers: 1, deadlineMinutes: 30 },
  /** The most that each measurement of 03-throughput takes: seven minutes together. */
  maxMinutes: { reading: 0.75, ladder: 3.5, arrivals: 0.75, chats: 1, pair: 1 },
} as const satisfies {
  pod: PodPlanRequest;
  endpoint: EndpointPlanRequest;
  maxMinutes: Record<string, number>;
};
