import { InputError } from "../errors.ts";
import { listCaches, type ModelShape } from "../facts/index.ts";
import { requireNumber } from "../require-number.ts";
import { type CreatePodBody, plannedToken } from "../runpod/index.ts";
import {
  type Caller,
  computePodCost,
  findModelShape,
  type GpuOffer,
  joinArguments,
  planServer,
  type ServerPlan,
  type ServerRequest,
  sayUsd,
  serverPort,
} from "../serving/index.ts";
import { alignColumns, inWords } from "../words/index.ts";
import { makeNodeScript, makeStartCommands } from "./cluster-commands.ts";

/** One model over several machines; everything but the model has a default. */
export interface ClusterPlanRequest extends Omit<ServerRequest, "image" | "minCudaVersion" | "adapters"> {
  /** The kind of GPU, by Runpod's id or short name. Default: `NVIDIA H100 80GB HBM3`. */
  gpu?: string;
  /** GPUs of each machine, over which each layer is split. Default 8. */
  gpusPerNode?: number;
  /** Machines, over which the layers are dealt out. Default: the fewest that hold the model. */
  nodes?: number;
  /** For how long the cost is computed; nothing ends a cluster by itself. Default 60. */
  minutes?: number;
  /** Live prices from `listGpus()`. Default: published ones with their date. */
  offers?: readonly GpuOffer[];
}

/** A plain image with a shell: the call has no entrypoint, and vLLM's own image can start nothing but `vllm serve`. */
const nodeImage = "runpod/pytorch:1.0.2-cu1281-torch280-ubuntu2404";
const defaultGpu = "NVIDIA H100 80GB HBM3";
const caller: Caller = { name: "planCluster", gpus: "gpu", takesOneKind: true, gpuCount: "gpusPerNode" };
/** Runpod's cluster has two machines at least; more than eight are beyond what is planned here. */
const nodeRange = { whole: true, from: 2, to: 8, meaning: "a number of machines here: one machine is a pod" };

/**
 * Plans one model over several machines: the memory of each, the call to Runpod, and what each machine runs.
 *
 * Each layer is split over the GPUs of a machine (tensor parallel), and the layers are dealt out over the machines
 * (pipeline parallel), as vLLM advises. Pure and offline; **nothing here rents a cluster**, and nobody has tried this plan.
 *
 * @throws InputError that names the field; where the model does not fit, it says on how many machines it would.
 */
export function planCluster(request: ClusterPlanRequest): ClusterPlan {
  return makePlan(request);
}

function makePlan(request: ClusterPlanRequest) {
  const { gpu = defaultGpu, gpusPerNode = 8, minutes = 60 } = request;
  requireNumber(caller.name, { minutes }, { whole: true, from: 1, to: 10_080 });
  requireNumber(caller.name, { nodes: request.nodes }, { ...nodeRange, optional: true });
  const model = findModelShape(request.model, caller.name);
  const settled = { ...request, model, gpu, gpusPerNode };
  const { nodes, planned } = placeOnNodes(settled);
  const { server, placement, image } = planned;
  const { gpuTypeId, displayName, usdPerHour: usdPerGpuHour, priceObserved } = placement.preferred;
  const cost = computePodCost({ ...server, usdPerGpuHour, deadlineMinutes: minutes });
  const ofAll = (usd: number | null) => (usd === null ? null : usd * nodes);
  const split = ["--pipeline-parallel-size", String(nodes), "--distributed-executor-backend", "ray"];
  const startCommands = makeStartCommands(image.vllmVersion ?? "", [...server.vllmArguments, ...split]);
  const name = `workbook-${model.id.slice(model.id.indexOf("/") + 1).toLowerCase()}`;
  const payload = {
    name,
    // A RAY cluster comes with a Ray of Runpod's own, whose version would have to be vLLM's.
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
  } satisfies Omit<CreatePodBody, "gpu" | "cloud"> & { type: string; compute: object };
  const fitsOneMachine = !(tryOnNodes(settled, 1) instanceof InputError);
  const oneMachine = `One machine with ${gpusPerNode} × ${displayName} holds the model: several of them behind a router serve more.`;
  return {
    kind: "plan" as const,
    name,
    model: model.id,
    gpuTypeId,
    displayName,
    gpusPerNode,
    nodes,
    /** Each layer is split over the GPUs of a machine, which talk fast. */
    tensorParallelSize: gpusPerNode,
    /** The layers are dealt out over the machines, which need to talk less. */
    pipelineParallelSize: nodes,
    memory: server.memory,
    maxModelTokens: server.maxModelTokens,
    /** For all machines: GPUs as single pods of them cost, and disks; `null` where no price is known. */
    usdPerHour: ofAll(cost.usdPerHour),
    /** The day on which the GPU's price was published; `null` where it is live, or not known. */
    priceObserved,
    minutes,
    /** What it costs if it is deleted after `minutes`. */
    usdForMinutes: ofAll(cost.worstCaseUsd),
    /** What each machine runs, as lines of a shell; the first is the one with `NODE_RANK` 0. */
    startCommands,
    /** The body of `POST /v2/clusters`, with secrets redacted. */
    payload,
    warnings: [
      ...server.warnings,
      ...(fitsOneMachine ? [oneMachine] : []),
      // Source: api-evangelist/runpod, plans-pricing of 2026-10-07, which names these rates and gives no figure.
      `Runpod has other prices for clusters, some of them on request, and the workbook does not know them: this price is that of single pods with ${gpu}.`,
      "Nothing ends a cluster by itself: it has no timer inside, and no command of this workbook looks for clusters.",
      "First every machine downloads the whole model and installs vLLM, and that time costs money too.",
      "On a cluster vLLM's paths outside of /v1 ask for no key: the start script that closes them is only for pods.",
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
  const last = request.nodes ?? nodeRange.to;
  for (let nodes = request.nodes ?? nodeRange.from; ; nodes++) {
    const planned = tryOnNodes(request, nodes);
    if (!(planned instanceof InputError)) return { nodes, planned };
    if (nodes < last) continue;
    if (planned.field !== caller.gpus) throw planned;
    const machines = `${nodes} machines with ${request.gpusPerNode} × ${request.gpu} each`;
    throw new InputError(`planCluster: ${request.model.id} does not fit ${machines}.`, {
      remedy: "Take more nodes, a larger kind of GPU, or a smaller checkpoint.",
      problem: "does-not-fit",
      field: caller.gpus,
      cause: planned,
    });
  }
}

/** Plans the machine with the most layers, as a server of a smaller model; returns the error where it does not fit. */
function tryOnNodes(request: SettledRequest, nodes: number): ServerPlan | InputError {
  const { model, gpu, gpusPerNode: gpuCount } = request;
  const stage = takeStage(model, nodes);
  try {
    return planServer({ ...request, model: stage, gpus: [gpu], gpuCount, cloud: "SECURE" }, caller);
  } catch (error) {
    if (error instanceof InputError && error.problem === "does-not-fit") return error;
    throw error;
  }
}

/** The part of a model that the machine with the most layers holds. */
function takeStage(model: ModelShape, nodes: number): ModelShape {
  const layers = Math.ceil(model.layers / nodes);
  const caches = listCaches(model).map((cache) => ({ ...cache, layers: Math.ceil(cache.layers / nodes) }));
  const share = layers / model.layers;
  return {
    ...model,
    layers,
    caches,
    stateMb: (model.stateMb ?? 0) * share || null,
    weightsGb: model.weightsGb * share,
  };
}

/** What would be rented and started for one model over several machines: a plan, which nobody here has run. */
export interface ClusterPlan extends ReturnType<typeof makePlan> {}

/** Writes a plan for people, one figure a line; memory and cost are computed, the price is a published or a live one. */
export function describeClusterPlan(plan: ClusterPlan): string {
  const { memory, nodes, gpusPerNode, displayName, priceObserved } = plan;
  const priceKind =
    priceObserved === null ? "the catalogue's price for pods" : `pods, published ${priceObserved}`;
  const lines: [string, string][] = [
    ["state", "a plan: nothing was rented, and nobody has tried it"],
    ["model", plan.model],
    ["machines", `${nodes}, each with ${gpusPerNode} × ${displayName}`],
    ["split", `each layer over ${plan.tensorParallelSize} GPUs, the layers over ${nodes} machines`],
    [
      "weights",
      `${memory.weightsGib.toFixed(0)} of ${memory.usableGib.toFixed(0)} GiB on the fullest machine (computed)`,
    ],
    [
      "context",
      `${inWords(plan.maxModelTokens)} tokens; the cache holds ${inWords(Math.floor(memory.kvCacheTokens))} (computed)`,
    ],
    ["price", sayUsd(plan.usdPerHour, `an hour (${priceKind})`)],
    ["cost", sayUsd(plan.usdForMinutes, `if you delete it after ${plan.minutes} minutes`)],
    ...plan.warnings.map((warning): [string, string] => ["mind", warning]),
  ];
  return alignColumns(lines);
}
