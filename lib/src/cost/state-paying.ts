import { findGpu, loadGpus, type Price, providerName, type TokenOffer } from "../facts/index.ts";
import { type Forecast, type ForecastInput, fewestStreams, forecast, mostOutput } from "../serving/index.ts";
import { inWords, shortName } from "../words/index.ts";
import { breakEven } from "./break-even.ts";
import { warnOfOldPrices } from "./price-days.ts";

/** A model on a machine, what the machine costs, and what providers ask for the same model. */
export interface PayingInput {
  /** The model on its machine, and the lengths of its requests. */
  served: Served;
  /** Of one card by the hour. */
  card: Pick<Price, "provider" | "value" | "observed">;
  offers: readonly Offer[];
  /** The day whose prices these are; they are old where somebody saw them long before. */
  date: string;
}

type Served = Omit<ForecastInput, "streams" | "requestsPerSecond" | "model"> & { model: string };
type Offer = Pick<TokenOffer, "provider" | "inputUsdPerMillion" | "outputUsdPerMillion" | "observed">;

/** Whether a machine pays against the cheapest and the dearest of some offers. */
export interface Paying {
  /** First against whom it pays, then from which load, or why never; where the forecast leaves it open, what measuring shows. */
  sentence: string;
  /** What it rests on, a text each. */
  rests: readonly string[];
  against: readonly {
    provider: string;
    /** Of output, at which both bills are equal. */
    outputTokensPerSecond: number;
    /** `yes`: the low end of the forecast reaches that too; `no`: not even the high end does. */
    pays: "yes" | "no" | "measure";
  }[];
}

/**
 * Says from which load a machine pays against the cheapest and the dearest offer, and whether it can carry that, by the forecast.
 *
 * @throws InputError as `forecast` does.
 */
export function statePaying({ served, card, offers, date }: PayingInput): Paying {
  const { gpuCount, inputTokens, outputTokens, model } = served;
  const gpuUsdPerHour = gpuCount * card.value;
  const judged = offers
    .map((offer) => judge(offer, { served, gpuUsdPerHour }))
    .toSorted(
      (one, other) =>
        other.outputTokensPerSecond - one.outputTokensPerSecond ||
        other.offer.observed.localeCompare(one.offer.observed),
    );
  // Against the cheapest it takes the most tokens; of equal prices the one seen last counts.
  const shown = [...new Set([judged[0], judged.at(-1)])].filter((one) => one !== undefined);
  const machine = `${gpuCount} × ${findGpu(served.gpu, loadGpus())?.name ?? served.gpu}`;
  const host = providerName(card.provider);
  const prices = Object.fromEntries([[host, card], ...shown.map(({ api, offer }) => [api, offer] as const)]);
  const old = warnOfOldPrices(prices, date);
  const { basis, correction } = forecast({ ...served, streams: 1 });
  return {
    sentence: [
      `At the prices of ${sayMonth(date)}, ${shortName(model)} on ${machine} ${sayVerdict(shown)}.`,
      `The machine costs ${usd(gpuUsdPerHour)} an hour at ${host} (seen ${card.observed}).`,
      ...shown.map(sayAgainst),
      ...(shown.some(({ pays }) => pays === "measure")
        ? [`Measuring for an hour on ${machine} shows how much it writes, for about ${usd(gpuUsdPerHour)}.`]
        : []),
      `All of this is for ${sayMix(inputTokens / outputTokens)}.`,
    ].join(" "),
    rests: [
      ...shown.filter(({ pays }) => pays !== "no").map((one) => sayWaits(one, served)),
      `${basis.text} It is for requests of about ${inWords(Math.round(inputTokens))} tokens in and ${inWords(Math.round(outputTokens))} out.`,
      ...(correction === null ? [] : [sayCorrection(correction)]),
      ...(old === "" ? [] : [old]),
    ],
    against: shown.map(({ offer, outputTokensPerSecond, pays }) => {
      return { provider: offer.provider, outputTokensPerSecond, pays };
    }),
  };
}

type Judged = ReturnType<typeof judge>;

function judge(offer: Offer, { served, gpuUsdPerHour }: { served: Served; gpuUsdPerHour: number }) {
  const { inputUsdPerMillion, outputUsdPerMillion } = offer;
  const inputTokensPerOutputToken = served.inputTokens / served.outputTokens;
  const prices = { gpuUsdPerHour, inputUsdPerMillion, outputUsdPerMillion };
  const { outputTokensPerSecond } = breakEven({ ...prices, inputTokensPerOutputToken });
  const streams = fewestStreams(served, { outputTokensPerSecond });
  const pays = streams.low === null ? "no" : streams.high === null ? "measure" : "yes";
  const most = mostOutput(served);
  return { offer, api: providerName(offer.provider), outputTokensPerSecond, streams, pays, most } as const;
}

const verdicts = {
  yes: "can be cheaper than",
  measure: "may be cheaper than",
  no: "is never cheaper than",
} as const;

/** For example `is never cheaper than DeepInfra, and may be cheaper than Amazon Bedrock`. */
function sayVerdict(shown: readonly Judged[]): string {
  if (shown.length === 0) return "has no service to be compared with";
  const [first, last] = [shown[0], shown.at(-1)];
  if (shown.length === 2 && first?.pays === last?.pays) {
    return `${verdicts[first?.pays ?? "no"]} ${shown.map(({ api }) => api).join(" and ")}`;
  }
  return shown.map(({ api, pays }) => `${verdicts[pays]} ${api}`).join(", and ");
}

function sayAgainst({ offer, api, outputTokensPerSecond, streams, pays, most }: Judged): string {
  const { inputUsdPerMillion, outputUsdPerMillion, observed } = offer;
  const asked = `${api} asks ${usd(inputUsdPerMillion)} for a million tokens in and ${usd(outputUsdPerMillion)} for a million out (seen ${observed})`;
  const load = `to cost less, the machine must write more than ${sayRate(outputTokensPerSecond)} tokens per second`;
  if (pays === "no") {
    const end = most === null ? "" : `, and by the forecast it writes at most ${sayRate(most.high)}`;
    return `${asked}: ${load}${end}.`;
  }
  return `${asked}: ${load}, and by the forecast it does so ${sayStreams(streams)}.`;
}

/** For example `as many tokens in as out`. */
function sayMix(inputTokensPerOutputToken: number): string {
  const times = inputTokensPerOutputToken.toFixed(1);
  return `${times === "1.0" ? "as many" : `${times} times as many`} tokens in as out`;
}

function sayStreams({ low, typical, high }: Judged["streams"]): string {
  if (low === null) return "never";
  if (high === null) return `only with ${low} or more requests at a time, if at all`;
  if (low === high) return `with ${countRequests(low)} at a time`;
  return `with about ${countRequests(typical ?? high)} at a time (${low} to ${high})`;
}

function countRequests(requests: number): string {
  return `${requests} ${requests === 1 ? "request" : "requests"}`;
}

/** How many requests it takes and how long they wait; where nobody knows how the cards are linked, for both cases. */
function sayWaits({ api, outputTokensPerSecond }: Judged, served: Served): string {
  const { peerToPeer: known, correction } = forecast({ ...served, streams: 1 });
  // What was measured tells how the cards are linked.
  const isOpen = known === "unknown" && correction === null;
  const cases = isOpen
    ? ([
        ["Cards that reach each other's memory (peer-to-peer)", "yes"],
        ["Cards without peer-to-peer", "no"],
      ] as const)
    : ([["The machine", served.peerToPeer]] as const);
  const said = cases.map(([cards, peerToPeer]) => {
    const machine = { ...served, ...(peerToPeer === undefined ? {} : { peerToPeer }) };
    const streams = fewestStreams(machine, { outputTokensPerSecond });
    const wait =
      streams.typical === null ? null : forecast({ ...machine, streams: streams.typical }).timeToFirstTokenMs;
    const first =
      wait === null
        ? ""
        : `; the first token then comes after ${seconds(wait.typical)} s (${seconds(wait.low)} to ${seconds(wait.high)})`;
    return `${cards}: ${sayStreams(streams)}${first}.`;
  });
  const reads = isOpen ? " 01-deploy reads in a pod's log which of the two the pod has." : "";
  return `How many requests at a time does it take to be cheaper than ${api}? ${said.join(" ")}${reads}`;
}

function sayCorrection({ factor, measurements }: NonNullable<Forecast["correction"]>): string {
  return `You have measured this machine: ${measurements === 1 ? "your measurement changes" : `your ${measurements} measurements change`} the forecast to ${factor.toFixed(2)} times what it was.`;
}

function sayMonth(date: string): string {
  return new Date(date).toLocaleDateString("en-GB", { month: "long", year: "numeric", timeZone: "UTC" });
}

function sayRate(tokensPerSecond: number): string {
  return tokensPerSecond < 100 ? tokensPerSecond.toFixed(1) : inWords(Math.round(tokensPerSecond));
}

function usd(amount: number): string {
  return `$${amount.toFixed(2)}`;
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1_000).toFixed(1);
}
