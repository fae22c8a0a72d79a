import type { Assessment } from "./assess-break-even.ts";

/** Whether a machine pays, in one sentence, and what that sentence rests on, in the next ones. */
interface Verdict {
  sentence: string;
  /** Begins with `Assumed:`, and ends with the evidence. */
  assumed: string;
}

/** `labels` name both sides, such as `4 × A40` and `Bedrock`; `date` is the day of the prices. */
export type VerdictOptions = { labels: { machine: string; api: string }; date: string };

/** Says an assessment for people, in one text: the verdict and what it rests on. */
export function describeAssessment(assessment: Assessment, options: VerdictOptions): string {
  const { sentence, assumed } = stateVerdict(assessment, options);
  return `${sentence} ${assumed}`;
}

/** Says an assessment for people, with the verdict apart from what it rests on. */
export function stateVerdict(assessment: Assessment, { labels, date }: VerdictOptions): Verdict {
  const { ranges, bill } = assessment;
  const assumptions = [
    sayMix(ranges.inputTokensPerOutputToken.typical),
    `${usd(bill.totalUsdPerHour)} for an hour of work`,
    `${usd(assessment.usdPerMillionOutputTokens.api)} for a million tokens out and what goes in with them`,
    `${round(ranges.hoursPerMonth.typical)} hours a month at a steady load`,
    bill.peopleUsdPerHour === 0
      ? "nobody's time counted"
      : `people for ${usd(bill.peopleUsdPerHour)} an hour`,
    `prices as of ${date}`,
  ];
  return {
    sentence: sayVerdict(assessment, labels),
    assumed: `Assumed: ${assumptions.join("; ")}. ${assessment.reason}`,
  };
}

function sayMix(mix: number): string {
  const rounded = mix.toLocaleString("en-US", { maximumSignificantDigits: 3 });
  return `${rounded} ${rounded === "1" ? "token" : "tokens"} in for each out`;
}

function sayVerdict(assessment: Assessment, { machine, api }: { machine: string; api: string }): string {
  const { totalTokensPerSecond, outputTokensPerSecond, pays, utilisationNeeded } = assessment;
  const load = `${round(totalTokensPerSecond)} tokens per second (${round(outputTokensPerSecond)} of them output)`;
  const share =
    utilisationNeeded === null
      ? ""
      : `, which is ${(utilisationNeeded * 100).toFixed(0)} % of what it can do`;
  if (pays === "above-break-even") return `${machine} pays against ${api} above ${load}${share}.`;
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
