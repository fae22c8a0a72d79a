import type { Turn, Way } from "./decide-types.ts";
import { priceForms, type RatedMachine } from "./machine-ways.ts";
import type { LoadPlan } from "./plan-form.ts";

/** The machines that a load could be served with, and what of it does not depend on them. */
export interface TurnOptions {
  rated: readonly RatedMachine[];
  plan: Parameters<typeof priceForms>[1];
  mostWaitsHours: number;
}

/** Loads that are looked at, as times of the load and as parts of it, and steps between two powers of ten. */
const [mostPowers, stepsPerPower, halvings] = [4, 8, 30];

/**
 * Finds the nearest load at which the other side is cheaper: more of it for an API, less for a machine. A machine counts with
 * what is sure, or at the best end of its band.
 */
export function turnOfLoad(
  { rated, plan, mostWaitsHours }: TurnOptions,
  { now, api, end }: { now: Way["serves"]; api: Way; end: "sure" | "best" },
): Turn | null {
  const machines = keepUndominated(rated.filter(({ curve }) => curve.evidence !== null));
  const forms = plan.forms.filter(
    (form) => form !== "batch on a pod" || plan.deadlineHours <= mostWaitsHours,
  );
  const cheapestAt = (factor: number) => {
    const scaled = { ...plan, forms, ...scaleLoad(plan, factor) };
    const priced = machines
      .flatMap((machine) => priceForms(machine, scaled))
      .filter(({ keepsTarget }) => (end === "sure" ? keepsTarget === "yes" : keepsTarget !== "no"))
      .map(({ plans, rated: { machine } }) => {
        return { machine, usd: (end === "sure" ? plans.typical : plans.low).usdPerMonth };
      });
    return priced.toSorted((one, other) => one.usd - other.usd)[0] ?? null;
  };
  const isOther = (factor: number) => {
    const usd = cheapestAt(factor)?.usd ?? Number.POSITIVE_INFINITY;
    return usd < api.usdPerMonth.typical * factor === (now === "api");
  };
  const direction = now === "api" ? 1 : -1;
  // The best end can be cheaper at the load as it is.
  if (isOther(1)) return makeTurn(1);
  const steps = Array.from({ length: mostPowers * stepsPerPower }, (_, step) => step + 1);
  const found = steps.find((step) => isOther(10 ** ((direction * step) / stepsPerPower)));
  if (found === undefined) return null;
  let [same, other] = [direction * (found - 1), direction * found];
  for (let count = 0; count < halvings; count++) {
    const middle = (same + other) / 2;
    if (isOther(10 ** (middle / stepsPerPower))) other = middle;
    else same = middle;
  }
  return makeTurn(10 ** (other / stepsPerPower));

  function makeTurn(factor: number): Turn {
    const at = plan.load.requestsPerMonth * factor;
    const found = now === "api" ? cheapestAt(factor)?.machine : undefined;
    if (found === undefined) return { at, factor, to: "api", label: api.place };
    return {
      at,
      factor,
      to: "machine",
      label: `${found.gpuCount} × ${found.gpu.displayName}, ${found.bits}`,
    };
  }
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
    within.high,
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
