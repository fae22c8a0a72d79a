import { InputError } from "../errors.ts";
import { secretNameOf, secretPlaceholder } from "../runpod/index.ts";
import {
  checkModelShape,
  computePodCost,
  findModelShape,
  joinArguments,
  type ModelShape,
  planServer,
  type ServerPlan,
  serverPort,
} from "../serving/index.ts";
import { makeNodeScript, makeStartCommands } from "./cluster-commands.ts";
import type { ClusterPlan, ClusterPlanRequest, CreateClusterBody } from "./cluster-plan.ts";

/** A plain image with a shell: the call has no entrypoint, and vLLM's own image can start nothing but `vllm serve`. */
const nodeImage = "runpod/pytorch:1.0.2-cu1281-torch280-ubuntu2404";
const defaultGpu = "NVIDIA H100 80GB HBM3";
/** RunPod's cluster has two machines at least; more than eight are beyond what is planned here. */
const [fewestNodes, mostNodes] = [2, 8];

/**
 * Plans one model over several machines: the memory of each, the call to RunPod, and what each machine runs.
 *
 * Each layer is split over the GPUs of a machine (tensor parallel), and the layers are dealt out over the machines
 * (pipeline parallel), as vLLM advises. Pure and offline; **nothing here rents a cluster**, and nobody has tried this plan.
 *
 * @throws InputError that names the field; where the model does not fit, it says on how many machines it would.
 */
export function planCluster(request: ClusterPlanRequest): ClusterPlan {
  const model =
    typeof request.model === "string"
      ? named(() => findModelShape(String(request.model)))
      : checkModelShape(request.model);
  const { nodes, server } = placeOnNodes(model, request);
  const { placement, containerDiskGb, request: checked } = server;
  const { gpuTypeId, displayName, usdPerHour: usdPerGpuHour, priceObserved } = placement.preferred;
  const gpusPerNode = checked.gpuCount;
  const { minutes = 60 } = request;
  const cost =
    usdPerGpuHour === null
      ? null
      : computePodCost({
          ...{ usdPerGpuHour, gpuCount: gpusPerNode, containerDiskGb },
          ...{ networkVolumeGb: null, deadlineMinutes: minutes },
        });
  const vllmArguments = [
    ...server.vllmArguments,
    ...["--pipeline-parallel-size", String(nodes), "--distributed-executor-backend", "ray"],
  ];
  const startCommands = makeStartCommands({ vllmVersion: server.image.vllmVersion ?? "", vllmArguments });
  return {
    kind: "plan",
    name: `workbook-${model.id.slice(model.id.indexOf("/") + 1).toLowerCase()}`,
    model: model.id,
    gpuTypeId,
    displayName,
    gpusPerNode,
    nodes,
    tensorParallelSize: gpusPerNode,
    pipelineParallelSize: nodes,
    memory: placement.memory,
    maxModelTokens: placement.maxModelTokens,
    usdPerHour: cost === null ? null : cost.usdPerHour * nodes,
    priceObserved,
    minutes,
    usdForMinutes: cost === null ? null : cost.worstCaseUsd * nodes,
    startCommands,
    payload: makePayload(model, server, { nodes, script: makeNodeScript(startCommands) }),
    warnings: [...server.warnings, ...listWarnings(model, request, server)],
  };
}

/** The fewest machines that hold the model, or the number asked for. */
function placeOnNodes(model: ModelShape, request: ClusterPlanRequest): { nodes: number; server: ServerPlan } {
  const { nodes } = request;
  if (nodes !== undefined) {
    const isPossible = Number.isInteger(nodes) && nodes >= fewestNodes && nodes <= mostNodes;
    if (isPossible) return { nodes, server: named(() => planNode(model, request, nodes)) };
    throw new InputError(`planCluster: nodes is ${nodes}.`, {
      remedy: `Give a whole number of machines from ${fewestNodes} to ${mostNodes}; for one, planPod makes the plan.`,
    });
  }
  for (let count = fewestNodes; count < mostNodes; count++) {
    const server = tryNode(model, request, count);
    if (server !== null) return { nodes: count, server };
  }
  return { nodes: mostNodes, server: named(() => planNode(model, request, mostNodes)) };
}

/** Plans the machine with the most layers: it is a server of a smaller model, with every layer's heads. */
function planNode(model: ModelShape, request: ClusterPlanRequest, nodes: number): ServerPlan {
  const { gpu = defaultGpu, gpusPerNode = 8, minutes = 60, nodes: _nodes, model: _model, ...rest } = request;
  const layers = Math.ceil(model.layers / nodes);
  const stage: ModelShape = {
    ...model,
    layers,
    windowedLayers: Math.ceil(model.windowedLayers / nodes),
    weightsGb: (model.weightsGb * layers) / model.layers,
  };
  return planServer({ ...rest, model: stage, gpus: [gpu], gpuCount: gpusPerNode, deadlineMinutes: minutes });
}

function tryNode(model: ModelShape, request: ClusterPlanRequest, nodes: number): ServerPlan | null {
  try {
    return planNode(model, request, nodes);
  } catch (error) {
    if (error instanceof InputError && /does not fit|not enough memory/.test(error.problemText)) return null;
    throw renamed(error);
  }
}

/** Lets an error name this function, and not the one for pods that does the work. */
function named<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw renamed(error);
  }
}

function renamed(error: unknown): unknown {
  if (!(error instanceof InputError)) return error;
  const { problemText, remedy } = error;
  return new InputError(problemText.replace(/^planPod:/, "planCluster:"), {
    remedy: /does not fit/.test(problemText)
      ? "Take more nodes, a larger kind of GPU, or a smaller checkpoint."
      : remedy,
    cause: error,
  });
}

function makePayload(
  model: ModelShape,
  server: ServerPlan,
  { nodes, script }: { nodes: number; script: string },
): CreateClusterBody {
  return {
    name: `workbook-${model.id.slice(model.id.indexOf("/") + 1).toLowerCase()}`,
    // A RAY cluster comes with a Ray of RunPod's own, whose version would have to be vLLM's.
    type: "APPLICATION",
    compute: {
      gpuTypeId: server.placement.preferred.gpuTypeId,
      gpuCountPerPod: server.request.gpuCount,
      podCount: nodes,
    },
    image: nodeImage,
    disk: server.containerDiskGb,
    // Of every machine; only the first has a server behind it. Ray's own ports stay inside the cluster's network.
    ports: [`${serverPort}/http`],
    env: {
      VLLM_NO_USAGE_STATS: "1",
      ...(server.needsHuggingFaceToken ? { HF_TOKEN: secretPlaceholder(secretNameOf("<workbook id>")) } : {}),
      VLLM_API_KEY: "(drawn when the cluster is created)",
    },
    args: joinArguments(["bash", "-c", script], true),
    startSsh: false,
    startJupyter: false,
  };
}

function listWarnings(model: ModelShape, request: ClusterPlanRequest, server: ServerPlan): string[] {
  const { gpu = defaultGpu, gpusPerNode = 8 } = request;
  const onOne = tryNode(model, request, 1);
  return [
    ...(onOne === null
      ? []
      : [
          `One machine with ${gpusPerNode} × ${server.placement.preferred.displayName} holds the model: several of them behind a router serve more.`,
        ]),
    `RunPod publishes no price of its own for clusters: this one is that of single pods with ${gpu}.`,
    "Nothing ends a cluster at its deadline: neither a timer inside nor this workbook's sweep knows it.",
    "Every machine downloads the whole model and installs vLLM first, and is paid for meanwhile.",
    "vLLM's paths beside /v1 ask for no key on a cluster: the start script that closes them is for pods.",
  ];
}
