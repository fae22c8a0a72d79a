import { type Endpoint, EndpointError } from "../../endpoint/index.ts";
import type { RunPodPod } from "../client/schemas.ts";
import { connectPod } from "../pods/connect-pod.ts";
import { notReady } from "../pods/pod-not-ready-error.ts";
import type { RunPodContext } from "./context.ts";

/**
 * Tries a pod whose server is up: does it list the planned model, and does it answer a chat of one token?
 *
 * Returns its endpoint, or in words what is still missing.
 *
 * @throws PodNotReadyError where waiting longer would not help.
 */
export async function tryFirstChat(
  context: RunPodContext,
  options: { pod: RunPodPod; model: string | null; signal: AbortSignal },
): Promise<Endpoint | string> {
  const { pod, model, signal } = options;
  let endpoint: Endpoint;
  try {
    endpoint = await connectPod(context, { pod, model });
  } catch (error) {
    if (!(error instanceof EndpointError)) throw error;
    const { problemText: message } = error;
    if (error.problem === "model-missing" || error.problem === "model-ambiguous") {
      const remedy =
        "The image took another model than the plan's: plan with a newer image, then create another pod.";
      throw notReady(pod, "wrong-model", { message, remedy, cause: error });
    }
    if (error.problem === "unauthorized") {
      const remedy = "It runs with another key than its own environment says: create another pod.";
      throw notReady(pod, "key-refused", { message, remedy, cause: error });
    }
    return "vLLM is up, its list of models is not yet";
  }
  try {
    await endpoint.client.chat.completions.create(
      { model: endpoint.model, messages: [{ role: "user", content: "Hello" }], max_tokens: 1 },
      { signal: signal, timeout: 90_000 },
    );
  } catch (error) {
    const { status } = error as { status?: unknown };
    if (typeof status === "number" && status >= 400 && status < 500 && status !== 404 && status !== 429) {
      throw notReady(pod, "no-answer", {
        message: `The pod ${pod.id} is up, but refused a first chat of one token (HTTP ${status}).`,
        remedy: "Look at readPodLog(pod); serve a model with a chat template.",
        cause: error,
      });
    }
    return "vLLM is up, its first answer is not yet";
  }
  return endpoint;
}
