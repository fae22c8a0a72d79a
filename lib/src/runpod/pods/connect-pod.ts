import { connectEndpoint, type Endpoint } from "../../endpoint/index.ts";
import type { RunPodPod } from "../client/schemas.ts";
import { proxyAddress, type RunPodContext } from "../rental/context.ts";
import { notReady } from "../rental/not-ready.ts";
import { toPod } from "./pod.ts";
import { podKind } from "./pod-kind.ts";

/**
 * Opens the OpenAI API of a pod that answers, with the key that stands in the pod's own environment.
 *
 * That key is visible to the account's owner only, and kept nowhere else.
 *
 * @throws EndpointError where it does not answer as it should, PodNotReadyError where the pod has no key of its own.
 */
export async function connectPod(
  context: RunPodContext,
  options: { pod: RunPodPod; model: string | null },
): Promise<Endpoint> {
  const { pod, model } = options;
  const apiKey = pod.env?.["VLLM_API_KEY"];
  if (apiKey === undefined || apiKey === "") {
    const message = `The pod ${pod.id} has no key of its own, so this workbook did not start it.`;
    const remedy = "Create one with createPod().";
    throw notReady(context, podKind, message, { found: pod, problem: "key-refused", remedy });
  }
  const { gpuTypeId: name, gpuCount: count, usdPerHour } = toPod(context, pod);
  const isRehearsal = context.target === "rehearsal";
  return connectEndpoint({
    baseUrl: `${proxyAddress(context, pod.id)}/v1`,
    apiKey,
    model: model ?? undefined,
    origin: isRehearsal ? "rehearsal" : "pod",
    gpu: isRehearsal || name === null ? null : { name, count, usdPerHour },
    fetch: context.fetch,
  });
}
