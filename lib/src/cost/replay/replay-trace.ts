import { summariseTrace, type Trace, type TraceSummary } from "../../traffic/index.ts";
import { nameEvidence } from "../capacity.ts";
import { ownCachedShare } from "../own-cache.ts";
import { findEnoughPods, mostPods } from "./find-enough-pods.ts";
import { prepareLoad } from "./load.ts";
import { allPolicies, type Policy, type SettledPolicy, settlePolicy } from "./policy.ts";
import {
  cachedOnWords,
  checkReplayInput,
  isTargetKept,
  type ReplayInput,
  type ReplayLatencyTarget,
  type ReplayPrices,
} from "./replay-input.ts";
import { type PolicyReplay, type ReplayContext, replayPolicy } from "./replay-policy.ts";

/** A trace under several policies, with what the figures rest on. */
export interface TraceReplay {
  /** Every figure of it is computed; how good they are depends on the trace and on the capacity. */
  kind: "computed";
  trace: Pick<Trace, "name" | "kind" | "source" | "licence" | "date" | "notes"> & TraceSummary;
  capacity: ReplayInput["capacity"];
  prices: ReplayPrices;
  latencyTarget: ReplayLatencyTarget;
  /** Groups that would be busy all the time with this load, on average. */
  meanBusyGroups: number;
  /** In the order of the policies asked for. */
  policies: readonly PolicyReplay[];
  /** The cheapest by the day of those that keep to the latency target and to the pace of the load; `null`: none. */
  cheapest: PolicyReplay | null;
  /** What a reader must know to judge the figures, one sentence each. */
  assumptions: readonly string[];
}

/**
 * Replays the requests of a trace under policies of serving them, and says what each costs and who waits how long.
 *
 * A group of GPUs takes input tokens ÷ prefill rate + output tokens ÷ decode rate seconds for a request, and takes requests
 * in the order of their arrival. Money in USD, times in seconds, all computed. Linear in the requests: ten million take seconds.
 *
 * @throws InputError that names what is wrong: field, policy, or the first bad request of the trace.
 */
export function replayTrace(input: ReplayInput): TraceReplay {
  checkReplayInput(input);
  const { trace, capacity, prices, cachedOn = "both" } = input;
  const policies = input.policies ?? allPolicies.filter((policy) => hasPrice(policy, prices));
  const summary = summariseTrace(trace);
  const { inputTokens, outputTokens, cachedInputTokens } = summary;
  const { cachedInputTokens: _, ...unread } = trace;
  const latencyTarget = input.latencyTarget ?? targetOf(capacity);
  const load = prepareLoad(isCachedOn("machine", cachedOn) ? trace : unread, capacity);
  const context: ReplayContext = {
    load,
    prices,
    target: latencyTarget,
    inputTokens,
    outputTokens,
    cachedAtApi: isCachedOn("API", cachedOn) ? (cachedInputTokens ?? 0) : 0,
  };
  let enough: number | null = null;
  const enoughPods = () => {
    enough ??= findEnoughPods(load, latencyTarget);
    return enough;
  };
  const replayed = policies.map((policy) => replayPolicy(context, settlePolicy(policy, enoughPods)));
  const { name, kind, source, licence, date, notes } = trace;
  return {
    kind: "computed",
    trace: { name, kind, source, licence, date, notes, ...summary },
    capacity,
    prices,
    latencyTarget,
    meanBusyGroups: load.totalWorkSeconds / trace.spanSeconds,
    policies: replayed,
    cheapest: rankByCost(replayed, latencyTarget)[0] ?? null,
    assumptions: [
      ...describeAssumptions(input),
      ...describeCache(summary, input),
      ...(replayed.some(({ policy }) => isApi(policy)) ? [onlyPrice] : []),
      ...(replayed.some(({ policy }) => wouldDrop(policy)) ? [dropsRequests] : []),
      ...(enough === mostPods ? [tooMuch] : []),
    ],
  };
}

function isCachedOn(side: "API" | "machine", cachedOn: NonNullable<ReplayInput["cachedOn"]>): boolean {
  return cachedOn === "both" || cachedOn === side;
}

function describeCache(
  { cachedInputTokens, inputTokens }: TraceSummary,
  { prices, capacity: { warm }, cachedOn = "both" }: ReplayInput,
): string[] {
  if (!cachedInputTokens) return [];
  const share = `${((cachedInputTokens / inputTokens) * 100).toFixed(0)} % of the input was sent before`;
  const price = prices.cachedInputUsdPerMillion ?? null;
  const machine = isCachedOn("machine", cachedOn)
    ? warm === undefined
      ? "a machine does not read it again, as if each machine's cache kept all prompts for ever"
      : `a machine saves ${(ownCachedShare(1, { warm }) * 100).toFixed(0)} % of its reading, as its cache was measured to do`
    : "a machine reads all of it";
  const api = !isCachedOn("API", cachedOn)
    ? "the API has none of it in its cache"
    : price === null
      ? "the API charges its full price for it, because no other price is known"
      : `the API charges $${price} a million tokens of it`;
  return [`${share} (${cachedOnWords[cachedOn]}): ${machine}; ${api}.`];
}

/** What Runpod's load balancer allows (runpod/docs, serverless/load-balancing/overview, read on 2026-11-24). */
const mostSecondsWithoutWorker = 120;
const dropsRequests = `Runpod's load balancer drops a request that finds no worker for ${mostSecondsWithoutWorker} s; here such a request waits for the whole start, like a client that tries again.`;

const onlyPrice = "Only the API's price is counted: how long its users wait is not published.";

function isApi({ kind }: Policy): boolean {
  return kind === "maas" || kind === "maas-batch";
}

function wouldDrop(policy: SettledPolicy): boolean {
  return (
    policy.kind === "serverless" &&
    policy.requestsPerWorker !== null &&
    policy.coldStartSeconds >= mostSecondsWithoutWorker
  );
}

function hasPrice(policy: Policy, prices: ReplayPrices): boolean {
  const { kind } = policy;
  const isGiven = (price: number | null | undefined) => price !== undefined && price !== null;
  if (kind === "serverless") return isGiven(prices.serverlessUsdPerSecond);
  if (!isApi(policy)) return true;
  const hasTokens = isGiven(prices.inputUsdPerMillion) && isGiven(prices.outputUsdPerMillion);
  return hasTokens && (kind === "maas" || isGiven(prices.batchPriceFactor));
}

/** The latency target that belongs to a capacity; without one 2,000 ms for 95 % of the requests. */
function targetOf({ atLatency }: ReplayInput["capacity"]): ReplayLatencyTarget {
  const { timeToFirstTokenMs = null, percentile = 95 } = atLatency ?? {};
  return timeToFirstTokenMs === null
    ? { timeToFirstTokenMs: 2_000, percentile: 95 }
    : { timeToFirstTokenMs, percentile };
}

/**
 * Ranks those that keep to the latency target by what they cost a day, the cheapest first.
 *
 * A batch keeps to no target. How long users of an API wait is not published; it counts as within the target.
 */
export function rankByCost(replayed: readonly PolicyReplay[], target: ReplayLatencyTarget): PolicyReplay[] {
  return replayed
    .filter(({ policy, keepsUp }) => policy.kind !== "maas-batch" && keepsUp)
    .filter(({ shareOverTarget }) => isTargetKept(shareOverTarget, target))
    .toSorted((one, other) => one.usdPerDay - other.usdPerDay);
}

const tooMuch = `Even ${mostPods.toLocaleString("en-US")} pods do not keep the latency target; more were not tried.`;

function describeAssumptions({ trace, capacity }: ReplayInput): string[] {
  const { kind, streams = null } = capacity;
  const rates = `reads ${round(capacity.prefillTokensPerSecond)} tokens/s and writes ${round(capacity.decodeTokensPerSecond)}`;
  const origin = [kind ?? "", nameEvidence(capacity)].filter((words) => words !== "").join(", ");
  return [
    `One machine ${rates}${origin === "" ? "" : ` (${origin})`}.`,
    ...(kind === "simulated" ? ["These speeds are simulated: they are not those of any GPU."] : []),
    "A request waits until those before it are done; a real server begins sooner, and writes all answers at once and more slowly.",
    ...(streams !== null && streams > 1
      ? [
          `A machine that starts and stops with the load counts as busy with an answer for as long as one of ${round(streams)} streams takes.`,
        ]
      : []),
    "No user gives up, however long a request waits, and no request fails.",
    ...(trace.spanSeconds < 86_400
      ? ["The trace is shorter than a day: costs suppose that its load goes on day and night."]
      : []),
    ...(trace.spanSeconds < 604_800
      ? ["The trace is shorter than a week: what business hours cost depends on when it was recorded."]
      : []),
    ...(trace.kind === "synthetic" ? ["The trace is synthetic: no real service had this load."] : []),
  ];
}

function round(value: number): string {
  return value.toLocaleString("en-US", { maximumSignificantDigits: 3 });
}
