import { InputError } from "../../errors.ts";
import { planServer, type ServerPlan, storageUsdPerHour } from "../../serving/index.ts";
import { type ChosenPool, choosePools } from "./choose-pools.ts";
import { makeEndpointPayload, makeWorkerEnvironment } from "./endpoint-payload.ts";
import type { EndpointPlan, PoolCandidate } from "./endpoint-plan.ts";
import {
  type CheckedEndpointRequest,
  checkEndpointRequest,
  type EndpointPlanRequest,
} from "./endpoint-request.ts";
import { listEndpointWarnings } from "./endpoint-warnings.ts";
import { requestSecondsOf } from "./serverless-limits.ts";

/**
 * The image of a queue's workers: vLLM with RunPod's wrapper. The newest tag that public code pins, seen on 2026-11-24;
 * no moving one exists. Nobody here has run it.
 */
const queueImage = "runpod/worker-v1-vllm:v2.27.0";
/** What the wrapper's own listing asks of hosts (runpod-workers/worker-vllm, hub.json, 2026-08-20). */
const queueCudaVersion = "13.0";

/**
 * Plans a serverless endpoint that serves a model: the create call, how the model sits in memory, and what it can cost.
 *
 * Pure and offline: it needs no key, asks nobody, and rents nothing. Context and memory hold on every card of the pools
 * that it names; smaller cards are excluded. Prices are published ones unless `offers` brings live ones.
 *
 * @throws InputError that names the field; where the model does not fit, it says what would.
 */
export function planEndpoint(request: EndpointPlanRequest): EndpointPlan {
  const checked = checkEndpointRequest(request);
  const chosen = choosePools(checked);
  const server = planWorker(checked, chosen);
  const { model, placement, containerDiskGb } = server;
  const { gpuCount, deadlineMinutes } = server.request;
  const { kind, minWorkers, maxWorkers } = checked;
  const holding = placement.gpus.map(({ gpuTypeId }) => gpuTypeId);
  const pools = chosen
    .map((pool) => toCandidate(pool, { holding, gpuCount, containerDiskGb }))
    .filter(({ gpuTypeIds }) => gpuTypeIds.length > 0);
  const prices = pools.flatMap(({ usdPerWorkerHour }) => usdPerWorkerHour ?? []);
  // Which pool a worker lands in is the scheduler's choice, and one price that is not known could be the dearest.
  const usdPerWorkerHour = prices.length < pools.length ? null : Math.max(...prices);
  const times = (count: number) => (usdPerWorkerHour === null ? null : count * usdPerWorkerHour);
  const plan = {
    name: `workbook-${model.id.slice(model.id.indexOf("/") + 1).toLowerCase()}`,
    kind,
    model: model.id,
    image: server.image.image,
    pools,
    gpuCount,
    minWorkers,
    maxWorkers,
    idleSeconds: checked.idleSeconds,
    requestsPerWorker: checked.requestsPerWorker ?? suggestRequests(server),
    queueDelaySeconds: checked.queueDelaySeconds,
    flashBoot: checked.flashBoot,
    dataCenterIds: checked.dataCenterIds,
    vllmArguments: server.vllmArguments,
    containerDiskGb,
    minCudaVersion: server.minCudaVersion,
    maxModelTokens: placement.maxModelTokens,
    requestSeconds: requestSecondsOf(kind),
    deadlineMinutes,
    usdPerWorkerHour,
    usdPerHourAtRest: minWorkers === 0 ? 0 : times(minWorkers),
    maxUsdPerHour: times(maxWorkers),
    worstCaseUsd: times((maxWorkers * deadlineMinutes) / 60),
    needsHuggingFaceToken: server.needsHuggingFaceToken,
    memory: placement.memory,
  };
  const environment = makeWorkerEnvironment(plan, server);
  const used = chosen.filter(({ id }) => pools.some((pool) => pool.id === id));
  const warnings = [...server.warnings, ...listEndpointWarnings(plan, { chosen: used, server })];
  const { startsVllmServe } = server.image;
  const payload = makeEndpointPayload({ ...plan, environment }, { chosen: used, startsVllmServe });
  return { ...plan, environment, warnings, payload };
}

/** Plans what each worker runs; an error names this function, and not the one for pods that does the work. */
function planWorker(checked: CheckedEndpointRequest, chosen: readonly ChosenPool[]): ServerPlan {
  const { kind, pools: _pools, offers: _offers, dataCenterIds: _places, ...request } = checked;
  const isQueue = kind === "queue";
  try {
    return planServer({
      ...request,
      gpus: chosen.flatMap(({ gpuTypeIds }) => gpuTypeIds),
      ...(isQueue && request.image === undefined
        ? { image: queueImage, minCudaVersion: request.minCudaVersion ?? queueCudaVersion }
        : {}),
    });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { problemText, remedy } = error;
    throw new InputError(problemText.replace(/^planPod:/, "planEndpoint:"), { remedy, cause: error });
  }
}

function toCandidate(
  pool: ChosenPool,
  worker: { holding: readonly string[]; gpuCount: number; containerDiskGb: number },
): PoolCandidate {
  const { holding, gpuCount, containerDiskGb } = worker;
  const disk = storageUsdPerHour({ containerDiskGb, networkVolumeGb: null });
  return {
    id: pool.id,
    gpuTypeIds: pool.gpuTypeIds.filter((id) => holding.includes(id)),
    usdPerWorkerHour: pool.usdPerGpuHour === null ? null : pool.usdPerGpuHour * gpuCount + disk,
    priceObserved: pool.priceObserved,
  };
}

/** As many requests as the memory holds with 2,048 tokens each, and at most 32: beyond that another worker is faster. */
function suggestRequests({ placement }: ServerPlan): number {
  return Math.min(32, Math.max(1, Math.floor(placement.memory.kvCacheTokens / 2_048)));
}
