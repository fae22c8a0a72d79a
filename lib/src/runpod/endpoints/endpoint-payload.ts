import { joinArguments, serverPort } from "../../serving/index.ts";
import type { CreateEndpointBody } from "../client/schemas.ts";
import { plannedToken } from "../pods/pod-plan.ts";
import type { ChosenPool } from "./choose-pools.ts";
import type { EndpointPlan } from "./endpoint-plan.ts";

const flashBootModes = { true: "FLASHBOOT", false: "OFF", priority: "PRIORITY_FLASHBOOT" } as const;

/**
 * What each worker gets beside its secrets.
 *
 * A load balancer has to be told where the server listens and where its health is asked, which by default are port 80
 * and `/ping`. vLLM gets no key of its own: Runpod's edge takes the Authorization header for itself.
 */
export const workerEnvironment: Readonly<Record<string, string>> = {
  VLLM_NO_USAGE_STATS: "1",
  PORT: String(serverPort),
  PORT_HEALTH: String(serverPort),
  HEALTH_CHECK_PATH: "/health",
};

/** Writes the create call as Runpod's REST v2 has it, secrets redacted. */
export function makeEndpointPayload(
  plan: Omit<EndpointPlan, "payload">,
  options: { chosen: readonly ChosenPool[]; startsVllmServe: boolean },
): CreateEndpointBody {
  const holding = plan.pools.flatMap(({ gpuTypeIds }) => gpuTypeIds);
  const excluded = options.chosen.flatMap(({ gpuTypeIds, unwantedGpuTypeIds }) => [
    ...unwantedGpuTypeIds,
    ...gpuTypeIds.filter((card) => !holding.includes(card)),
  ]);
  const { minCudaVersion } = plan;
  return {
    name: plan.name,
    type: "LOAD_BALANCER",
    image: plan.image,
    args: joinArguments(plan.vllmArguments, options.startsVllmServe),
    disk: plan.containerDiskGb,
    ports: [`${serverPort}/http`],
    env: { ...plan.environment, ...plannedToken(plan) },
    gpu: {
      pools: plan.pools.map(({ id }) => id),
      ...(excluded.length === 0 ? {} : { excludedTypes: excluded }),
      count: plan.gpuCount,
      ...(minCudaVersion === null ? {} : { minCudaVersion }),
    },
    workers: { min: plan.minWorkers, max: plan.maxWorkers, idleTimeout: plan.idleSeconds },
    scaling: { type: "REQUEST_COUNT", requestCount: plan.requestsPerWorker },
    flashboot: flashBootModes[`${plan.flashBoot}`],
    timeout: plan.requestSeconds * 1_000,
    ...(plan.dataCenterIds.length === 0 ? {} : { dataCenterIds: [...plan.dataCenterIds] }),
  };
}
