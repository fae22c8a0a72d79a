import type { EndpointPlan, PodPlan } from "./runpod/index.ts";
import { type ClusterPlan, describeClusterPlan } from "./scale-out/index.ts";
import { findAdapterRoom, type PlannedServer, sayUsd } from "./serving/index.ts";
import { alignColumns, cleanName, hideSecretArguments, inWords } from "./words/index.ts";

/**
 * Writes a plan for people, one figure a line: what is rented, what fits, what it costs at most, and what to mind.
 *
 * Memory and costs are computed; the price is the catalogue's, or a published one with its date.
 */
export function describePlan(plan: PodPlan | EndpointPlan | ClusterPlan): string {
  if ("nodes" in plan) return describeClusterPlan(plan);
  const { weightsGib, usableGib } = plan.memory;
  const common: [string, string][] = [
    ["image", plan.image],
    ["weights", `${weightsGib.toFixed(1)} of ${usableGib.toFixed(1)} GiB that vLLM may use`],
    ...describeAdapters(plan),
    ["tools", describeTools(plan)],
    ...describeExtraArguments(plan),
  ];
  return alignColumns([
    ["model", plan.model],
    ...("pools" in plan ? describeEndpoint(plan, common) : describePod(plan, common)),
    ["worst case", sayUsd(plan.worstCaseUsd, `until the deadline after ${plan.deadlineMinutes} minutes`)],
    ...plan.warnings.map((warning) => ["mind", warning]),
  ]);
}

function describeAdapters({ adapters, memory }: PlannedServer): [string, string][] {
  const { rank } = findAdapterRoom(adapters);
  const room = `${memory.adaptersGib.toFixed(2)} GiB kept for ${adapters.length} of rank ${rank}`;
  return adapters.map(({ name, repository, rank: own }, place): [string, string] => [
    place === 0 ? "adapters" : "",
    `${name}: ${repository}, rank ${own}${place === 0 ? ` (${room})` : ""}`,
  ]);
}

function describeTools({ toolParser }: PlannedServer): string {
  return toolParser === null
    ? "none: vLLM will refuse tool calls"
    : `vLLM reads tool calls with its parser ${cleanName(toolParser, 60)}`;
}

/** What is said to vLLM beside the plan's own flags, without keys. */
function describeExtraArguments({ extraArguments }: PlannedServer): [string, string][] {
  return extraArguments.length === 0 ? [] : [["flags", hideSecretArguments(extraArguments).join(" ")]];
}

function describePod(plan: PodPlan, common: [string, string][]): [string, string][] {
  const { memory, gpuCandidates, gpuCount } = plan;
  const candidates = gpuCandidates.map(({ displayName }) => `${gpuCount} × ${displayName}`);
  const most = inWords(Math.floor(memory.sequencesAtMaxModelTokens));
  const priceKind = describePriceKind({
    priceObserved: gpuCandidates[0]?.priceObserved ?? null,
    isSimulated: gpuCandidates[0]?.isSimulated ?? false,
  });
  return [
    ["GPU", candidates.join(", else ")],
    ...common,
    ["KV cache", `${describeRoom(memory)}${describeState(memory)}`],
    ["context", `${inWords(plan.maxModelTokens)} tokens; ${most} such at a time`],
    ["price", sayUsd(plan.usdPerHour, `an hour (${priceKind})`)],
  ];
}

/** Where layers look back only so far, one long conversation keeps less for each token than many short ones. */
function describeRoom({ kvCacheTokens, longestContextTokens }: PodPlan["memory"]): string {
  const tokens = `${inWords(Math.floor(kvCacheTokens))} tokens`;
  return longestContextTokens > kvCacheTokens
    ? `${tokens} in short conversations, ${inWords(longestContextTokens)} in a single long one`
    : tokens;
}

function describeState({ stateBytesPerSequence }: PodPlan["memory"]): string {
  if (stateBytesPerSequence === 0) return "";
  return `, and ${inWords(Math.ceil(stateBytesPerSequence / 1e6))} MB of state for each conversation`;
}

function describeEndpoint(plan: EndpointPlan, common: [string, string][]): [string, string][] {
  const { pools, minWorkers, maxWorkers, usdPerWorkerHour: hourly } = plan;
  const candidates = pools.map(({ id, gpuTypeIds }) => `${plan.gpuCount} × ${id} (${gpuTypeIds.join(", ")})`);
  const priceKind = describePriceKind({
    priceObserved: pools.flatMap((pool) => pool.priceObserved ?? []).toSorted()[0] ?? null,
    isSimulated: pools.some((pool) => pool.isSimulated),
  });
  const price =
    hourly === null
      ? "not known"
      : `$${(hourly / 3_600).toFixed(6)} a second of a worker, $${hourly.toFixed(2)} an hour (${priceKind})`;
  const scaling = `another one per ${plan.requestsPerWorker} requests at a time`;
  const workers = `${maxWorkers} ${maxWorkers === 1 ? "worker" : "workers"}`;
  return [
    ["kind", "serverless, load-balancer"],
    ["GPU", candidates.join(", else ")],
    ...common,
    ["context", `${inWords(plan.maxModelTokens)} tokens`],
    [
      "workers",
      `${minWorkers} to ${maxWorkers}, ${scaling}; kept for ${plan.idleSeconds} s without a request`,
    ],
    ["price", price],
    ["at rest", sayUsd(plan.usdPerHourAtRest, "an hour")],
    ["at most", sayUsd(plan.maxUsdPerHour, `an hour with ${workers}`)],
  ];
}

function describePriceKind(price: { priceObserved: string | null; isSimulated: boolean }): string {
  const { priceObserved, isSimulated } = price;
  const offer = isSimulated ? "the offer is simulated" : null;
  if (priceObserved === null) return offer ?? "the catalogue's price";
  return [`published, ${priceObserved}`, ...(offer === null ? [] : [offer])].join("; ");
}
