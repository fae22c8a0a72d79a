import { mostPriceAgeDays, priceAgeDays, providerName, type TokenOffer } from "../facts/index.ts";
import { inWords } from "../words/index.ts";
import type { Risk, Way } from "./decide-types.ts";
import type { Machine } from "./list-machines.ts";
import type { FormPlan } from "./plan-form.ts";
import type { SpeedCurve } from "./speed-curve.ts";

type PossibleRisk = [applies: boolean, kind: Risk["kind"], text: string];

/** Lists what could go wrong with an API. */
export function listApiRisks(offer: TokenOffer, date: string): Risk[] {
  const { provider, status, isRouter } = offer;
  return select([
    [
      true,
      "latency not published",
      `The workbook knows no published waiting times of ${providerName(provider)}; the decision supposes that it keeps your target.`,
    ],
    sayAge(offer.observed, date),
    [status === "unknown", "price doubtful", "Other sources contradict this price, or it is stale."],
    [
      status === "deprecated",
      "price doubtful",
      `${providerName(provider)} has announced the end of this offer.`,
    ],
    [
      isRouter,
      "router",
      `${providerName(provider)} resells what other providers serve: the price is that of one of them.`,
    ],
  ]);
}

/** Lists what could go wrong with machines of one's own. */
export function listMachineRisks(given: {
  machine: Machine;
  form: Way["form"];
  plan: FormPlan;
  curve: SpeedCurve;
  date: string;
  linkUnknown: boolean;
  /** Of the latency target; `null`: none. */
  percentile: number | null;
}): Risk[] {
  const { machine, form, plan, curve, date, linkUnknown, percentile } = given;
  const isServerless = form === "serverless";
  const waiting = `${(plan.shareWaiting * 100).toFixed(plan.shareWaiting < 0.1 ? 1 : 0)} % of the requests`;
  const starts = form === "pods as needed" || form === "pod in office hours" || form === "batch on a pod";
  const gb = inWords(Math.ceil(machine.shape.downloadGb));
  const { doubts, evidence } = curve;
  const { podMinutes, workerSeconds, pod, worker } = machine.starts;
  return select([
    sayAge(machine.observed, date),
    [
      true,
      "stock unknown",
      `It is not known whether Runpod has ${machine.gpuCount} × ${machine.gpu.displayName} free when you need it: listGpus() says what is free now.`,
    ],
    [
      plan.machines === 1,
      "no spare",
      "There is one machine and no spare: while it is down, nobody is served.",
    ],
    [
      linkUnknown,
      "peer-to-peer unknown",
      "Before you rent it, nobody can tell whether its cards reach each other's memory (peer-to-peer); nvidia-smi topo -p2p r says so on the machine.",
    ],
    [
      machine.made !== "own",
      "quality unmeasured",
      `With ${machine.bits} weights (${machine.shape.id}) the answers may be worse than the original's; the workbook has not measured that.`,
    ],
    [
      machine.made === "while loading",
      "quantised while loading",
      "The tables have no FP8 checkpoint of it: vLLM turns the 16-bit weights into FP8 while it loads them (--quantization fp8).",
    ],
    [
      starts,
      "start-up",
      `Each start takes about ${sayStart(podMinutes, "minute")}${pod === null ? " (assumed)" : ` (measured ${pod.at.slice(0, 10)})`} and downloads ${gb} GB: start it before the load comes.`,
    ],
    [
      isServerless,
      "start-up",
      worker === null
        ? `A worker takes about ${sayStart(workerSeconds / 60, "minute")} (assumed) to start with ${gb} GB; ${waiting} wait for that.`
        : `A worker takes ${sayStart(workerSeconds, "second")} to start (measured ${worker.at.slice(0, 10)}); ${waiting} wait for that.`,
    ],
    [
      form === "pod in office hours" && plan.shareWaiting > 0,
      "waits outside hours",
      `${waiting} come outside these hours and wait until the machine starts again.`,
    ],
    [
      percentile !== null && percentile > 95,
      "forecast",
      `Your target is for ${percentile} % of the requests, but the forecast says only how long 95 % wait at most.`,
    ],
    ...doubts.map(({ text }): PossibleRisk => [evidence !== "measured", "forecast", text]),
  ]);
}

/** Two digits say how long a start takes. */
function sayStart(amount: number, unit: "minute" | "second"): string {
  const rounded = Number(amount.toPrecision(2));
  return `${rounded} ${unit}${rounded === 1 ? "" : "s"}`;
}

function sayAge(observed: string, date: string): PossibleRisk {
  const age = priceAgeDays({ observed }, date);
  return [
    age > mostPriceAgeDays,
    "price old",
    `The price was seen on ${observed}, ${age} days before this decision.`,
  ];
}

function select(risks: readonly PossibleRisk[]): Risk[] {
  return risks.flatMap(([applies, kind, text]) => (applies ? [{ kind, text }] : []));
}
