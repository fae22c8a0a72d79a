import type { Latency } from "../cost/index.ts";
import { hoursPerMonth } from "../facts/index.ts";
import { type Band, mapBand } from "../serving/index.ts";
import { inWords, shortName } from "../words/index.ts";
import type { DecideInput, Form, Way } from "./decide-types.ts";
import type { Machine } from "./list-machines.ts";
import { listMachineRisks } from "./list-risks.ts";
import { type FormPlan, type LoadPlan, listMachineForms, planForm } from "./plan-form.ts";
import { type SpeedCurve, waitsAt } from "./speed-curve.ts";

/** A machine with what it can do. */
export interface RatedMachine {
  machine: Machine;
  curve: SpeedCurve;
  /** Requests per second within the latency target, by the ends of the bands; 0 where it cannot be kept. */
  within: Band;
}

/** A form of renting one kind of machine, at the three ends of what it can do. */
export interface PricedForm {
  rated: RatedMachine;
  form: Form;
  /** What it comes to where the machine is at its best, as is usual, and at its slowest. */
  plans: Record<keyof Band, FormPlan>;
  keepsTarget: Way["keepsTarget"];
}

/**
 * Prices the forms in which a machine serves a load: with as many as the typical figure calls for, and, where the low end
 * calls for more, once more with those, which is sure to keep to the target.
 */
export function priceForms(
  rated: RatedMachine,
  given: LoadPlan & { forms: readonly Form[]; latencyTarget: Latency | undefined },
): PricedForm[] {
  const { machine, curve, within } = rated;
  const allowed = listMachineForms(given, machine).filter((form) => given.forms.includes(form));
  return allowed.flatMap((form): PricedForm[] => {
    const isBatch = form === "batch on a pod";
    const rates = isBatch ? curve.mostRequestsPerSecond : usableRates(within, curve);
    const at = (end: keyof Band) =>
      planForm(form, machine, {
        ...given,
        requestsPerSecond: rates[opposite[end]],
        secondsPerRequest: curve.secondsPerRequest[end],
      });
    const plans = { low: at("low"), typical: at("typical"), high: at("high") };
    // With a machine at all hours a number that follows the load saves nothing.
    const always = plans.typical.machines * hoursPerMonth;
    if (form === "pods as needed" && plans.typical.machineHoursPerMonth >= always) return [];
    const measure: PricedForm = { rated, form, plans, keepsTarget: "measure" };
    const sure = { low: plans.high, typical: plans.high, high: plans.high };
    const more: PricedForm = { rated, form, plans: sure, keepsTarget: "yes" };
    if (isBatch) {
      if (curve.evidence === null) return [measure];
      // A slow machine may need company to be done by the deadline.
      const isInTime = plans.high.machines <= plans.typical.machines;
      return isInTime ? [{ ...measure, keepsTarget: "yes" }] : [measure, more];
    }
    const waiting = plans.typical.shareWaiting;
    if (within.high <= 0 || waiting > shareLate(given.latencyTarget) + 1e-9) {
      return [{ ...measure, keepsTarget: "no" }];
    }
    const isSure = within.low > 0 && plans.high.machineHoursPerMonth <= plans.typical.machineHoursPerMonth;
    const scalesItself = form === "serverless";
    if (isSure || (scalesItself && within.low > 0)) return [{ ...measure, keepsTarget: "yes" }];
    return within.low <= 0 ? [measure] : [measure, more];
  });
}

/** Part of the requests that may miss the target; without a target the usual twentieth. */
export function shareLate(target: Latency | undefined): number {
  return 1 - (target?.percentile ?? 95) / 100;
}

/** The more a machine serves, the fewer are needed. */
const opposite = { low: "high", typical: "typical", high: "low" } as const;

/** The rates to count machines with; where the target cannot be kept at an end, those of the next better one. */
function usableRates(within: Band, curve: SpeedCurve): Band {
  const most = curve.points.at(-1)?.requestsPerSecond ?? curve.mostRequestsPerSecond.typical;
  const typical = within.typical > 0 ? within.typical : Math.min(most, within.high > 0 ? within.high : most);
  return {
    low: within.low > 0 ? within.low : typical,
    typical,
    high: Math.max(typical, Math.min(most, within.high)),
  };
}

/** Says everything of a priced form. */
export function describeWay(
  priced: PricedForm,
  {
    load,
    busiest,
    date,
    peerToPeer,
    deadlineHours,
    latencyTarget,
  }: LoadPlan & {
    date: string;
    peerToPeer?: DecideInput["peerToPeer"] | undefined;
    latencyTarget: Latency | undefined;
  },
): Way {
  const { rated, form, plans, keepsTarget } = priced;
  const { machine, curve } = rated;
  const { model, shape, gpu, gpuCount, bits } = machine;
  const percentile = latencyTarget?.percentile ?? null;
  const isBatch = form === "batch on a pod";
  const usdPerMonth = mapBand(plans, (plan) => plan.usdPerMonth);
  const { machines, machineHoursPerMonth } = plans.typical;
  const tokensPerMonth = load.requestsPerMonth * (load.inputTokens + load.outputTokens);
  const waits = isBatch ? null : waitsAt(curve, busiest / machines);
  const linkUnknown = gpuCount > 1 && (peerToPeer ?? (gpu.facts?.nvlink ? "yes" : "unknown")) === "unknown";
  const group = `${gpuCount} × ${gpu.displayName}`;
  const most = form === "pods as needed" ? "up to " : "";
  const rented = machines === 1 ? group : `${most}${inWords(machines)} machines of ${group}`;
  const place = `${rented} (${bits}, ${form})`;
  const monthly = curve.mostRequestsPerSecond.typical * machineHoursPerMonth * 3_600;
  return {
    serves: "machine",
    model: model.id,
    checkpoint: shape.id,
    provider: null,
    offer: null,
    gpu: gpu.gpuTypeId,
    gpuCount,
    machine: group,
    precision: bits,
    form,
    label: `${shortName(model.id)} on ${place}`,
    place,
    usdPerMonth,
    usdPerMillionTokens: mapBand(usdPerMonth, (usd) => (usd / tokensPerMonth) * 1e6),
    machines: mapBand(plans, (plan) => plan.machines),
    usdPerHour: machine.usdPerHour,
    gpuUsdPerHour: machine.gpuUsdPerHour,
    gpuUsdPerMonth: plans.typical.gpuUsdPerMonth,
    busy: Math.min(1, load.requestsPerMonth / monthly),
    p95: waits ?? { timeToFirstTokenMs: null, timePerOutputTokenMs: null },
    keepsTarget,
    waitsHours: isBatch ? deadlineHours : null,
    evidence: curve.evidence,
    basis: curve.basis,
    cachedInputShare: curve.cachedInputShare,
    prefixCache: curve.warm ?? null,
    priceStatus: "current",
    isRouter: false,
    risks: listMachineRisks({
      machine,
      form,
      plan: plans.typical,
      curve,
      date,
      linkUnknown,
      percentile,
    }),
    sources: [...new Set([...machine.sources, ...curve.sources])],
    observed: machine.observed,
  };
}
