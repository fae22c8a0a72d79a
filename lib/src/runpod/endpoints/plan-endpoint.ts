import { InputError } from "../../errors.ts";
import { requireNumber } from "../../require-number.ts";
import { type PlannedMemory, planServer, storageUsdPerHour } from "../../serving/index.ts";
import { type ChosenPool, choosePools } from "./choose-pools.ts";
import { makeEndpointPayload, workerEnvironment } from "./endpoint-payload.ts";
import type { EndpointPlan, EndpointPlanRequest, PoolCandidate } from "./endpoint-plan.ts";
import { listEndpointWarnings } from "./endpoint-warnings.ts";
import { loadBalancerLimits } from "./serverless-limits.ts";

/**
 * Plans a serverless endpoint that serves a model: the create call, how the model sits in memory, and what it can cost.
 *
 * Pure and offline: it needs no key, asks nobody, and rents nothing. Context and memory hold on every card of the pools
 * that it names; smaller cards are excluded. Prices are published ones unless `offers` brings live ones.
 *
 * @throws InputError that names the field; where the model does not fit, it says what would.
 */
export function planEndpoint(request: EndpointPlanRequest): EndpointPlan {
  const settled = fillIn(request);
  checkRequest(settled);
  const { gpuCount, minWorkers, maxWorkers, deadlineMinutes, idleSeconds } = settled;
  const chosen = choosePools(settled);
  const gpus = chosen.flatMap(({ gpuTypeIds }) => gpuTypeIds);
  const { server, placement, shape, image } = planServer(
    { ...request, gpus, gpuCount, cloud: "SECURE", offers: [] },
    { name: "planEndpoint", gpus: "pools", gpuCount: "gpuCount" },
  );
  const { containerDiskGb } = server;
  const holding = placement.gpus.map(({ gpuTypeId }) => gpuTypeId);
  const pools = chosen
    .map((pool) => toCandidate(pool, { holding, gpuCount, containerDiskGb }))
    .filter(({ gpuTypeIds }) => gpuTypeIds.length > 0);
  const prices = pools.flatMap(({ usdPerWorkerHour }) => usdPerWorkerHour ?? []);
  // Which pool a worker lands in is the scheduler's choice, and one price that is not known could be the dearest.
  const usdPerWorkerHour = prices.length < pools.length ? null : Math.max(...prices);
  const times = (count: number) => (usdPerWorkerHour === null ? null : count * usdPerWorkerHour);
  const plan = {
    name: `workbook-${shape.id.slice(shape.id.indexOf("/") + 1).toLowerCase()}`,
    ...server,
    pools,
    minWorkers,
    maxWorkers,
    idleSeconds,
    requestsPerWorker: request.requestsPerWorker ?? suggestRequests(server.memory),
    flashBoot: settled.flashBoot,
    dataCenterIds: settled.dataCenterIds,
    environment: workerEnvironment,
    requestSeconds: loadBalancerLimits.requestSeconds,
    deadlineMinutes,
    usdPerWorkerHour,
    usdPerHourAtRest: minWorkers === 0 ? 0 : times(minWorkers),
    maxUsdPerHour: times(maxWorkers),
    worstCaseUsd: times((maxWorkers * deadlineMinutes) / 60),
  };
  const used = chosen.filter(({ id }) => pools.some((pool) => pool.id === id));
  const warnings = [
    ...server.warnings,
    ...listEndpointWarnings(plan, { chosen: used, preferred: placement.preferred }),
  ];
  const { startsVllmServe } = image;
  return { ...plan, warnings, payload: makeEndpointPayload(plan, { chosen: used, startsVllmServe }) };
}

function fillIn(request: EndpointPlanRequest) {
  return {
    ...request,
    pools: request.pools ?? ["AMPERE_48"],
    excludedGpus: request.excludedGpus ?? [],
    gpuCount: request.gpuCount ?? 1,
    minWorkers: request.minWorkers ?? 0,
    maxWorkers: request.maxWorkers ?? 1,
    idleSeconds: request.idleSeconds ?? 10,
    flashBoot: request.flashBoot ?? true,
    dataCenterIds: request.dataCenterIds ?? [],
    deadlineMinutes: request.deadlineMinutes ?? 60,
  };
}

function checkRequest(request: ReturnType<typeof fillIn>): void {
  const { pools, minWorkers, maxWorkers, idleSeconds, deadlineMinutes, requestsPerWorker } = request;
  const whole = { whole: true, from: 1 };
  requireNumber("planEndpoint", { maxWorkers }, { ...whole, to: 100 });
  requireNumber("planEndpoint", { minWorkers }, { whole: true, from: 0, to: maxWorkers });
  requireNumber("planEndpoint", { idleSeconds }, { ...whole, to: 3_600 });
  requireNumber("planEndpoint", { requestsPerWorker }, { ...whole, to: 1_000, optional: true });
  requireNumber("planEndpoint", { deadlineMinutes }, { ...whole, to: 10_080 });
  if (pools.length > 0) return;
  throw new InputError("planEndpoint: pools is empty.", {
    remedy: 'Name at least one, for example "AMPERE_48".',
    field: "pools",
  });
}

function toCandidate(
  pool: ChosenPool,
  worker: { holding: readonly string[]; gpuCount: number; containerDiskGb: number },
): PoolCandidate {
  const { holding, gpuCount, containerDiskGb } = worker;
  const disk = storageUsdPerHour({ containerDiskGb });
  return {
    id: pool.id,
    gpuTypeIds: pool.gpuTypeIds.filter((id) => holding.includes(id)),
    usdPerWorkerHour: pool.usdPerGpuHour === null ? null : pool.usdPerGpuHour * gpuCount + disk,
    priceObserved: pool.priceObserved,
    isSimulated: pool.isSimulated,
  };
}

/** As many requests as the memory holds with 2,048 tokens each, and at most 32: beyond that another worker is faster. */
function suggestRequests({ kvCacheTokens }: PlannedMemory): number {
  return Math.min(32, Math.max(1, Math.floor(kvCacheTokens / 2_048)));
}
