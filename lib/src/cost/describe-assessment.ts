import type { Assessment } from "./assess-break-even.ts";
import type { AssessmentRanges } from "./assess-input.ts";
import { describeWeakFigure } from "./describe-weak-figure.ts";
import { type SeenPrices, sayPriceDays, warnOfOldPrices } from "./price-days.ts";
import type { Range } from "./range.ts";

/** Whether a machine pays, and what that rests on. */
export interface Verdict {
  /** The verdict in one sentence, then the old prices that it rests on, where there are any. */
  sentence: string;
  /** The one figure on which it hangs, and what it would be with others; empty where there is none. */
  weakness: string;
  /** Begins with `Assumed:`, and ends with the evidence. */
  assumed: string;
}

/** `labels` name both sides, such as `4 × A40` and `Bedrock`; `today` is the reader's day. */
export type VerdictOptions = {
  labels: { machine: string; api: string };
  prices: SeenPrices;
  today: string;
};

/** Says an assessment for people, in one text: the verdict and what it rests on. */
export function describeAssessment(assessment: Assessment, options: VerdictOptions): string {
  const { sentence, weakness, assumed } = stateVerdict(assessment, options);
  return joinSentences(sentence, weakness, assumed);
}

/** Says an assessment for people, with the verdict apart from what it rests on. */
export function stateVerdict(assessment: Assessment, options: VerdictOptions): Verdict {
  const { labels, prices, today } = options;
  const { weakFigure } = assessment;
  return {
    sentence: joinSentences(sayVerdict(assessment, labels), warnOfOldPrices(prices, today)),
    weakness: weakFigure === null ? "" : describeWeakFigure([{ api: labels.api, weakFigure }]),
    assumed: sayAssumptions([{ api: labels.api, assessment }], prices),
  };
}

function joinSentences(...sentences: readonly string[]): string {
  return sentences.filter((sentence) => sentence !== "").join(" ");
}

type Against = { api: string; assessment: Assessment };

/** Of several assessments of one load, what differs by the API is named with it. */
function sayAssumptions(against: readonly Against[], prices: SeenPrices): string {
  const [first] = against;
  if (first === undefined) return "";
  const { ranges, bill } = first.assessment;
  const isOne = against.length === 1;
  const asked = against.map(
    ({ api, assessment }) => usd(assessment.usdPerMillionOutputTokens.api) + (isOne ? "" : ` (${api})`),
  );
  const assumptions = [
    sayMix(ranges.inputTokensPerOutputToken.typical),
    ...saySides(ranges),
    `${usd(bill.totalUsdPerHour)} for an hour of work`,
    `${asked.join(" or ")} for a million tokens out and what goes in with them`,
    `${round(ranges.hoursPerMonth.typical)} hours a month at a steady load`,
    bill.peopleUsdPerHour === 0
      ? "nobody's time counted"
      : `people for ${usd(bill.peopleUsdPerHour)} an hour`,
    sayPriceDays(prices),
  ];
  const reasons = against.map(({ api, assessment: { reason } }) =>
    isOne ? reason : `Against ${api}: ${reason}`,
  );
  return `Assumed: ${assumptions.join("; ")}. ${reasons.join(" ")}`;
}

function sayMix(mix: number): string {
  const rounded = mix.toLocaleString("en-US", { maximumSignificantDigits: 3 });
  return `${rounded} ${rounded === "1" ? "token" : "tokens"} in for each out`;
}

/** Says which part of the traffic each side has in a cache, and which the API takes in batches, where there is any. */
function saySides({ cachedInputShare, ownCachedInputShare, ...ranges }: AssessmentRanges): string[] {
  const percent = ({ typical }: Range) => `${(typical * 100).toFixed(0)} %`;
  const [api, machine] = [percent(cachedInputShare), percent(ownCachedInputShare ?? cachedInputShare)];
  const full = ranges.cachedInputUsdPerMillion === null && cachedInputShare.typical > 0;
  const price = full ? " (at the API for its full price)" : "";
  const cached =
    api === machine
      ? `${api} of the input cached on both sides`
      : `${api} of the input cached at the API, ${machine} on the machine`;
  return [
    ...(cachedInputShare.typical + (ownCachedInputShare?.typical ?? 0) > 0 ? [`${cached}${price}`] : []),
    ...(ranges.batchShare.typical > 0 ? [`${percent(ranges.batchShare)} in batches at the API only`] : []),
  ];
}

/** Whether the machine has the rate, and nobody knows how long its users wait for it. */
function isLatencyUnknown({ pays, latency, utilisationNeeded }: Assessment): boolean {
  return pays === "unknown" && latency === "unknown" && utilisationNeeded !== null && utilisationNeeded <= 1;
}

function sayVerdict(assessment: Assessment, { machine, api }: { machine: string; api: string }): string {
  const { totalTokensPerSecond, outputTokensPerSecond, pays, utilisationNeeded } = assessment;
  const load = `${round(totalTokensPerSecond)} tokens per second (${round(outputTokensPerSecond)} of them output)`;
  const share =
    utilisationNeeded === null
      ? ""
      : `, which is ${(utilisationNeeded * 100).toFixed(0)} % of what it can do`;
  if (pays === "above-break-even") return `${machine} pays against ${api} above ${load}${share}.`;
  if (isLatencyUnknown(assessment))
    return `${machine} would pay against ${api} above ${load}${share}; no evidence shows how long users wait at that load.`;
  if (pays === "unknown")
    return `${machine} would pay against ${api} above ${load}; no evidence shows whether it can do that.`;
  return `${machine} never pays against ${api}: it would take ${load}${share}${sayPrices(assessment)}.`;
}

function sayPrices({ wouldPay, bill }: Assessment): string {
  if (wouldPay === null) return "";
  const { gpuUsdPerHour, apiPriceFactor } = wouldPay;
  const hasFixedCosts = bill.peopleUsdPerHour + bill.spareUsdPerHour > 0;
  const [below, at, many] = hasFixedCosts
    ? ["below", "above", ", with enough of them"]
    : ["at or below", "at", ""];
  const factor = apiPriceFactor.toLocaleString("en-US", { maximumSignificantDigits: 3 });
  const api = `with the API ${at} ${factor} times its price`;
  return gpuUsdPerHour === null
    ? `; it would not pay even with GPUs for nothing, only ${api}`
    : `; it would pay ${below} ${usd(gpuUsdPerHour)} an hour for the GPUs${many}, or ${api}`;
}

function usd(amount: number): string {
  return `$${amount.toFixed(amount < 0.1 ? 3 : 2)}`;
}

function round(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: value < 100 ? 1 : 0 });
}
