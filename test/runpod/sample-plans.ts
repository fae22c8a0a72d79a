import type { PodPlanRequest } from "../../lib/src/runpod/index.ts";
import { type PodPlan, planPod } from "../../lib/src/runpod/index.ts";

/** Keys that are obviously none; no output may ever contain them. */
export const canaries = {
  runpod: "rpa_canary_not_a_key",
  huggingFace: "hf_canary_not_a_token",
};

/** The walkthrough's plan: an open model, so that no token is needed, on an A40 or else an A6000. */
export function smallPlan(request: Partial<PodPlanRequest> = {}): PodPlan {
  return planPod({
    model: "Qwen/Qwen2.5-7B-Instruct",
    gpus: ["NVIDIA A40", "NVIDIA RTX A6000"],
    deadlineMinutes: 60,
    ...request,
  });
}

/** The walkthrough's own model, which is gated. */
export function gatedPlan(): PodPlan {
  return smallPlan({ model: "meta-llama/Llama-3.1-8B-Instruct" });
}
