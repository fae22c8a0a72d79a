import { type Capacity, refuseCapacity } from "../cost/index.ts";
import { InputError } from "../errors.ts";
import { loadGpuPrices, loadHostedModels, loadPriceBook } from "../facts/index.ts";
import { findModelShape } from "../serving/index.ts";
import { inWords } from "../words/index.ts";
import { listApiWays, listUnoffered } from "./api-ways.ts";
import { checkDecideInput } from "./check-decide-input.ts";
import { chooseWays } from "./choose-ways.ts";
import { forms as allForms, type DecideInput, type DecideModel, type Decision } from "./decide-types.ts";
import { describeDecision } from "./describe-decision.ts";
import { isOf } from "./find-evidence.ts";
import { findLevers } from "./find-levers.ts";
import { findTurns } from "./find-turns.ts";
import { listMachines } from "./list-machines.ts";
import { describeWay, priceForms, shareLate } from "./machine-ways.ts";
import { planLoad } from "./plan-form.ts";
import { rateMachines } from "./rate-machines.ts";

/**
 * Decides how to serve a load: every provider's price and every machine that holds a model, side by side, and the cheapest
 * of those that keep to the latency target.
 *
 * Computed from the price book and from forecasts, which own measurements correct. Dollars are by the month of 730 hours,
 * without tax; a machine counts as within the target only where the low end of its figures is.
 *
 * @throws InputError that names the field that makes no sense, or says that there are no prices at all.
 */
export function decide(input: DecideInput): Decision {
  checkDecideInput(input);
  const { ids, models, tooShort, cut, hosted } = readModels(input);
  const { load, latencyTarget, peerToPeer, book = loadPriceBook(), forms = allForms } = input;
  const { deadlineHours = 24, date = new Date().toISOString().slice(0, 10) } = input;
  const mostWaitsHours = input.deadlineHours ?? 0;
  const offers = { book, date, load, forms, deadlineHours };
  const apis = ids
    .filter((id) => !tooShort.some(({ what }) => what === id))
    .flatMap((id) => listApiWays({ ...offers, model: id }));
  const { maxGpuCount = 8, gpus, precisions } = input;
  const longestTokens = (load.inputTokens + load.outputTokens) * (1 + load.lengthSpread);
  const starts = input.starts ?? [];
  const asked = { models, book, date, maxGpuCount, longestTokens, gpus, precisions, starts };
  const { machines, leftOut } = listMachines(asked);
  const { rated, leftOut: unrated } = rateMachines(machines, input);
  const plan = {
    ...planLoad(load, { deadlineHours, shareLate: shareLate(latencyTarget) }),
    forms,
    latencyTarget,
  };
  const priced = rated.flatMap((one) => priceForms(one, plan));
  const described = priced.map((one) => describeWay(one, { ...plan, peerToPeer, date }));
  const chosen = chooseWays([...apis, ...described], mostWaitsHours);
  if (apis.length === 0 && loadGpuPrices({ book, date }).length === 0) throw noPrices(date);
  const decision = {
    kind: "computed" as const,
    models: ids,
    load,
    latencyTarget: latencyTarget ?? null,
    peerToPeer: peerToPeer ?? null,
    starts,
    forms,
    date,
    ...chosen,
    turns: findTurns(chosen, { rated, plan, mostWaitsHours }),
    levers: findLevers(chosen, { input, rated, plan, offers }),
    leftOut: [
      ...leftOut,
      ...hosted,
      ...tooShort,
      ...cut,
      ...ids.flatMap((id) => listUnoffered({ model: id, book, date })),
      ...(input.measured ?? [])
        .filter((capacity) => !machines.some((machine) => isOf(capacity, machine)))
        .map((capacity) => ({ what: `your measurement (${capacity.source})`, why: sayUnused(capacity) })),
      ...unrated,
    ],
    sources: [...new Set(chosen.ways.flatMap(({ sources }) => sources))],
  };
  return { ...decision, sentence: describeDecision(decision) };
}

function sayUnused(capacity: Capacity): string {
  const { kind, model, gpu, gpuCount } = capacity;
  return kind === "measured"
    ? `It is a measurement of ${model ?? "a model without a name"} on ${gpuCount ?? "?"} × ${gpu ?? "a card without a name"}, and none of the machines here is that.`
    : (refuseCapacity(capacity, {}) ?? `It is ${kind}, not measured.`);
}

function noPrices(date: string): InputError {
  const problem = `for ${date} the price book has no provider's price of these models, and no price of a card`;
  return new InputError(`decide: ${problem}.`, {
    remedy: "Give another date or book: loadPriceBook() has the workbook's own prices.",
    field: "date",
  });
}

/** Reads which models are asked about; those that a pod cannot serve are left to the providers. */
function readModels({ models: asked, load }: DecideInput) {
  const all = [...new Set([asked].flat())];
  const isHosted = (model: (typeof all)[number]) => (known: { id: string }) =>
    typeof model === "string" && known.id.toLowerCase() === model.toLowerCase();
  const hosted = all.flatMap((model) => {
    const known = loadHostedModels().find(isHosted(model));
    return known === undefined ? [] : [{ what: known.id, why: `No machine of your own: ${known.reason}.` }];
  });
  const own = all
    .filter((model) => !loadHostedModels().some(isHosted(model)))
    .map((model): DecideModel => findModelShape(model, "decide"));
  const tokens = load.inputTokens + load.outputTokens;
  const tooShort = own.flatMap(({ id, contextTokens }) =>
    tokens <= contextTokens ? [] : [{ what: id, why: sayTooShort(tokens, contextTokens) }],
  );
  const longest = tokens * (1 + load.lengthSpread);
  const cut = own.flatMap(({ id, contextTokens }) =>
    longest <= contextTokens || tokens > contextTokens
      ? []
      : [{ what: `the longest requests to ${id}`, why: sayCut(longest, contextTokens) }],
  );
  const models = own.filter(({ id }) => !tooShort.some(({ what }) => what === id));
  return {
    ids: [...hosted.map(({ what }) => what), ...own.map(({ id }) => id)],
    models,
    tooShort,
    cut,
    hosted,
  };
}

function sayCut(tokens: number, contextTokens: number): string {
  return `They have up to ${inWords(Math.round(tokens))} tokens; the model takes at most ${inWords(contextTokens)}, at an API too.`;
}

function sayTooShort(tokens: number, contextTokens: number): string {
  return `Your requests have ${inWords(Math.round(tokens))} tokens on average; the model takes at most ${inWords(contextTokens)}.`;
}
