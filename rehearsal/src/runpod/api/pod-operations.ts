import { dealPodFaults } from "../../faults/pod-faults.ts";
import { isBilled } from "../account/account.ts";
import { type Placement, placePod } from "../account/gpu-catalog.ts";
import { type ContainerFields, describePod, type Mounts, type Pod } from "../account/pod.ts";
import type { ApiCall, ApiOperation } from "./api-operation.ts";
import { paginate } from "./api-operation.ts";
import { ApiProblem, noCapacity, notFound } from "./api-problem.ts";
import { streamPodLog } from "./log-stream.ts";
import { parseRequestBody } from "./request-bodies.ts";

/** Pods: list, create, read, change, end, actions and logs. */
export function podOperations(options: { bootMs: number; pollMs: number }): ApiOperation[] {
  return [
    { operation: "listPods", method: "GET", path: "/v2/pods", answer: listPods },
    {
      operation: "createPod",
      method: "POST",
      path: "/v2/pods",
      answer: (call) => createPod(call, options.bootMs),
    },
    { operation: "getPod", method: "GET", path: "/v2/pods/:id", answer: (call) => ok(call, findPod(call)) },
    { operation: "updatePod", method: "PATCH", path: "/v2/pods/:id", answer: updatePod },
    { operation: "deletePod", method: "DELETE", path: "/v2/pods/:id", answer: deletePod },
    { operation: "podAction", method: "POST", path: "/v2/pods/:id/action", answer: act },
    {
      operation: "getPodLogs",
      method: "GET",
      path: "/v2/pods/:id/logs",
      answer: (call) => streamPodLog({ call, pod: findPod(call), pollMs: options.pollMs }),
    },
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
  if (template?.isServerless === true) {
    throw new ApiProblem(422, "Request validation failed.", {
      errors: ["body.templateId: is a serverless template"],
    });
  }
  const image = body.image ?? template?.container.image;
  if (image === undefined) {
    throw new ApiProblem(422, "Request validation failed.", { errors: ["body.image: is required"] });
  }
  const { gpu } = body;
  if ((gpu === undefined) === (body.cpu === undefined)) {
    throw new ApiProblem(400, "exactly one of gpu or cpu must be set");
  }
  if (gpu === undefined) throw new ApiProblem(400, "The stand-in has no CPU pods.");
  if (gpu.minCudaVersion !== undefined && (gpu.allowedCudaVersions ?? []).length > 0) {
    throw new ApiProblem(400, "gpu.allowedCudaVersions and gpu.minCudaVersion are mutually exclusive");
  }
  const mounts = checkMounts(body.mounts ?? template?.container.mounts ?? {});
  const hasOwnCuda = gpu.minCudaVersion !== undefined || gpu.allowedCudaVersions !== undefined;
  const count = gpu.count ?? 1;
  const placement: Placement = {
    gpuTypeId: gpu.id,
    count,
    cloud: body.cloud ?? "SECURE",
    dataCenterIds: body.dataCenterIds ?? [],
    allowedCudaVersions: gpu.allowedCudaVersions ?? (hasOwnCuda ? [] : (template?.allowedCudaVersions ?? [])),
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
    container: {
      image,
      args: body.args ?? template?.container.args ?? "",
      entrypoint: body.entrypoint ?? template?.container.entrypoint ?? null,
      cmd: body.cmd ?? template?.container.cmd ?? null,
      disk: body.disk ?? template?.container.disk ?? 20,
      ports: checkPorts(body.ports ?? template?.container.ports ?? []),
      env: { ...template?.container.env, ...body.env },
      registry: body.registry ?? template?.container.registry ?? null,
      mounts,
    },
    gpu: { id: gpu.id, count },
    cloud: placement.cloud,
    dataCenterId: place.dataCenterId,
    cudaVersion: place.cudaVersion,
    globalNetworking: false,
    locked: false,
    usdPerHour: place.usdPerHour * factor,
    createdBy: call.caller,
    faults: dealPodFaults(faults, bootMs),
  });
  return ok(call, pod, 201);
}

function updatePod(call: ApiCall) {
  const { account, bodyText, isOldContract } = call;
  const pod = findPod(call);
  const body = parseRequestBody({ operation: "updatePod", text: bodyText, isOldContract });
  const template = body.templateId === undefined ? undefined : account.templates.get(body.templateId);
  if (body.templateId !== undefined && template === undefined) throw notFound();
  const { name, locked, globalNetworking, mounts, templateId, ...fields } = body;
  const changes = { ...template?.container, ...withoutUndefined(fields) };
  pod.name = name ?? pod.name;
  pod.locked = locked ?? pod.locked;
  pod.globalNetworking = globalNetworking ?? pod.globalNetworking;
  const oldMounts = pod.container.mounts;
  const newMounts = mounts === undefined ? oldMounts : checkMounts({ ...oldMounts, ...mounts });
  const isEdited = Object.keys(changes).length > 0 || mounts !== undefined;
  pod.container = { ...pod.container, ...changes, mounts: newMounts };
  // A running pod starts anew with its new settings; what was on its container disk is lost.
  if (isEdited && isBilled(pod, call.nowMs)) account.startPod(pod);
  return ok(call, pod);
}

function deletePod(call: ApiCall) {
  const pod = findPod(call);
  if (!call.account.faults.take("delete-ignored")) call.account.endPod(pod, "call");
  return { status: 204 };
}

function act(call: ApiCall) {
  const { account, bodyText, isOldContract, nowMs } = call;
  const pod = findPod(call);
  const { action } = parseRequestBody({ operation: "podAction", text: bodyText, isOldContract });
  const { status, actions } = describePod(pod, { nowMs, hasCommands: false }) as {
    status: string;
    actions: string[];
  };
  if (!actions.includes(action)) {
    throw new ApiProblem(409, `action "${action}" is not allowed while the pod is ${status}`);
  }
  if (pod.locked && action === "stop") throw new ApiProblem(409, "the pod is locked");
  if (action === "terminate") return deletePod(call);
  if (action === "stop") account.stopPod(pod);
  else account.startPod(pod);
  return ok(call, pod);
}

function checkMounts(mounts: {
  persistent?: Mounts["persistent"] | undefined;
  network?: Mounts["network"] | undefined;
}): Mounts {
  const { persistent, network } = mounts;
  if (persistent !== undefined && network !== undefined) {
    throw new ApiProblem(400, "mounts.persistent and mounts.network are mutually exclusive");
  }
  return {
    ...(persistent === undefined ? {} : { persistent }),
    ...(network === undefined ? {} : { network }),
  };
}

function checkPorts(ports: string[]): string[] {
  if (ports.filter((port) => port.endsWith("/http")).length > 10) {
    throw new ApiProblem(400, "at most 10 http ports can be exposed");
  }
  return ports;
}

function withoutUndefined(
  fields: {
    [Name in keyof Omit<ContainerFields, "mounts">]?: ContainerFields[Name] | undefined;
  },
): Partial<ContainerFields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
