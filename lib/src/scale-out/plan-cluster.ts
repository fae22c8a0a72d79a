import { InputError } from "../errors.ts";
import type { ModelShape } from "../facts/index.ts";
import { requireNumber } from "../require-number.ts";
import { plannedToken } from "../runpod/index.ts";
import {
  type Caller,
  computePodCost,
  findModelShape,
  joinArguments,
  planServer,
  type ServerPlan,
  serverPort,
} from "../serving/index.ts";
import { makeNodeScript, makeStartCommands } from "./cluster-commands.ts";
import type { ClusterPlan, ClusterPlanRequest } from "./cluster-plan.ts";

/** A plain image with a shell: the call has no entrypoint, and vLLM's own image can start nothing but `vllm serve`. */
const nodeImage = "runpod/pytorch:1.0.2-cu1281-torch280-ubuntu2404";
const defaultGpu = "NVIDIA H100 80GB HBM3";
const caller: Caller = { name: "planCluster", gpus: "gpu", takesOneKind: true, gpuCount: "gpusPerNode" };
/** RunPod's cluster has two machines at least; more than eight are beyond what is planned here. */
const nodeRange = { whole: true, from: 2, to: 8, meaning: "a number of machines here: one machine is a pod" };

/**
 * Plans one model over several machines: the memory of each, the call to RunPod, and what each machine runs.
 *
 * Each layer is split over the GPUs of a machine (tensor parallel), and the layers are dealt out over the machines
 * (pipeline parallel), as vLLM advises. Pure and offline; **nothing here rents a cluster**, and nobody has tried this plan.
 *
 * @throws InputError that names the field; where the model does not fit, it says on how many machines it would.
 */
export function planCluster(request: ClusterPlanRequest): ClusterPlan {
  const { gpu = defaultGpu, gpusPerNode = 8, minutes = 60 } = request;
  requireNumber(caller.name, { minutes }, { whole: true, from: 1, to: 10_080 });
  const model = findModelShape(request.model, caller.name);
  const settled = { ...request, model, gpu, gpusPerNode };
  const { nodes, planned } = placeOnNodes(settled);
  const { server, placement, image } = planned;
  const { gpuTypeId, displayName, usdPerHour: usdPerGpuHour, priceObserved } = placement.preferred;
  const cost = computePodCost({ ...server, usdPerGpuHour, deadlineMinutes: minutes });
  const ofAll = (usd: number | null) => (usd === null ? null : usd * nodes);
  const split = ["--pipeline-parallel-size", String(nodes), "--distributed-executor-backend", "ray"];
  const startCommands = makeStartCommands({
    vllmVersion: image.vllmVersion ?? "",
    vllmArguments: [...server.vllmArguments, ...split],
  });
  const name = `workbook-${model.id.slice(model.id.indexOf("/") + 1).toLowerCase()}`;
  return {
    kind: "plan",
    name,
    model: model.id,
    gpuTypeId,
    displayName,
    gpusPerNode,
    nodes,
    tensorParallelSize: gpusPerNode,
    pipelineParallelSize: nodes,
    memory: server.memory,
    maxModelTokens: server.maxModelTokens,
    usdPerHour: ofAll(cost.usdPerHour),
    priceObserved,
    minutes,
    usdForMinutes: ofAll(cost.worstCaseUsd),
    startCommands,
    payload: {
      name,
      // A RAY cluster comes with a Ray of RunPod's own, whose version would have to be vLLM's.
      type: "APPLICATION",
      compute: { gpuTypeId, gpuCountPerPod: gpusPerNode, podCount: nodes },
      image: nodeImage,
      disk: server.containerDiskGb,
      // Of every machine; only the first has a server behind it. Ray's own ports stay inside the cluster's network.
      ports: [`${serverPort}/http`],
      env: {
        VLLM_NO_USAGE_STATS: "1",
        ...plannedToken(server),
        VLLM_API_KEY: "(drawn when the cluster is created)",
      },
      args: joinArguments(["bash", "-c", makeNodeScript(startCommands)], true),
      startSsh: false,
      startJupyter: false,
    },
    warnings: [
      ...server.warnings,
      ...("planned" in tryOnNodes(settled, 1)
        ? [
            `One machine with ${gpusPerNode} × ${displayName} holds the model: several of them behind a router serve more.`,
          ]
        : []),
      `RunPod publishes no price of its own for clusters: this one is that of single pods with ${gpu}.`,
      "Nothing ends a cluster at its deadline: neither a timer inside nor this workbook's sweep knows it.",
      "Every machine downloads the whole model and installs vLLM first, and is paid for meanwhile.",
      "vLLM's paths beside /v1 ask for no key on a cluster: the start script that closes them is for pods.",
    ],
  };
}

type SettledRequest = Omit<ClusterPlanRequest, "model"> & {
  model: ModelShape;
  gpu: string;
  gpusPerNode: number;
};

/** The fewest machines that hold the model, or the number asked for. */
function placeOnNodes(request: SettledRequest): { nodes: number; planned: ServerPlan } {
  const { model, gpu, gpusPerNode } = request;
  requireNumber(caller.name, { nodes: request.nodes }, { ...nodeRange, optional: true });
  const last = request.nodes ?? nodeRange.to;
  for (let nodes = request.nodes ?? nodeRange.from; ; nodes++) {
    const attempt = tryOnNodes(request, nodes);
    if ("planned" in attempt) return { nodes, planned: attempt.planned };
    if (nodes < last) continue;
    if (attempt.error.field !== caller.gpus) throw attempt.error;
    throw new InputError(
      `planCluster: ${model.id} does not fit ${nodes} machines with ${gpusPerNode} × ${gpu} each.`,
      {
        remedy: "Take more nodes, a larger kind of GPU, or a smaller checkpoint.",
        problem: "does-not-fit",
        field: caller.gpus,
        cause: attempt.error,
      },
    );
  }
}

/** Plans the machine with the most layers: it is a server of a smaller model, with every layer's heads. */
function tryOnNodes(request: SettledRequest, nodes: number): { planned: ServerPlan } | { error: InputError } {
  const { model, gpu, gpusPerNode: gpuCount } = request;
  const layers = Math.ceil(model.layers / nodes);
  const stage: ModelShape = {
    ...model,
    layers,
    windowedLayers: Math.ceil(model.windowedLayers / nodes),
    weightsGb: (model.weightsGb * layers) / model.layers,
  };
  try {
    return {
      planned: planServer({ ...request, model: stage, gpus: [gpu], gpuCount, cloud: "SECURE" }, caller),
    };
  } catch (error) {
    if (error instanceof InputError && error.problem === "does-not-fit") return { error };
    throw error;
  }
}
