import type { ChosenGpu } from "../../serving/index.ts";
import type { ChosenPool } from "./choose-pools.ts";
import type { EndpointPlan } from "./endpoint-plan.ts";
import { loadBalancerLimits as limits } from "./serverless-limits.ts";

type PlanSoFar = Omit<EndpointPlan, "environment" | "payload">;

/** Lists what somebody should know before they serve from an endpoint: whole sentences, what may fail first. */
export function listEndpointWarnings(
  plan: PlanSoFar,
  findings: { chosen: readonly ChosenPool[]; preferred: ChosenGpu },
): string[] {
  return [...warnOfLimits(plan), ...warnOfStock(findings.chosen), ...warnOfMoney(plan, findings.preferred)];
}

function warnOfLimits(plan: PlanSoFar): string[] {
  if (plan.kind === "queue") {
    return [
      `A request of a queue may take ${plan.requestSeconds} s, its wait not counted; it waits as long as there is no worker.`,
    ];
  }
  return [
    `A load balancer has no queue: a request that finds no worker for ${limits.waitSeconds / 60} minutes is dropped with ` +
      "HTTP 400. A cold start with a model to download takes longer, so wake the endpoint first: waitUntilReady(endpoint).",
    `One request may take ${limits.requestSeconds / 60} minutes, then the balancer breaks it off: bound max_tokens. ` +
      `Requests and answers may have ${limits.bodyMb} MB.`,
    "vLLM refuses connections while it loads, where RunPod's balancer would like to see HTTP 204; that it waits all the " +
      "same is not documented.",
  ];
}

function warnOfStock(chosen: readonly ChosenPool[]): string[] {
  const empty = chosen.filter(({ stock }) => stock === "NONE").map(({ id }) => id);
  if (chosen.length > 1) {
    const order = chosen.map(({ id }) => id).join(", then ");
    return [
      `Workers come from ${order}; with fewer than five all sit in the first that has stock.`,
      ...(empty.length === 0 ? [] : [`Nothing is free at the moment in ${empty.join(", ")}.`]),
    ];
  }
  return empty.length === 0
    ? []
    : [`Nothing is free at the moment in ${empty.join(", ")}: name a second pool to fall back on.`];
}

function warnOfMoney(plan: PlanSoFar, preferred: ChosenGpu): string[] {
  const { minWorkers, maxWorkers, usdPerHourAtRest, idleSeconds, pools } = plan;
  const warnings: string[] = [];
  const dated = pools.flatMap(({ priceObserved }) => priceObserved ?? []).toSorted();
  if (dated[0] !== undefined) {
    warnings.push(
      `Prices are published ones, the oldest of ${dated[0]}; createEndpoint compares the live price with your ceiling.`,
    );
  }
  const unknown = pools.filter(({ usdPerWorkerHour }) => usdPerWorkerHour === null).map(({ id }) => id);
  if (unknown.length > 0) {
    warnings.push(
      `No price is known for ${unknown.join(", ")}, so the plan cannot say what it costs: ` +
        "give offers: await listServerlessPools().",
    );
  }
  if (minWorkers > 0 && usdPerHourAtRest !== null) {
    warnings.push(
      `${minWorkers} ${minWorkers === 1 ? "worker runs" : "workers run"} without a single request, for ` +
        `$${usdPerHourAtRest.toFixed(2)} an hour: a pod is cheaper for what always runs.`,
    );
  } else if (minWorkers === 0) {
    warnings.push(
      `It scales to zero: after ${idleSeconds} s without a request the next one waits for a cold start, which is paid ` +
        `for too${plan.flashBoot === false ? "; FlashBoot, which shortens it, is off" : ""}.`,
    );
  }
  if (maxWorkers === 1) {
    warnings.push(
      "With one worker it scales to zero, and not up: raise maxWorkers, and the ceiling with it.",
    );
  }
  return [...warnings, warnOfDeadline(plan), ...compareWithPod(plan, preferred)];
}

/** A pod has a timer inside that ends it; an endpoint has none, for RunPod would replace a worker that ends. */
function warnOfDeadline({ minWorkers, usdPerHourAtRest }: PlanSoFar): string {
  const workers =
    minWorkers === 1 ? "the worker that always runs goes" : `the ${minWorkers} workers that always run go`;
  const money = usdPerHourAtRest === null ? "money" : `$${usdPerHourAtRest.toFixed(2)} an hour`;
  const goesOn =
    minWorkers === 0 ? "whoever calls the endpoint starts workers" : `${workers} on costing ${money}`;
  return (
    `A process on this machine keeps the deadline. While the machine is off, ${goesOn}, past the worst case, until ` +
    "the next command here, or your credit ends."
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
