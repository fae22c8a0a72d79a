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
      `How long users of ${providerName(provider)} wait is not published: it counts as within the target.`,
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
      `${providerName(provider)} passes requests on: the price is that of one of its hosts.`,
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
      `Whether ${machine.gpuCount} × ${machine.gpu.displayName} can be had when you need them is not known: listGpus() says what is free now.`,
    ],
    [plan.machines === 1, "no spare", "One machine and no spare: while it is down nobody is served."],
    [
      linkUnknown,
      "peer-to-peer unknown",
      "Whether its cards reach each other directly is not known before it is rented: nvidia-smi topo -p2p r says so.",
    ],
    [
      machine.made !== "own",
      "quality unmeasured",
      `Nobody here has measured what ${machine.bits} weights cost in quality: ${machine.shape.id}.`,
    ],
    [
      machine.made === "while loading",
      "quantised while loading",
      "No FP8 checkpoint is in the tables: vLLM makes it while it loads the 16-bit weights (--quantization fp8).",
    ],
    [
      starts,
      "start-up",
      `Each start takes about ${sayStart(podMinutes, "minute")}${pod === null ? " (assumed)" : ` (measured ${pod.at.slice(0, 10)})`} and downloads ${gb} GB: it must come ahead of the load.`,
    ],
    [
      isServerless,
      "start-up",
      worker === null
        ? `A worker that starts is assumed to need ${sayStart(workerSeconds / 60, "minute")} for ${gb} GB; ${waiting} wait for one.`
        : `A worker that starts needs ${sayStart(workerSeconds, "second")} (measured ${worker.at.slice(0, 10)}); ${waiting} wait for one.`,
    ],
    [
      form === "pod in office hours" && plan.shareWaiting > 0,
      "waits outside hours",
      `${waiting} come outside the hours and wait for the next opening.`,
    ],
    [
      percentile !== null && percentile > 95,
      "forecast",
      `The target is for ${percentile} % of the requests, the waits are of the 95th percentile.`,
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
