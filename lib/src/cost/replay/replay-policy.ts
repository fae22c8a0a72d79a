import { InputError } from "../../errors.ts";
import { hoursPerMonth } from "../../facts/index.ts";
import { nearestRankPercentiles } from "../../statistics.ts";
import { averageApiPrices } from "../api-bill.ts";
import { labelPolicy } from "./label-policy.ts";
import { countOver, type Load, type Served } from "./load.ts";
import type { SettledPolicy } from "./policy.ts";
import type { ReplayLatencyTarget, ReplayPrices } from "./replay-input.ts";
import { mostWorkingGroups, servePolicy } from "./serve-policy.ts";

/** What a policy costs for a trace, and how long its requests wait; money in USD, all of it computed. */
export interface PolicyReplay {
  policy: SettledPolicy;
  label: string;
  provider: "pods" | "serverless" | "api";
  /** All of the trace: no policy drops a request. */
  requests: number;
  usdForTrace: number;
  /** As if days like those of the trace went on; a month has 730 hours. Business hours count their part of a whole week. */
  usdPerDay: number;
  usdPerMonth: number;
  usdPerThousandRequests: number;
  /** Groups times hours that are paid, and the part of them in which there was work; `null` for an API. */
  paidHours: number | null;
  utilisation: number | null;
  /** From a request's arrival until work on it begins, in seconds, percentiles by nearest rank; `null` for an API, whose waits nobody knows. */
  waitSeconds: { p50: number; p95: number; p99: number; longest: number } | null;
  /** Part of the requests whose first token comes later than the target; `null` where nobody knows. */
  shareOverTarget: number | null;
  /** Starts that are paid for. */
  coldStarts: number | null;
  /** Groups at once: at most, and on average over time; `null` for an API. */
  groups: { most: number; mean: number } | null;
  /** How long the work goes on after the trace's end, in seconds. */
  overrunSeconds: number;
  /** Whether as much can be done as comes in; where not, the backlog grows week by week, and the price buys no service. */
  keepsUp: boolean;
}

/** What all policies of a replay have in common. */
export interface ReplayContext {
  load: Load;
  prices: ReplayPrices;
  target: ReplayLatencyTarget;
  inputTokens: number;
  outputTokens: number;
  /** Input tokens that the API has in its cache. */
  cachedAtApi: number;
}

/** Replays a load under one policy; the waits of the load are gone afterwards. */
export function replayPolicy(context: ReplayContext, policy: SettledPolicy): PolicyReplay {
  if (policy.kind === "maas" || policy.kind === "maas-batch") return replayApi(context, policy);
  const { load, target } = context;
  const requests = load.arrivalSeconds.length;
  const served = servePolicy(load, policy);
  // What business hours cost follows from the week, however long the work that is left goes on.
  const isPaidByWeek = policy.kind === "business-hours";
  const periodSeconds = Math.max(load.spanSeconds, isPaidByWeek ? 0 : served.lastFinishSeconds);
  const usdForTrace = bill(context.prices, policy, { ...served, periodSeconds });
  return {
    policy,
    label: labelPolicy(policy),
    provider: policy.kind === "serverless" ? "serverless" : "pods",
    requests,
    ...spread(usdForTrace, requests, periodSeconds),
    paidHours: served.paidSeconds / 3_600,
    utilisation: served.paidSeconds === 0 ? 0 : Math.min(1, load.totalWorkSeconds / served.paidSeconds),
    shareOverTarget: countOver(load, target.timeToFirstTokenMs) / requests,
    waitSeconds: summarizeWaits(load.waitSeconds),
    coldStarts: served.coldStarts,
    groups: { most: served.mostGroups, mean: served.paidSeconds / periodSeconds },
    overrunSeconds: Math.max(0, served.lastFinishSeconds - load.spanSeconds),
    keepsUp: load.totalWorkSeconds / load.spanSeconds <= mostWorkingGroups(policy) * (1 + 1e-9),
  };
}

/** Prices the paid time of some groups in a period, with their disks. */
function bill(
  prices: ReplayPrices,
  { kind }: SettledPolicy,
  served: Pick<Served, "paidSeconds" | "mostGroups"> & { periodSeconds: number },
): number {
  const { paidSeconds, mostGroups, periodSeconds } = served;
  const months = periodSeconds / 3_600 / hoursPerMonth;
  if (kind === "serverless") {
    const { serverlessStorageUsdPerMonth = 0 } = prices;
    const usdPerSecond = required("serverlessUsdPerSecond", prices, kind);
    return paidSeconds * usdPerSecond + months * serverlessStorageUsdPerMonth;
  }
  const { storageUsdPerMonth = 0, stoppedStorageUsdPerMonth = 0 } = prices;
  const paidMonths = paidSeconds / 3_600 / hoursPerMonth;
  const stoppedMonths = Math.max(0, mostGroups * months - paidMonths);
  return (
    (paidSeconds / 3_600) * prices.gpuUsdPerHour +
    paidMonths * storageUsdPerMonth +
    stoppedMonths * stoppedStorageUsdPerMonth
  );
}

function replayApi(
  { load, prices, inputTokens, outputTokens, cachedAtApi }: ReplayContext,
  policy: Extract<SettledPolicy, { kind: "maas" | "maas-batch" }>,
): PolicyReplay {
  const inputUsd = required("inputUsdPerMillion", prices, policy.kind);
  const outputUsd = required("outputUsdPerMillion", prices, policy.kind);
  const batchShare = policy.kind === "maas" ? 0 : policy.batchShare;
  const batchFactor = policy.kind === "maas" ? 1 : required("batchPriceFactor", prices, policy.kind);
  const average = averageApiPrices({
    inputUsdPerMillion: inputUsd,
    outputUsdPerMillion: outputUsd,
    cachedInputShare: inputTokens === 0 ? 0 : cachedAtApi / inputTokens,
    cachedInputUsdPerMillion: prices.cachedInputUsdPerMillion ?? null,
    batchShare,
    batchDiscount: 1 - batchFactor,
  });
  const usd =
    (inputTokens * average.inputUsdPerMillion + outputTokens * average.outputUsdPerMillion) / 1_000_000;
  const requests = load.arrivalSeconds.length;
  return {
    policy,
    label: labelPolicy(policy),
    provider: "api",
    requests,
    ...spread(usd, requests, load.spanSeconds),
    paidHours: null,
    utilisation: null,
    waitSeconds: null,
    shareOverTarget: null,
    coldStarts: null,
    groups: null,
    overrunSeconds: 0,
    keepsUp: true,
  };
}

function spread(usdForTrace: number, requests: number, periodSeconds: number) {
  const usdPerHour = usdForTrace / (periodSeconds / 3_600);
  return {
    usdForTrace,
    usdPerDay: usdPerHour * 24,
    usdPerMonth: usdPerHour * hoursPerMonth,
    usdPerThousandRequests: (usdForTrace / requests) * 1_000,
  };
}

function required(name: keyof ReplayPrices, prices: ReplayPrices, kind: SettledPolicy["kind"]): number {
  const price = prices[name];
  if (price !== undefined && price !== null) return price;
  throw new InputError(`replayTrace: the policy ${kind} needs prices.${name}, which is missing.`, {
    remedy: "Give the price, or leave the policy out.",
  });
}

/** Changes the order of the waits. */
function summarizeWaits(waitSeconds: Float64Array): NonNullable<PolicyReplay["waitSeconds"]> {
  const shares = [0.5, 0.95, 0.99, 1];
  const [p50 = 0, p95 = 0, p99 = 0, longest = 0] = nearestRankPercentiles(waitSeconds, shares);
  return { p50, p95, p99, longest };
}
