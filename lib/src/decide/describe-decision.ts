import { describeLatency } from "../cost/index.ts";
import { inWords, sayAbout, sayFactor, sayRange, sayUsd } from "../words/index.ts";
import { isTrusted } from "./choose-ways.ts";
import type { Decision, Form, Turn, Way } from "./decide-types.ts";

/** Says the decision in a few sentences that can be read out, the answer first; every figure in them is a field. */
export function describeDecision(decision: Omit<Decision, "sentence">): string {
  const { load, answer } = decision;
  const count = Math.round(load.requestsPerMonth);
  const requests = `For your ${inWords(count)} ${count === 1 ? "request" : "requests"} a month`;
  const said =
    answer === null
      ? [`${requests} ${sayNothing(decision)}.`]
      : [
          `${requests}, ${sayTake(answer)} (price seen ${answer.observed}).`,
          ...(answer.serves === "api"
            ? [sayOtherApis(decision, answer), sayMachine(decision)]
            : [sayApis(decision)]),
          sayTurn(decision, answer),
        ];
  return [...said, ...sayMeasuring(decision)].filter((sentence) => sentence !== "").join(" ");
}

function sayTake({ serves, label, usdPerMonth }: Way): string {
  const take = serves === "api" ? "take the API" : "rent a machine";
  return `${take}: ${label} costs ${sayUsd(usdPerMonth.typical)} a month`;
}

function sayApis({ ways, cheapestApi, forms, date }: Omit<Decision, "sentence">): string {
  if (cheapestApi === null) {
    if (ways.some(({ serves }) => serves === "api")) return "You asked for no API that answers at once.";
    return forms.some((form) => apiForms.includes(form))
      ? `The price book knows no API that sells it on ${date}.`
      : "You asked for no API.";
  }
  const live = listLive(ways);
  const shown = live.length === 0 ? [cheapestApi] : live;
  return `An API costs ${sayCosts(shown)} (${sayDays(shown)}).`;
}

function sayOtherApis({ ways }: Omit<Decision, "sentence">, answer: Way): string {
  const others = listLive(ways).filter(
    ({ provider, model }) => provider !== answer.provider || model !== answer.model,
  );
  if (others.length === 0) return "";
  const costs = sayCosts(others);
  return others.length === 1
    ? `The other API costs ${costs} (${sayDays(others)}).`
    : `Other APIs cost ${costs} (${sayDays(others)}).`;
}

function listLive(ways: readonly Way[]): Way[] {
  return ways.filter((way) => way.form === "by token" && isTrusted(way));
}

function sayCosts(ways: readonly Way[]): string {
  const costs = ways.map(({ usdPerMonth }) => usdPerMonth.typical);
  return sayRange(sayUsd(Math.min(...costs)), sayUsd(Math.max(...costs)));
}

function sayDays(ways: readonly Way[]): string {
  const days = ways.map(({ observed }) => observed).toSorted();
  const [first, last] = [days[0], days.at(-1)];
  return first === last ? `price seen ${first}` : `prices seen ${first} to ${last}`;
}

const apiForms: readonly Form[] = ["by token", "batch by token"];

function sayMachine({ cheapestMachine, latencyTarget, ways, forms }: Omit<Decision, "sentence">): string {
  if (cheapestMachine !== null) {
    const { usdPerMonth, observed } = cheapestMachine;
    const fast = latencyTarget === null ? "" : ` that gives ${describeLatency(latencyTarget)}`;
    return `A machine of your own${fast} costs at least ${sayUsd(usdPerMonth.typical)} (price seen ${observed}).`;
  }
  if (forms.every((form) => apiForms.includes(form))) return "You asked for no machine of your own.";
  if (!ways.some(({ serves }) => serves === "machine")) {
    return "The workbook cannot price a machine of your own for it.";
  }
  return `No machine of your own is sure to give ${latencyTarget === null ? "enough" : describeLatency(latencyTarget)}.`;
}

function sayTurn(
  { turns, cheapestApi, cheapestMachine, ways }: Omit<Decision, "sentence">,
  answer: Way,
): string {
  const { requestsPerMonth: sure, requestsPerMonthAtBest: best } = turns;
  if (answer.serves === "machine") {
    if (cheapestApi === null) return "";
    return sure === null
      ? "The machine is the cheaper one at any smaller load too."
      : `The API is cheaper if your load falls below ${sayAbout(sure.at)} requests a month.`;
  }
  const orPrivate = "If your data may not go to a provider, rent a machine all the same.";
  if (sure !== null) return `${sayGrowth(sure, best)} ${orPrivate}`;
  const isOpen = (best?.factor ?? 2) <= 1 || cheapestMachine === null;
  if (isOpen && ways.some(({ serves, keepsTarget }) => serves === "machine" && keepsTarget === "measure")) {
    return `A machine may be cheaper, if a measurement shows that it is fast enough. ${orPrivate}`;
  }
  return best === null
    ? `The API is the cheaper one at any load. ${orPrivate}`
    : `A machine may be cheaper if your load grows more than ${sayFactor(best.factor)} times and the machine is faster than the typical forecast. ${orPrivate}`;
}

/** From the load at which a machine could be cheaper to the one at which it is for sure. */
function sayGrowth(sure: Turn, best: Turn | null): string {
  const grown = ({ factor, at }: Turn) =>
    `${sayFactor(factor)} times as many requests (${sayAbout(at)} a month)`;
  const isWide = best !== null && best.factor >= 1.1 && best.factor * 1.1 < sure.factor;
  return isWide
    ? `A machine may be cheaper from ${grown(best)}, and is sure to be from ${grown(sure)} on.`
    : `A machine is cheaper from ${grown(sure)} on.`;
}

function sayNothing({
  latencyTarget,
  worthMeasuring,
  ways,
  models,
  leftOut,
}: Omit<Decision, "sentence">): string {
  if (ways.length === 0) {
    const why = leftOut.flatMap((one) => (models.includes(one.what) ? [`${one.what}: ${one.why}`] : []));
    return `the workbook knows no way to serve it. ${why.join(" ")} Name another model, or allow more cards`;
  }
  if (ways.every(({ waitsHours }) => waitsHours !== null)) {
    return "nothing that you asked for answers at once: say with deadlineHours how long answers may wait, or allow more forms";
  }
  const target =
    latencyTarget === null ? "keeps up with this load" : `gives ${describeLatency(latencyTarget)}`;
  return worthMeasuring === null
    ? `nothing ${target}: ask for less speed or fewer tokens, or name a smaller model`
    : `nothing is sure to ${latencyTarget === null ? "keep up with this load" : `give ${describeLatency(latencyTarget)}`}: measure first`;
}

function sayMeasuring({ worthMeasuring, answer }: Omit<Decision, "sentence">): string[] {
  if (worthMeasuring !== null) {
    const { way, text } = worthMeasuring;
    // The same machine may do with fewer hours.
    const what = way.label === answer?.label ? "Fewer hours of it" : way.label;
    const usd = sayUsd(way.usdPerMonth.typical);
    return [`${what} may be enough, for ${usd} a month. To find out, measure for ${text}.`];
  }
  if (answer?.serves !== "machine" || answer.evidence === "measured") return [];
  const hour = answer.usdPerHour === null ? "" : `, for about ${sayUsd(answer.usdPerHour)} an hour`;
  const rests = answer.evidence === "published" ? "a run that others published" : "a forecast";
  return [`How fast the machine is rests on ${rests}. Your own measurement on it settles that${hour}.`];
}
