import { InputError } from "../../errors.ts";
import { requireChoice, requireNumber } from "../../require-number.ts";
import {
  type Caller,
  type ChosenGpu,
  computePodCost,
  joinArguments,
  planServer,
  serverPort,
} from "../../serving/index.ts";
import type { CreatePodBody } from "../client/schemas.ts";
import { listPodWarnings, type PodPlan, type PodPlanRequest, plannedToken } from "./pod-plan.ts";

const caller: Caller = { name: "planPod", gpus: "gpus", gpuCount: "gpuCount" };

/**
 * Plans a pod that serves a model: the create call, how the model sits in memory, and what it can cost at worst.
 *
 * Pure and offline: it needs no key, asks nobody, and rents nothing. Where several kinds of GPU are given, context and
 * price hold for each of them. Prices are published ones unless `offers` brings live ones.
 *
 * @throws InputError that names the field; where the model does not fit, it says what would.
 */
export function planPod(request: PodPlanRequest): PodPlan {
  const { gpus = ["NVIDIA A40"], gpuCount = 1, deadlineMinutes = 60, cloud = "SECURE" } = request;
  const settled = { ...request, gpus, gpuCount, deadlineMinutes, cloud };
  checkRequest(settled);
  const { networkVolume } = request;
  const hasNetworkVolume = networkVolume !== undefined;
  const { server, placement, shape, image } = planServer({ ...settled, hasNetworkVolume }, caller);
  requireRoom(networkVolume?.sizeGb, shape.downloadGb);
  const plan = {
    name: podName(shape.id),
    ...server,
    gpuCandidates: placement.gpus.map(toCandidate),
    cloud,
    dataCenterIds: networkVolume === undefined ? [] : [networkVolume.dataCenterId],
    environment: plannedEnvironment,
    networkVolumeGb: networkVolume?.sizeGb ?? null,
    networkVolumeId: networkVolume?.volumeId ?? null,
    tensorParallelSize: server.gpuCount,
    deadlineMinutes,
    warnings: [
      ...server.warnings,
      ...listPodWarnings({ ...settled, ...server, networkVolume, gpus: placement.gpus }),
    ],
  };
  const costs = placement.gpus.map((gpu) => computePodCost({ ...plan, usdPerGpuHour: gpu.usdPerHour }));
  const worstCases = costs.flatMap(({ worstCaseUsd }) => worstCaseUsd ?? []);
  const priced = {
    ...plan,
    usdPerHour: costs[0]?.usdPerHour ?? null,
    // One price that is not known could be the dearest.
    worstCaseUsd: worstCases.length < costs.length ? null : Math.max(...worstCases),
  };
  const { gpuTypeId } = placement.preferred;
  return { ...priced, payload: makePayload(priced, { gpuTypeId, startsVllmServe: image.startsVllmServe }) };
}

function checkRequest(request: PodPlanRequest & { gpus: readonly string[]; cloud: string }): void {
  const { gpus, deadlineMinutes, networkVolume, cloud } = request;
  requireNumber(caller.name, { deadlineMinutes }, { whole: true, from: 1, to: 10_080 });
  requireChoice(caller.name, { cloud }, ["SECURE", "COMMUNITY"]);
  if (networkVolume !== undefined) {
    const range = { whole: true, from: 10, to: 4_096 };
    requireNumber(caller.name, { "networkVolume.sizeGb": networkVolume.sizeGb }, range);
  }
  if (gpus.length > 0) return;
  throw new InputError(`${caller.name}: gpus is empty.`, {
    remedy: 'Name at least one, for example "NVIDIA A40".',
    field: "gpus",
  });
}

function requireRoom(volumeGb: number | undefined, downloadGb: number): void {
  if (volumeGb === undefined || volumeGb >= downloadGb) return;
  throw new InputError(
    `${caller.name}: networkVolume.sizeGb is ${volumeGb}, but the download takes ${Math.ceil(downloadGb)} GB.`,
    {
      remedy: `Take a volume of ${Math.ceil((downloadGb * 1.2) / 10) * 10} GB.`,
      field: "networkVolume.sizeGb",
    },
  );
}

function toCandidate({ gpuTypeId, displayName, usdPerHour, priceObserved, isSimulated }: ChosenGpu) {
  return { gpuTypeId, displayName, usdPerHour, priceObserved, isSimulated };
}

function podName(modelId: string): string {
  const short = modelId.slice(modelId.indexOf("/") + 1).toLowerCase();
  return `workbook-${short.replaceAll(/[^a-z0-9]+/g, "-")}`.slice(0, 60);
}

/** Where vLLM keeps downloaded weights. */
const weightsFolder = "/root/.cache/huggingface";

/** What every pod gets beside its secrets. */
const plannedEnvironment: Readonly<Record<string, string>> = { VLLM_NO_USAGE_STATS: "1" };

/** Writes the create call for one kind of GPU as Runpod's REST v2 has it, secrets redacted. */
function makePayload(
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
    env: { ...plan.environment, ...plannedToken(plan), VLLM_API_KEY: "(drawn when the pod is created)" },
    args: joinArguments(plan.vllmArguments, options.startsVllmServe),
    startSsh: false,
    startJupyter: false,
  };
}
