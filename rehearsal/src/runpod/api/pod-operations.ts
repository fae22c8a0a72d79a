import { takePodFaults } from "../../faults/pod-faults.ts";
import { type PodPlacement, placePod } from "../account/gpu-catalog.ts";
import {
  changeFields,
  defaultContainer,
  describePod,
  isBilled,
  type Mounts,
  type Pod,
} from "../account/pod.ts";
import { type ApiCall, type ApiOperation, paginate } from "./api-operation.ts";
import { ApiProblem, invalidRequest, noCapacity, notFound } from "./api-problem.ts";
import { streamPodLog } from "./log-stream.ts";
import { parseRequestBody } from "./request-bodies.ts";

/** Pods: list, create, read, change, end, and logs. */
export function podOperations({ bootMs, pollMs }: { bootMs: number; pollMs: number }): ApiOperation[] {
  const path = "/v2/pods";
  const create = (call: ApiCall) => createPod(call, bootMs);
  const read = (call: ApiCall) => ok(call, findPod(call));
  const streamLog = (call: ApiCall) => streamPodLog({ call, pod: findPod(call), pollMs });
  return [
    { operation: "listPods", method: "GET", path, answer: listPods },
    { operation: "createPod", method: "POST", path, answer: create },
    { operation: "getPod", method: "GET", path: `${path}/:id`, answer: read },
    { operation: "updatePod", method: "PATCH", path: `${path}/:id`, answer: updatePod },
    { operation: "deletePod", method: "DELETE", path: `${path}/:id`, answer: deletePod },
    { operation: "getPodLogs", method: "GET", path: `${path}/:id/logs`, answer: streamLog },
  ];
}

function findPod({ account, parameters }: ApiCall): Pod {
  const pod = account.findPod(parameters["id"] ?? "");
  if (pod === undefined) throw notFound();
  return pod;
}

function describe({ account, isOldContract }: ApiCall, pod: Pod): object {
  return describePod(pod, { nowMs: account.clock.nowMs(), hasCommands: !isOldContract });
}

function ok(call: ApiCall, pod: Pod, status = 200) {
  return { status, body: describe(call, pod) };
}

function listPods(call: ApiCall) {
  const alive = [...call.account.pods.values()].filter(({ end }) => end === null).reverse();
  const { page, pagination } = paginate(alive, call.query);
  return { status: 200, body: { pods: page.map((pod) => describe(call, pod)), pagination } };
}

function createPod(call: ApiCall, bootMs: number) {
  const { account, bodyText, isOldContract } = call;
  const { faults } = account;
  const body = parseRequestBody({ operation: "createPod", text: bodyText, isOldContract });
  const template = body.templateId === undefined ? undefined : account.templates.get(body.templateId);
  if (body.templateId !== undefined && template === undefined) throw notFound();
  if (template?.settings.serverless === true) {
    throw invalidRequest("body.templateId: is a serverless template");
  }
  const base = template?.container ?? defaultContainer;
  const container = changeFields(base, { ...body, env: { ...base.env, ...body.env } });
  if (container.image === "") throw invalidRequest("body.image: is required");
  checkMounts(container.mounts);
  if (container.ports.filter((port) => port.endsWith("/http")).length > 10) {
    throw new ApiProblem(400, "at most 10 http ports can be exposed");
  }
  const { gpu } = body;
  if (gpu === undefined) throw new ApiProblem(400, "exactly one of gpu or cpu must be set");
  if (gpu.minCudaVersion !== undefined && (gpu.allowedCudaVersions ?? []).length > 0) {
    throw new ApiProblem(400, "gpu.allowedCudaVersions and gpu.minCudaVersion are mutually exclusive");
  }
  const hasOwnCuda = gpu.minCudaVersion !== undefined || gpu.allowedCudaVersions !== undefined;
  const count = gpu.count ?? 1;
  const placement: PodPlacement = {
    gpuTypeId: gpu.id,
    count,
    cloud: body.cloud ?? "SECURE",
    dataCenterIds: body.dataCenterIds ?? [],
    allowedCudaVersions:
      gpu.allowedCudaVersions ?? (hasOwnCuda ? [] : (template?.settings.allowedCudaVersions ?? [])),
    minCudaVersion: gpu.minCudaVersion ?? null,
  };
  const isThisGpu = (fault: { gpuTypeId?: string | undefined }) =>
    fault.gpuTypeId === undefined || fault.gpuTypeId === gpu.id;
  if (faults.take("forbidden-gpu", isThisGpu)) throw new ApiProblem(403, "access denied");
  const place = placePod(placement);
  if (place === null || faults.take("no-capacity", isThisGpu)) throw noCapacity();
  const factor = faults.take("dearer-than-catalog")?.factor ?? 1;
  // One hour of the pod must be on the account.
  if (faults.take("no-balance") || account.balanceUsd() < place.usdPerHour) {
    throw new ApiProblem(402, "Your balance is too low to rent a pod at this price. Please add credit.");
  }
  const pod = account.addPod({
    name: body.name,
    container,
    gpu: { id: gpu.id, count },
    cloud: placement.cloud,
    dataCenterId: place.dataCenterId,
    cudaVersion: place.cudaVersion,
    locked: false,
    usdPerHour: place.usdPerHour * factor,
    createdBy: call.caller,
    faults: takePodFaults(faults, bootMs),
  });
  return ok(call, pod, 201);
}

function updatePod(call: ApiCall) {
  const { account, bodyText, isOldContract } = call;
  const pod = findPod(call);
  const body = parseRequestBody({ operation: "updatePod", text: bodyText, isOldContract });
  const { name, locked, ...changes } = body;
  const mounts = { ...pod.container.mounts, ...changes.mounts };
  checkMounts(mounts);
  pod.name = name ?? pod.name;
  pod.locked = locked ?? pod.locked;
  pod.container = changeFields(pod.container, { ...changes, mounts });
  // A running pod starts anew with its new settings; what was on its container disk is lost.
  if (Object.keys(changes).length > 0 && isBilled(pod, call.nowMs)) account.restartPod(pod);
  return ok(call, pod);
}

function deletePod(call: ApiCall) {
  const pod = findPod(call);
  if (!call.account.faults.take("delete-ignored")) call.account.endPod(pod, "call");
  return { status: 204 };
}

function checkMounts({ persistent, network }: Mounts): void {
  if (persistent !== undefined && network !== undefined) {
    throw new ApiProblem(400, "mounts.persistent and mounts.network are mutually exclusive");
  }
}
