import { alignColumns } from "../../words/index.ts";
import type { EndpointPlan } from "./endpoint-plan.ts";

/**
 * Describes a plan for people, one fact a line, aligned.
 *
 * Costs are computed; the price is the catalogue's, or a published one with its date.
 */
export function describeEndpointPlan(plan: EndpointPlan): string {
  const { memory, pools, minWorkers, maxWorkers, usdPerWorkerHour } = plan;
  const observed = pools.flatMap(({ priceObserved }) => priceObserved ?? []).toSorted()[0] ?? null;
  const priceKind = observed === null ? "the catalogue's price" : `published, ${observed}`;
  const scaling =
    plan.kind === "queue"
      ? `another one when a request waits ${plan.queueDelaySeconds} s`
      : `another one per ${plan.requestsPerWorker} requests at a time`;
  const lines: [string, string][] = [
    ["model", plan.model],
    ["kind", `serverless, ${plan.kind}`],
    [
      "GPU",
      pools
        .map(({ id, gpuTypeIds }) => `${plan.gpuCount} × ${id} (${gpuTypeIds.join(", ")})`)
        .join(", else "),
    ],
    ["image", plan.image],
    ["weights", `${memory.weightsGib.toFixed(1)} of ${memory.usableGib.toFixed(1)} GiB that vLLM may use`],
    ["context", `${plan.maxModelTokens.toLocaleString("en-US")} tokens`],
    ["workers", `${minWorkers} to ${maxWorkers}, ${scaling}; kept ${plan.idleSeconds} s with nothing to do`],
    [
      "price",
      usdPerWorkerHour === null
        ? "not known"
        : `$${(usdPerWorkerHour / 3_600).toFixed(6)} a second of a worker, $${usdPerWorkerHour.toFixed(2)} an hour (${priceKind})`,
    ],
    ["at rest", dollars(plan.usdPerHourAtRest, " an hour")],
    [
      "at most",
      dollars(plan.maxUsdPerHour, ` an hour with ${maxWorkers} ${maxWorkers === 1 ? "worker" : "workers"}`),
    ],
    ["worst case", dollars(plan.worstCaseUsd, ` until the deadline after ${plan.deadlineMinutes} minutes`)],
    ...plan.warnings.map((warning): [string, string] => ["mind", warning]),
  ];
  return alignColumns(lines);
}

function dollars(usd: number | null, what: string): string {
  return usd === null ? "not known" : `$${usd.toFixed(2)}${what}`;
}
