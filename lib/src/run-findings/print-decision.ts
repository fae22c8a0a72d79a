import { type Decision, isTrusted, type Way } from "../decide/index.ts";
import { providerName } from "../facts/index.ts";
import { inWords, sayRange, sayUsd, shortName } from "../words/index.ts";
import { type RunFindings, seen, writeFindings } from "./findings-file.ts";

/** More rows do not fit on a phone. */
const mostWays = 7;

/** What of a way, and of a decision, a summary tells. */
type ToldWay = Omit<
  Way,
  | "checkpoint"
  | "offer"
  | "place"
  | "usdPerMillionTokens"
  | "usdPerHour"
  | "gpuUsdPerHour"
  | "gpuUsdPerMonth"
  | "busy"
  | "cachedInputShare"
  | "prefixCache"
  | "p95"
  | "risks"
>;
type Named = "answer" | "runnerUp" | "cheapestApi" | "cheapestMachine";
type ToldDecision = Pick<Decision, "models" | "sentence"> &
  Record<Named, ToldWay | null> & {
    load: Pick<Decision["load"], "requestsPerMonth" | "inputTokens" | "outputTokens">;
    ways: readonly ToldWay[];
    worthMeasuring: { way: ToldWay; text: string } | null;
  };

/** Prints a decision, and what it rests on; `npm start` tells it in its summary, with a picture of its ways. */
export function printDecision(decision: ToldDecision): void {
  const shown = chooseShown(decision);
  const rests = sayRests(decision);
  console.log([decision.sentence, ...rests].join("\n\n"));
  if (shown.length === 0) return;
  const prices = shown.map((way) => seen(`${way.label}: ${sayUsd(way.usdPerMonth.typical)} a month`, way));
  writeFindings({ decision: { sentence: decision.sentence, rests, prices, picture: draw(decision, shown) } });
}

/** The cheapest of each form on either side, the dearest of the APIs, and what the answer is compared with. */
function chooseShown({ ways, ...decision }: ToldDecision): ToldWay[] {
  const { answer, runnerUp, cheapestApi, cheapestMachine, worthMeasuring } = decision;
  // A machine without any evidence has the price of its ceiling, which no machine reaches.
  const isKnown = ({ serves, evidence }: ToldWay) => serves === "api" || evidence !== null;
  const named = [answer, worthMeasuring?.way, cheapestApi, cheapestMachine, runnerUp]
    .filter((way) => way != null)
    .filter(isKnown);
  const others = ways.filter((way) => {
    return isKnown(way) && way.keepsTarget !== "no" && isTrusted(way);
  });
  const cheapest = Map.groupBy(others.toSorted(byCost), ({ serves, form }) => `${serves} ${form}`);
  const dearest = others
    .filter(({ serves, form }) => serves === "api" && form === "by token")
    .toSorted(byCost)
    .at(-1);
  const firsts = [...cheapest.values()].flatMap(([first]) => first ?? []);
  const chosen = [...named, ...(dearest === undefined ? [] : [dearest]), ...firsts];
  const all = chosen.length === 0 ? ways.toSorted(byCost) : chosen;
  return [...new Set(all)].slice(0, mostWays).toSorted(byCost);
}

function byCost(one: ToldWay, other: ToldWay): number {
  return one.usdPerMonth.typical - other.usdPerMonth.typical;
}

function draw(
  decision: ToldDecision,
  shown: readonly ToldWay[],
): NonNullable<RunFindings["decision"]>["picture"] {
  const { models, load, answer } = decision;
  const { requestsPerMonth, inputTokens, outputTokens } = load;
  const [requests, input, output] = [requestsPerMonth, inputTokens, outputTokens].map((one) =>
    inWords(Math.round(one)),
  );
  const names = models.map(shortName).join(" or ");
  return {
    headline: sayHeadline(decision),
    subject: `Dollars a month for ${requests} requests to ${names}, ${input} tokens in and ${output} out each. ${sayDays(shown)}`,
    ways: shown.map((way) => {
      const { serves, usdPerMonth } = way;
      const label = nameWay(way, models.length > 1);
      return { label, serves, usdPerMonth, remark: remarkOn(way, answer), isAnswer: way === answer };
    }),
  };
}

/** Names a way in as few words as fit on a phone; the model only where several would do. */
function nameWay(way: ToldWay, withModel: boolean): string {
  const { model, provider, machine, precision, machines, form } = way;
  const count = Math.round(machines?.typical ?? 1);
  const parts = [
    withModel ? shortName(model) : null,
    provider === null ? machine : providerName(provider),
    precision,
    form,
    count > 1 ? `${count} machines` : null,
  ];
  return parts.filter((part) => part !== null).join(", ");
}

function sayHeadline({ answer, worthMeasuring, models }: ToldDecision): string {
  if (answer !== null) {
    const take = answer.serves === "api" ? "Take the API" : "Rent a machine";
    return `${take}: ${nameWay(answer, models.length > 1)}, ${sayUsd(answer.usdPerMonth.typical)} a month.`;
  }
  return worthMeasuring === null
    ? "Nothing gives your users what you ask for."
    : `Measure first: ${worthMeasuring.text}.`;
}

function remarkOn(way: ToldWay, answer: ToldWay | null): string {
  if (way === answer) return "the answer";
  const late = way.waitsHours === null ? "" : `within ${inWords(way.waitsHours)} h`;
  return { yes: late, no: "misses the target", measure: "measure first" }[way.keepsTarget];
}

function sayRests({ answer, cheapestApi, cheapestMachine, worthMeasuring }: ToldDecision): string[] {
  const bases = [answer, cheapestApi, cheapestMachine, worthMeasuring?.way].flatMap((way) => {
    return way == null || way.basis === "" ? [] : [`${way.label}: ${way.basis}`];
  });
  const settle = worthMeasuring === null ? [] : [`To find out more, measure: ${worthMeasuring.text}.`];
  return [...new Set([...bases, ...settle])];
}

function sayDays(ways: readonly ToldWay[]): string {
  const days = ways.map(({ observed }) => observed).toSorted();
  return `Prices seen ${sayRange(days[0] ?? "", days.at(-1) ?? "")}.`;
}
