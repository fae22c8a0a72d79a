import { sayUsd } from "../serving/index.ts";
import { alignColumns, inWords } from "../words/index.ts";
import type { planCluster } from "./plan-cluster.ts";

/** What would be rented and started for one model over several machines: a plan, which nobody here has run. */
export type ClusterPlan = ReturnType<typeof planCluster>;

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
