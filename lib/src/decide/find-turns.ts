import { hoursPerMonth } from "../facts/index.ts";
import type { ChosenWays } from "./choose-ways.ts";
import type { Decision, Turn, Way } from "./decide-types.ts";
import { priceForms, type RatedMachine } from "./machine-ways.ts";
import type { LoadPlan } from "./plan-form.ts";

type FormsOptions = Parameters<typeof priceForms>[1];

/** Loads that are looked at, as times of the load and as parts of it, and steps between two powers of ten. */
const [mostPowers, stepsPerPower, halvings] = [4, 8, 30];

/** Finds where the answer turns from an API to a machine of one's own, or back; all else stays as it is. */
export function findTurns(
  chosen: ChosenWays,
  given: { rated: readonly RatedMachine[]; plan: FormsOptions; mostWaitsHours: number },
): Decision["turns"] {
  const { answer, cheapestApi, cheapestMachine } = chosen;
  const { load } = given.plan;
  const none = {
    requestsPerMonth: null,
    outputTokensPerSecond: null,
    gpuUsdPerHour: null,
    apiUsdPerMillionTokens: null,
  };
  if (answer === null || cheapestApi === null) return none;
  const requestsPerMonth = turnOfLoad(answer.serves, cheapestApi, given);
  const tokens = (requests: number) => (requests * load.outputTokens) / hoursPerMonth / 3_600;
  return {
    requestsPerMonth,
    outputTokensPerSecond: requestsPerMonth && { ...requestsPerMonth, at: tokens(requestsPerMonth.at) },
    gpuUsdPerHour: turnOfGpuPrice(answer.serves, cheapestApi, chosen.ways, given.mostWaitsHours),
    apiUsdPerMillionTokens: cheapestMachine && turnOfApiPrice(answer.serves, cheapestApi, cheapestMachine),
  };
}

function turnOfApiPrice(now: Way["serves"], api: Way, machine: Way): Turn {
  const factor = machine.usdPerMonth.typical / api.usdPerMonth.typical;
  const at = api.usdPerMillionTokens.typical * factor;
  const to = now === "api" ? machine : api;
  return { at, factor, to: to.serves, label: to.label };
}

/** The price of one card, where all GPU prices move alike, at which a machine costs what the cheapest API does. */
function turnOfGpuPrice(
  now: Way["serves"],
  api: Way,
  ways: readonly Way[],
  mostWaitsHours: number,
): Turn | null {
  const machines = ways.flatMap((way) => {
    const { gpuUsdPerMonth, gpuUsdPerHour, usdPerMonth, form, keepsTarget, waitsHours } = way;
    if (gpuUsdPerMonth === null || gpuUsdPerHour === null || form === "serverless") return [];
    if (keepsTarget !== "yes" || (waitsHours ?? 0) > mostWaitsHours) return [];
    const factor = (api.usdPerMonth.typical - (usdPerMonth.typical - gpuUsdPerMonth)) / gpuUsdPerMonth;
    return [{ factor, at: gpuUsdPerHour * factor, way }];
  });
  const [best] = machines.toSorted((one, other) => other.factor - one.factor);
  if (best === undefined || best.factor <= 0) return null;
  const to = now === "api" ? best.way : api;
  return { at: best.at, factor: best.factor, to: to.serves, label: to.label };
}

/** The nearest load at which the other side is cheaper: more of it for an API, less for a machine. */
function turnOfLoad(
  now: Way["serves"],
  api: Way,
  {
    rated,
    plan,
    mostWaitsHours,
  }: { rated: readonly RatedMachine[]; plan: FormsOptions; mostWaitsHours: number },
): Turn | null {
  const machines = keepUndominated(rated);
  const forms = plan.forms.filter(
    (form) => form !== "batch on a pod" || plan.deadlineHours <= mostWaitsHours,
  );
  const cheapestAt = (factor: number) => {
    const scaled = { ...plan, forms, ...scaleLoad(plan, factor) };
    const priced = machines
      .flatMap((machine) => priceForms(machine, scaled))
      .filter(({ keepsTarget }) => keepsTarget === "yes")
      .toSorted((one, other) => one.plans.typical.usdPerMonth - other.plans.typical.usdPerMonth);
    return priced[0] ?? null;
  };
  const isOther = (factor: number) => {
    const usd = cheapestAt(factor)?.plans.typical.usdPerMonth ?? Number.POSITIVE_INFINITY;
    return usd < api.usdPerMonth.typical * factor === (now === "api");
  };
  const direction = now === "api" ? 1 : -1;
  const steps = Array.from({ length: mostPowers * stepsPerPower }, (_, step) => step + 1);
  const found = steps.find((step) => isOther(10 ** ((direction * step) / stepsPerPower)));
  if (found === undefined) return null;
  let [same, other] = [direction * (found - 1), direction * found];
  for (let count = 0; count < halvings; count++) {
    const middle = (same + other) / 2;
    if (isOther(10 ** (middle / stepsPerPower))) other = middle;
    else same = middle;
  }
  const factor = 10 ** (other / stepsPerPower);
  const machine = cheapestAt(factor)?.rated.machine;
  const label =
    machine === undefined ? "" : `${machine.gpuCount} × ${machine.gpu.displayName}, ${machine.bits}`;
  return {
    at: plan.load.requestsPerMonth * factor,
    factor,
    to: now === "api" ? "machine" : "api",
    label: now === "api" ? label : api.label,
  };
}

/** Makes every hour of a load so many times as busy. */
function scaleLoad(
  { load, hourly, busiest }: LoadPlan,
  factor: number,
): Pick<LoadPlan, "load" | "hourly" | "busiest"> {
  const { mean, busiestHour, busiestMinute } = load.requestsPerSecond;
  const requestsPerSecond = {
    mean: mean * factor,
    busiestHour: busiestHour * factor,
    busiestMinute: busiestMinute * factor,
  };
  return {
    load: { ...load, requestsPerMonth: load.requestsPerMonth * factor, requestsPerSecond },
    hourly: hourly.map((rate) => rate * factor),
    busiest: busiest * factor,
  };
}

/** Leaves out machines that cost no less and serve no more than another one. */
function keepUndominated(rated: readonly RatedMachine[]): RatedMachine[] {
  const traits = rated.map(({ machine, within, curve }) => [
    -machine.usdPerHour,
    -(machine.serverlessUsdPerSecond ?? Number.POSITIVE_INFINITY),
    within.low,
    within.typical,
    curve.mostRequestsPerSecond.typical,
    -curve.secondsPerRequest.typical,
  ]);
  return rated.filter((_, index) => {
    const own = traits[index] ?? [];
    return !traits.some((other, place) => {
      const isNoWorse = other.every((value, trait) => value >= (own[trait] ?? 0));
      const isBetter = other.some((value, trait) => value > (own[trait] ?? 0));
      return isNoWorse && (isBetter || place < index);
    });
  });
}
