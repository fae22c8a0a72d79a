import { alignColumns } from "../../words/index.ts";
import type { PodPlan } from "./pod-plan.ts";

/**
 * Writes a plan for people, one figure a line: what is rented, what fits, what it costs at most, and what to mind.
 *
 * Memory and worst case are computed; the price is the catalogue's, or a published one with its date.
 */
export function describePlan(plan: PodPlan): string {
  const { memory, gpuCandidates, gpuCount } = plan;
  const candidates = gpuCandidates.map(({ displayName }) => `${gpuCount} × ${displayName}`).join(", else ");
  const observed = gpuCandidates[0]?.priceObserved ?? null;
  const priceKind = observed === null ? "the catalogue's price" : `published, ${observed}`;
  const lines: [string, string][] = [
    ["model", plan.model],
    ["GPU", candidates],
    ["image", plan.image],
    ["weights", `${memory.weightsGib.toFixed(1)} of ${memory.usableGib.toFixed(1)} GiB that vLLM may use`],
    ["KV cache", `${count(memory.kvCacheTokens)} tokens`],
    [
      "context",
      `${count(plan.maxModelTokens)} tokens, ${count(memory.sequencesAtMaxModelTokens)} such at a time`,
    ],
    [
      "price",
      plan.usdPerHour === null ? "not known" : `$${plan.usdPerHour.toFixed(2)} an hour (${priceKind})`,
    ],
    [
      "worst case",
      plan.worstCaseUsd === null
        ? "not known"
        : `$${plan.worstCaseUsd.toFixed(2)} until the deadline after ${plan.deadlineMinutes} minutes`,
    ],
    ...plan.warnings.map((warning): [string, string] => ["mind", warning]),
  ];
  return alignColumns(lines);
}

function count(value: number): string {
  return Math.floor(value).toLocaleString("en-US");
}
