import { newItemId } from "../account/account.ts";
import { rehearsedGpus } from "../account/gpu-catalog.ts";
import { changeFields, defaultContainer, podState } from "../account/pod.ts";
import type { ApiCall, ApiOperation } from "../api/api-operation.ts";
import { ApiProblem, invalidRequest, notFound } from "../api/api-problem.ts";
import { streamPodLog } from "../api/log-stream.ts";
import { parseRequestBody } from "../api/request-bodies.ts";
import type { Autoscaler } from "./autoscaler.ts";
import { describeEndpoint, type Endpoint, workerStatus, workerStatuses } from "./endpoint.ts";

/** Serverless endpoints: list, create, read, delete, their workers and the workers' logs. */
export function endpointOperations(options: {
  autoscaler: Autoscaler;
  gatewayOrigin: string;
  pollMs: number;
}): ApiOperation[] {
  const { autoscaler, gatewayOrigin, pollMs } = options;
  const describe = (call: ApiCall, endpoint: Endpoint) =>
    describeEndpoint(endpoint, { gatewayOrigin, hasCommands: !call.isOldContract });
  const list = (call: ApiCall) => {
    const present = [...call.account.endpoints.values()].filter(({ deletedAtMs }) => deletedAtMs === null);
    return { status: 200, body: { endpoints: present.map((endpoint) => describe(call, endpoint)) } };
  };
  const create = (call: ApiCall) => {
    const endpoint = createEndpoint(call);
    call.account.endpoints.set(endpoint.id, endpoint);
    autoscaler.scale();
    return { status: 201, body: describe(call, endpoint) };
  };
  const read = (call: ApiCall) => ({ status: 200, body: describe(call, findEndpoint(call)) });
  const remove = (call: ApiCall) => {
    const endpoint = findEndpoint(call);
    if (!call.account.faults.take("delete-ignored")) autoscaler.remove(endpoint);
    return { status: 204 };
  };
  const listWorkers = (call: ApiCall) => {
    autoscaler.scale();
    return { status: 200, body: describeWorkers(findEndpoint(call), call.nowMs) };
  };
  const streamLog = (call: ApiCall) => {
    const pod = findEndpoint(call).workers.find(({ id }) => id === call.parameters["workerId"])?.pod;
    if (pod === undefined || pod === null) throw notFound();
    return streamPodLog({ call, pod, pollMs });
  };
  const path = "/v2/serverless";
  return [
    { operation: "listEndpoints", method: "GET", path, answer: list },
    { operation: "createEndpoint", method: "POST", path, answer: create },
    { operation: "getEndpoint", method: "GET", path: `${path}/:id`, answer: read },
    { operation: "deleteEndpoint", method: "DELETE", path: `${path}/:id`, answer: remove },
    { operation: "listEndpointWorkers", method: "GET", path: `${path}/:id/workers`, answer: listWorkers },
    {
      operation: "getWorkerLogs",
      method: "GET",
      path: `${path}/:id/workers/:workerId/logs`,
      answer: streamLog,
    },
  ];
}

function findEndpoint({ account, parameters }: ApiCall): Endpoint {
  const endpoint = account.endpoints.get(parameters["id"] ?? "");
  if (endpoint === undefined || endpoint.deletedAtMs !== null) throw notFound();
  return endpoint;
}

function createEndpoint(call: ApiCall): Endpoint {
  const { bodyText: text, isOldContract, nowMs, caller } = call;
  const body = parseRequestBody({ operation: "createEndpoint", text, isOldContract });
  const { gpu, image, scaling, workers = {} } = body;
  if (gpu === undefined) throw new ApiProblem(400, "exactly one of gpu or cpu must be set");
  if (image === undefined) throw invalidRequest("body.image: is required");
  const { min = 0, max = 3, idleTimeout = 10 } = workers;
  if (min > max) throw new ApiProblem(400, "workers.min must not exceed workers.max");
  const settledGpu = {
    pools: gpu.pools,
    excludedTypes: gpu.excludedTypes ?? [],
    count: gpu.count ?? 1,
    allowedCudaVersions: gpu.allowedCudaVersions ?? [],
    minCudaVersion: gpu.minCudaVersion ?? null,
  };
  checkGpu(settledGpu);
  return {
    id: newItemId(),
    name: body.name,
    container: changeFields(defaultContainer, body),
    gpu: settledGpu,
    workerLimits: { min, max, idleTimeout },
    scaling,
    flashboot: body.flashboot ?? "OFF",
    timeoutMs: body.timeout ?? 300_000,
    dataCenterIds: body.dataCenterIds ?? [],
    createdAtMs: nowMs,
    createdBy: caller,
    deletedAtMs: null,
    workers: [],
    workerIds: [],
    waiting: new Set(),
  };
}

function checkGpu(gpu: Endpoint["gpu"]): void {
  const cards = rehearsedGpus().filter(({ pool }) => pool !== null && gpu.pools.includes(pool));
  const unknownPool = gpu.pools.find((id) => !cards.some(({ pool }) => pool === id));
  if (unknownPool !== undefined) throw new ApiProblem(400, `"${unknownPool}" is not a serverless GPU pool`);
  const { excludedTypes: excluded } = gpu;
  const unknownType = excluded.find((type) => !cards.some(({ id }) => id === type));
  if (unknownType !== undefined) {
    throw new ApiProblem(400, `"${unknownType}" is not a GPU type of the selected pools`);
  }
  if (cards.every(({ id }) => excluded.includes(id))) {
    throw new ApiProblem(400, "the selection leaves no GPU type");
  }
  if (gpu.minCudaVersion !== null && gpu.allowedCudaVersions.length > 0) {
    throw new ApiProblem(400, "gpu.allowedCudaVersions and gpu.minCudaVersion are mutually exclusive");
  }
}

function describeWorkers(endpoint: Endpoint, nowMs: number): object {
  const workers = endpoint.workers.map((worker) => {
    const { pod } = worker;
    const uptimeMs = pod === null ? null : podState(pod, nowMs).uptimeMs;
    return {
      id: worker.id,
      status: workerStatus(worker, nowMs),
      isStale: false,
      version: 1,
      gpuCount: endpoint.gpu.count,
      image: endpoint.container.image,
      uptimeSeconds: uptimeMs === null ? null : Math.floor(uptimeMs / 1_000),
      gpuTypeId: pod?.gpu.id ?? null,
      dataCenterId: pod?.dataCenterId ?? null,
      startedAt: uptimeMs === null ? null : new Date(nowMs - uptimeMs).toISOString(),
    };
  });
  const counts = workerStatuses.map((status) => [
    status.toLowerCase(),
    workers.filter((worker) => worker.status === status).length,
  ]);
  const summary = { ...Object.fromEntries(counts), total: workers.length };
  return { workers, summary, endpointVersion: 1 };
}
