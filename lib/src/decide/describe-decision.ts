import { describeLatency } from "../cost/index.ts";
import { inWords, sayAbout, sayFactor, sayRange, sayUsd } from "../words/index.ts";
import { isTrusted } from "./choose-ways.ts";
import type { Decision, Form, Turn, Way } from "./decide-types.ts";

/** Says the decision in a sentence or two that can be read out; every figure in it is a field. */
export function describeDecision(decision: Omit<Decision, "sentence">): string {
  const { load, answer } = decision;
  const count = Math.round(load.requestsPerMonth);
  const requests = `At your ${inWords(count)} ${count === 1 ? "request" : "requests"} a month`;
  if (answer === null) return [`${requests} ${sayNothing(decision)}.`, ...sayMeasuring(decision)].join(" ");
  const sides = [sayApis(decision), sayMachine(decision)].join(" and ");
  return [
    `${requests} ${sides}: take ${nameWay(answer)}${sayUnless(decision)}.`,
    ...sayMeasuring(decision),
  ].join(" ");
}

function sayApis({ ways, cheapestApi, forms, date }: Omit<Decision, "sentence">): string {
  if (cheapestApi === null) {
    if (ways.some(({ serves }) => serves === "api")) return "no API that answers at once was asked for";
    return forms.some((form) => apiForms.includes(form))
      ? `no API in the price book sells it on ${date}`
      : "no API was asked for";
  }
  const live = ways.filter((way) => way.form === "by token" && isTrusted(way));
  const shown = live.length === 0 ? [cheapestApi] : live;
  const costs = shown.map(({ usdPerMonth }) => usdPerMonth.typical);
  const cost = sayRange(sayUsd(Math.min(...costs)), sayUsd(Math.max(...costs)));
  return `an API costs ${cost} (${sayDays(shown)})`;
}

function sayDays(ways: readonly Way[]): string {
  const days = ways.map(({ observed }) => observed).toSorted();
  const [first, last] = [days[0], days.at(-1)];
  return first === last ? `price of ${first}` : `prices of ${first} to ${last}`;
}

const apiForms: readonly Form[] = ["by token", "batch by token"];

function sayMachine({ cheapestMachine, latencyTarget, ways, forms }: Omit<Decision, "sentence">): string {
  if (cheapestMachine !== null) {
    const { usdPerMonth, observed } = cheapestMachine;
    return `a machine of your own ${sayUsd(usdPerMonth.typical)} or more (price of ${observed})`;
  }
  if (forms.every((form) => apiForms.includes(form))) return "no machine of your own was asked for";
  if (!ways.some(({ serves }) => serves === "machine")) return "no machine of your own can be priced";
  return `no machine of your own is sure to give ${latencyTarget === null ? "enough" : describeLatency(latencyTarget)}`;
}

function nameWay({ serves, label, usdPerMonth }: Way): string {
  return `${serves === "api" ? "the API" : "a machine of your own"} (${label}, ${sayUsd(usdPerMonth.typical)} a month)`;
}

function sayUnless({
  answer,
  turns,
  cheapestApi,
  cheapestMachine,
  ways,
}: Omit<Decision, "sentence">): string {
  const { requestsPerMonth: sure, requestsPerMonthAtBest: best } = turns;
  if (answer?.serves === "api") {
    const isOpen = (best?.factor ?? 2) <= 1 || cheapestMachine === null;
    if (
      sure === null &&
      isOpen &&
      ways.some(({ serves, keepsTarget }) => serves === "machine" && keepsTarget === "measure")
    ) {
      return ", unless a machine proves fast enough or the data may not leave";
    }
    if (sure === null && best === null) return ", at any load, unless the data may not leave";
    return `, unless your load grows ${sayGrowth(sure, best)} or the data may not leave`;
  }
  if (cheapestApi === null) return "";
  return sure === null
    ? ", at any smaller load too"
    : `, unless your load falls below ${sayAbout(sure.at)} requests a month`;
}

/** From the load at which a machine could be cheaper to the one at which it is for sure. */
function sayGrowth(sure: Turn | null, best: Turn | null): string {
  if (sure === null)
    return `more than ${sayFactor(best?.factor ?? 1)} times and a machine proves faster than is typical`;
  const isWide = best !== null && best.factor >= 1.1 && best.factor * 1.1 < sure.factor;
  const [factor, load] = isWide ? [`${sayFactor(best.factor)} to `, `${sayAbout(best.at)} to `] : ["", ""];
  return `${factor}${sayFactor(sure.factor)} times (to ${load}${sayAbout(sure.at)} requests a month)`;
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
    return `no way to serve it is known. ${why.join(" ")} Name another model or more cards`;
  }
  if (ways.every(({ waitsHours }) => waitsHours !== null)) {
    return "nothing that was asked for answers at once: say for how many hours answers may wait, or ask for more forms";
  }
  const target =
    latencyTarget === null ? "keeps up with this load" : `gives ${describeLatency(latencyTarget)}`;
  return worthMeasuring === null
    ? `nothing ${target}: ask for less speed or fewer tokens, or name a smaller model`
    : `nothing is known that ${target} for sure: measure first`;
}

function sayMeasuring({ worthMeasuring, answer }: Omit<Decision, "sentence">): string[] {
  if (worthMeasuring !== null) {
    const { way, text } = worthMeasuring;
    return [`${way.label} may do for ${sayUsd(way.usdPerMonth.typical)} a month; to find out, ${text}.`];
  }
  if (answer?.serves !== "machine" || answer.evidence === "measured") return [];
  const hour = answer.usdPerHour === null ? "" : `: about ${sayUsd(answer.usdPerHour)} an hour`;
  return [
    `This rests on a ${answer.evidence === "published" ? "published run" : "forecast"}; a measurement there settles it${hour}.`,
  ];
}
