import { type Capacity, refuseCapacity } from "../cost/index.ts";
import { InputError } from "../errors.ts";
import { loadPriceBook } from "../facts/index.ts";
import { requireNumber } from "../require-number.ts";
import { findModelShape } from "../serving/index.ts";
import type { Load } from "../traffic/index.ts";
import { listApiWays } from "./api-ways.ts";
import { chooseWays } from "./choose-ways.ts";
import { forms as allForms, type DecideInput, type DecideModel, type Decision } from "./decide-types.ts";
import { describeDecision } from "./describe-decision.ts";
import { isOf } from "./find-evidence.ts";
import { findLevers } from "./find-levers.ts";
import { findTurns } from "./find-turns.ts";
import { listMachines } from "./list-machines.ts";
import { describeWay, priceForms, type RatedMachine, shareLate } from "./machine-ways.ts";
import { findOfficeWindow } from "./office-window.ts";
import type { LoadPlan } from "./plan-form.ts";
import { ratesWithin, speedCurve } from "./speed-curve.ts";

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
  const models = [input.models].flat().map((model): DecideModel => findModelShape(model, "decide"));
  const { load, latencyTarget, book = loadPriceBook(), deadlineHours = 24, forms = allForms } = input;
  checkInput(input, models);
  const date = input.date ?? book.newestObservation;
  if (date === null) throw noPrices("The price book is empty.");
  const offers = { book, date, load, forms, deadlineHours };
  const apis = models.flatMap(({ id }) => listApiWays(id, offers));
  const { maxGpuCount = 8, gpus, precisions } = input;
  const longestTokens = (load.inputTokens + load.outputTokens) * (1 + load.lengthSpread);
  const { machines, leftOut } = listMachines({
    models,
    book,
    date,
    maxGpuCount,
    longestTokens,
    ...(gpus === undefined ? {} : { gpus }),
    ...(precisions === undefined ? {} : { precisions }),
  });
  const refused: { what: string; why: string }[] = [];
  const rated = machines.flatMap((machine): RatedMachine[] => {
    const curve = speedCurve(machine, load, input);
    if ("points" in curve) return [{ machine, curve, within: ratesWithin(curve, latencyTarget) }];
    const { gpu, model } = machine;
    refused.push(
      ...curve.map(({ reason, text }) => ({
        what: reason === "arithmetic" ? gpu.displayName : model.id,
        why: text,
      })),
    );
    return [];
  });
  const plan = { ...planLoad(load, deadlineHours, shareLate(latencyTarget)), forms, latencyTarget };
  const priced = rated.flatMap((one) => priceForms(one, plan));
  const described = priced.map((one) => describeWay(one, { ...plan, ...pickLink(input), date }));
  const chosen = chooseWays([...apis, ...described], input.deadlineHours ?? 0);
  if (chosen.ways.length === 0)
    throw noPrices(
      `On ${date} the price book prices none of these models, at no provider and on no card that holds them.`,
    );
  const unsold = models.filter(({ id }) => !apis.some(({ model }) => model === id));
  const decision = {
    kind: "computed" as const,
    models: models.map(({ id }) => id),
    load,
    latencyTarget: latencyTarget ?? null,
    date,
    ...chosen,
    turns: findTurns(chosen, { rated, plan, mostWaitsHours: input.deadlineHours ?? 0 }),
    levers: findLevers(chosen, { input, rated, plan, offers }),
    leftOut: [
      ...leftOut,
      ...unsold.map(({ id }) => ({
        what: id,
        why: `On ${date} the price book has no provider's price of its tokens.`,
      })),
      ...(input.measured ?? [])
        .filter((capacity) => !machines.some((machine) => isOf(capacity, machine)))
        .map((capacity) => ({ what: `your measurement (${capacity.source})`, why: sayUnused(capacity) })),
      ...[...new Map(refused.map((gap) => [gap.why, gap])).values()],
    ],
    sources: [...new Set(chosen.ways.flatMap(({ sources }) => sources))],
  };
  return { ...decision, sentence: describeDecision(decision) };
}

function sayUnused(capacity: Capacity): string {
  const { kind, model, gpu, gpuCount } = capacity;
  return kind === "measured"
    ? `It is of ${model ?? "a model without a name"} on ${gpuCount ?? "?"} × ${gpu ?? "a card without a name"}, which is none of the machines here.`
    : (refuseCapacity(capacity, {}) ?? `It is ${kind}, not measured.`);
}

function pickLink({ peerToPeer }: DecideInput): Pick<DecideInput, "peerToPeer"> {
  return peerToPeer === undefined ? {} : { peerToPeer };
}

/** What of a load does not depend on the machine. */
function planLoad(load: Load, deadlineHours: number, shareLate: number): LoadPlan {
  const { busiestMinute: busiest } = load.requestsPerSecond;
  const hourly = load.hours.map((part) => part * busiest);
  return { load, hourly, busiest, window: findOfficeWindow(load, shareLate), deadlineHours };
}

function checkInput(
  { load, maxGpuCount, deadlineHours, latencyTarget, forms }: DecideInput,
  models: readonly DecideModel[],
): void {
  if (models.length === 0) {
    throw new InputError("decide: models is empty.", { remedy: "Name one model at least.", field: "models" });
  }
  const { requestsPerMonth, inputTokens, outputTokens } = load;
  requireNumber("decide", { requestsPerMonth, inputTokens, outputTokens }, { above: 0 });
  requireNumber("decide", { maxGpuCount }, { whole: true, from: 1, to: 8, optional: true });
  requireNumber("decide", { deadlineHours }, { from: 1, to: 730, optional: true });
  if (forms?.length === 0) {
    throw new InputError("decide: forms is empty.", {
      remedy: `Name one at least of ${allForms.join(", ")}.`,
      field: "forms",
    });
  }
  if (latencyTarget === undefined) return;
  const { timeToFirstTokenMs, timePerOutputTokenMs, percentile } = latencyTarget;
  requireNumber(
    "decide",
    { timeToFirstTokenMs: timeToFirstTokenMs ?? 1, timePerOutputTokenMs: timePerOutputTokenMs ?? 1 },
    { above: 0 },
  );
  requireNumber("decide", { percentile }, { above: 0, to: 100 });
}

function noPrices(problem: string): InputError {
  return new InputError(`decide: ${problem}`, {
    remedy: "Give another date or book: loadPriceBook() has the workbook's own prices.",
    field: "date",
  });
}
