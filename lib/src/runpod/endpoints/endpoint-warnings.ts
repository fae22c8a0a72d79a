import { type ChosenGpu, selectWarnings, type Warning, warnOfPrices } from "../../serving/index.ts";
import { sayIfSimulated } from "../../words/index.ts";
import type { ChosenPool } from "./choose-pools.ts";
import type { EndpointPlan } from "./endpoint-plan.ts";
import { loadBalancerLimits as limits } from "./serverless-limits.ts";

type PlanSoFar = Omit<EndpointPlan, "payload">;

/** Lists what somebody should know before they serve from an endpoint: whole sentences, what may fail first. */
export function listEndpointWarnings(
  plan: PlanSoFar,
  { chosen, preferred }: { chosen: readonly ChosenPool[]; preferred: ChosenGpu },
): string[] {
  const { minWorkers, maxWorkers, usdPerHourAtRest, pools } = plan;
  const priced = pools.map((pool) => ({ ...pool, name: pool.id, usdPerHour: pool.usdPerWorkerHour }));
  return [
    `A load balancer has no queue: a request that finds no worker for ${limits.waitSeconds / 60} minutes is dropped with ` +
      "HTTP 400. A cold start with a model to download takes longer, so start a worker first: waitUntilReady(endpoint).",
    `One request may take ${limits.requestSeconds / 60} minutes, then the balancer cuts it off: limit max_tokens. ` +
      `Requests and answers may have ${limits.bodyMb} MB.`,
    "While a worker loads, vLLM refuses connections, and Runpod's balancer expects HTTP 204; that it waits all the " +
      "same is not documented.",
    ...selectWarnings([
      ...warnOfStock(chosen),
      ...warnOfPrices(priced, { createdBy: "createEndpoint", listedBy: "listServerlessPools" }),
      [
        minWorkers > 0 && usdPerHourAtRest !== null,
        `${minWorkers} ${minWorkers === 1 ? "worker runs" : "workers run"} without a single request, for ` +
          `$${usdPerHourAtRest?.toFixed(2)} an hour: a pod is cheaper for what always runs.`,
      ],
      [
        minWorkers === 0,
        `It scales to zero: after ${plan.idleSeconds} s without a request the next one waits for a cold start, which costs ` +
          `money too${plan.flashBoot === false ? "; FlashBoot, which shortens it, is off" : ""}.`,
      ],
      [
        maxWorkers === 1,
        "It has one worker at most, so it never grows: to serve more, raise maxWorkers and the ceiling.",
      ],
    ]),
    warnOfDeadline(plan),
    ...compareWithPod(plan, preferred),
  ];
}

function warnOfStock(chosen: readonly ChosenPool[]): Warning[] {
  const idsOf = (pools: readonly ChosenPool[]) => pools.map(({ id }) => id);
  const empty = idsOf(chosen.filter(({ stock }) => stock === "NONE"));
  const isOnly = chosen.length === 1;
  const mark = sayIfSimulated(chosen.some(({ isSimulated }) => isSimulated));
  return [
    [
      !isOnly,
      `Workers come from ${idsOf(chosen).join(", then ")}; with fewer than five all sit in the first that has stock.`,
    ],
    [
      empty.length > 0,
      `Nothing is free at the moment in ${empty.join(", ")}${mark}${isOnly ? ": name a second pool" : ""}.`,
    ],
  ];
}

/** A pod has a timer inside that ends it; an endpoint has none, for Runpod would replace a worker that ends. */
function warnOfDeadline({ minWorkers, usdPerHourAtRest }: PlanSoFar): string {
  const workers =
    minWorkers === 1 ? "the worker that always runs goes" : `the ${minWorkers} workers that always run go`;
  const money = usdPerHourAtRest === null ? "money" : `$${usdPerHourAtRest.toFixed(2)} an hour`;
  const goesOn =
    minWorkers === 0 ? "anybody who calls the endpoint starts workers" : `${workers} on costing ${money}`;
  return (
    `A process on this machine deletes it at the deadline. While the machine is off, ${goesOn}, also beyond the worst case, until ` +
    "the next command on this machine, or until your credit ends."
  );
}

/** Above which share of busy time a pod of the same card is cheaper; computed, cold starts left out. */
function compareWithPod(plan: PlanSoFar, preferred: ChosenGpu): string[] {
  const pool = plan.pools.find(({ gpuTypeIds }) => gpuTypeIds.includes(preferred.gpuTypeId));
  const workerUsd = pool?.usdPerWorkerHour ?? null;
  if (preferred.usdPerHour === null || workerUsd === null) return [];
  const share = (preferred.usdPerHour * plan.gpuCount) / workerUsd;
  if (share >= 1) return [];
  return [
    `An hour of a worker costs ${(1 / share).toFixed(1)} times an hour of a pod with the same ${preferred.displayName}: ` +
      `busy more than ${Math.round(100 * share)} % of the time, a pod is cheaper (computed, cold starts left out).`,
  ];
}
