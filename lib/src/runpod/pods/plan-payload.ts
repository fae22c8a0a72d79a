import { joinArguments, serverPort } from "../../serving/index.ts";
import type { CreatePodBody } from "../client/schemas.ts";
import type { PodPlan } from "./pod-plan.ts";
import { secretNameOf, secretPlaceholder } from "./secret-name.ts";

/** What stands where the pod's own key will be. */
const drawnLater = "(drawn when the pod is created)";

/** The token is a reference to a secret of this workbook's own, which RunPod fills in inside the pod. */
const tokenReference = secretPlaceholder(secretNameOf("<workbook id>"));

/** Where vLLM keeps downloaded weights. */
const weightsFolder = "/root/.cache/huggingface";

/** What every pod gets beside its secrets. */
export const plannedEnvironment: Readonly<Record<string, string>> = { VLLM_NO_USAGE_STATS: "1" };

/** Writes the create call for one kind of GPU as RunPod's REST v2 has it, secrets redacted. */
export function makePayload(
  plan: Omit<PodPlan, "payload">,
  options: { gpuTypeId: string; startsVllmServe: boolean },
): CreatePodBody {
  const { minCudaVersion, networkVolumeId } = plan;
  return {
    name: plan.name,
    image: plan.image,
    gpu: {
      id: options.gpuTypeId,
      // Always sent: a request without it has been answered with "no instances available".
      count: plan.gpuCount,
      ...(minCudaVersion === null ? {} : { minCudaVersion }),
    },
    cloud: plan.cloud,
    ...(plan.dataCenterIds.length === 0 ? {} : { dataCenterIds: [...plan.dataCenterIds] }),
    disk: plan.containerDiskGb,
    ...(networkVolumeId === null
      ? {}
      : { mounts: { network: [{ volumeId: networkVolumeId, path: weightsFolder }] } }),
    ports: [`${serverPort}/http`],
    env: {
      ...plan.environment,
      ...(plan.needsHuggingFaceToken ? { HF_TOKEN: tokenReference } : {}),
      VLLM_API_KEY: drawnLater,
    },
    args: joinArguments(plan.vllmArguments, options.startsVllmServe),
    startSsh: false,
    startJupyter: false,
  };
}
