import type { ModelShape } from "../../facts/index.ts";
import { joinArguments, memoryShare, serverPort } from "../../serving/index.ts";
import type { CreateEndpointBody } from "../client/endpoint-schemas.ts";
import { secretNameOf, secretPlaceholder } from "../pods/secret-name.ts";
import type { ChosenPool } from "./choose-pools.ts";
import type { EndpointPlan, EndpointPlanRequest } from "./endpoint-plan.ts";

/** The token is a reference to a secret of this workbook's own, which RunPod fills in inside the worker. */
const tokenReference = secretPlaceholder(secretNameOf("<workbook id>"));

const flashBootModes = { true: "FLASHBOOT", false: "OFF", priority: "PRIORITY_FLASHBOOT" } as const;

/**
 * Makes the environment of a worker; nothing in it is secret.
 *
 * A load balancer has to be told where the server listens and where its health is asked, which by default are port 80
 * and `/ping`. vLLM gets no key of its own: RunPod's edge takes the Authorization header for itself. RunPod's wrapper
 * of the queue takes what would be arguments of `vllm serve` as variables.
 */
export function makeWorkerEnvironment(
  plan: Pick<EndpointPlan, "kind" | "model" | "maxModelTokens" | "gpuCount" | "requestsPerWorker">,
  { request, shape }: { request: EndpointPlanRequest; shape: ModelShape },
): Record<string, string> {
  const common = { VLLM_NO_USAGE_STATS: "1" };
  if (plan.kind === "load-balancer") {
    const port = String(serverPort);
    return { ...common, PORT: port, PORT_HEALTH: port, HEALTH_CHECK_PATH: "/health" };
  }
  const { kvCacheDtype, extraArguments = [] } = request;
  const further = joinArguments([...shape.vllmArguments, ...extraArguments], true);
  return {
    ...common,
    MODEL_NAME: plan.model,
    OPENAI_SERVED_MODEL_NAME_OVERRIDE: plan.model,
    MAX_MODEL_LEN: String(plan.maxModelTokens),
    TENSOR_PARALLEL_SIZE: String(plan.gpuCount),
    GPU_MEMORY_UTILIZATION: memoryShare,
    MAX_CONCURRENCY: String(plan.requestsPerWorker),
    ...(kvCacheDtype === "fp8" ? { KV_CACHE_DTYPE: "fp8" } : {}),
    ...(further === "" ? {} : { VLLM_EXTRA_ARGS: further }),
  };
}

/** Writes the create call as RunPod's REST v2 has it, secrets redacted. */
export function makeEndpointPayload(
  plan: Omit<EndpointPlan, "payload">,
  options: { chosen: readonly ChosenPool[]; startsVllmServe: boolean },
): CreateEndpointBody {
  const isBalancer = plan.kind === "load-balancer";
  const holding = plan.pools.flatMap(({ gpuTypeIds }) => gpuTypeIds);
  const excluded = options.chosen.flatMap(({ gpuTypeIds, unwantedGpuTypeIds }) => [
    ...unwantedGpuTypeIds,
    ...gpuTypeIds.filter((card) => !holding.includes(card)),
  ]);
  const { minCudaVersion } = plan;
  return {
    name: plan.name,
    type: isBalancer ? "LOAD_BALANCER" : "QUEUE",
    image: plan.image,
    ...(isBalancer ? { args: joinArguments(plan.vllmArguments, options.startsVllmServe) } : {}),
    disk: plan.containerDiskGb,
    ports: isBalancer ? [`${serverPort}/http`] : [],
    env: { ...plan.environment, ...(plan.needsHuggingFaceToken ? { HF_TOKEN: tokenReference } : {}) },
    gpu: {
      pools: plan.pools.map(({ id }) => id),
      ...(excluded.length === 0 ? {} : { excludedTypes: excluded }),
      count: plan.gpuCount,
      ...(minCudaVersion === null ? {} : { minCudaVersion }),
    },
    workers: { min: plan.minWorkers, max: plan.maxWorkers, idleTimeout: plan.idleSeconds },
    // A load balancer scales by requests only, and a queue by requests takes no idle timeout.
    scaling: isBalancer
      ? { type: "REQUEST_COUNT", requestCount: plan.requestsPerWorker }
      : { type: "QUEUE_DELAY", queueDelay: plan.queueDelaySeconds },
    flashboot: flashBootModes[`${plan.flashBoot}`],
    timeout: plan.requestSeconds * 1_000,
    ...(plan.dataCenterIds.length === 0 ? {} : { dataCenterIds: [...plan.dataCenterIds] }),
  };
}
