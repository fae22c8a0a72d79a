import type { Capacity, Latency, WarmReading } from "../cost/index.ts";
import type { ModelShape, PeerToPeer, Price, PriceBook, TokenOffer } from "../facts/index.ts";
import type { SeenStart } from "../runpod/index.ts";
import type { Band, ForecastPrecision, ForecastShape } from "../serving/index.ts";
import type { Load } from "../traffic/index.ts";

/** How a way of serving is paid for. */
export const forms = [
  "by token",
  "batch by token",
  "pod day and night",
  "pod in office hours",
  "pods as needed",
  "serverless",
  "batch on a pod",
] as const;

export type Form = (typeof forms)[number];

/** How many bits the weights have on the machine. */
export const bits = ["16-bit", "fp8", "int8", "4-bit"] as const satisfies readonly ForecastPrecision[];

export type Bits = ForecastPrecision;

/** A shape of one's own; the forecast needs the three sizes, without which no machine can be rated. */
export type DecideModel = ModelShape &
  Partial<Pick<ForecastShape, "hiddenSize" | "intermediateSize" | "vocabularySize">> &
  Partial<Pick<ForecastShape, "experts" | "expertsPerToken">>;

/** What to decide on; everything but models and load has a default. */
export interface DecideInput {
  /** Names on Hugging Face that the workbook knows, or shapes; any of them would do for the work. */
  models: string | DecideModel | readonly (string | DecideModel)[];
  load: Load;
  /** What users accept. Default: nothing is asked, and a machine may be as slow as it is. */
  latencyTarget?: Latency;
  /** The day whose prices hold, such as `2026-11-28`. Default: today. */
  date?: string;
  /** Default: the workbook's own. */
  book?: PriceBook;
  /** Runpod's ids or short names. Default: every card that the workbook knows. */
  gpus?: readonly string[];
  /** Most cards of one machine: of 1, 2, 4 and 8 those up to it. Default 8. */
  maxGpuCount?: number;
  precisions?: readonly Bits[];
  forms?: readonly Form[];
  /** Whether the cards of one machine reach each other without the processor. Default: yes over NVLink, else unknown. */
  peerToPeer?: PeerToPeer;
  /** Own measurements, of `toCapacity`: they come before what is published and what is forecast. */
  measured?: readonly Capacity[];
  /** Starts that were seen, of `loadColdStarts`: those measured on a machine replace what is assumed of it. */
  starts?: readonly SeenStart[];
  /** Answers may wait so many hours: then a batch counts as an answer. Default: they may not; ways of a batch have 24. */
  deadlineHours?: number;
}

/** What could go wrong, in a sentence, and the word for it. */
export interface Risk {
  kind:
    | "price old"
    | "price doubtful"
    | "router"
    | "latency not published"
    | "stock unknown"
    | "no spare"
    | "peer-to-peer unknown"
    | "quality unmeasured"
    | "quantised while loading"
    | "start-up"
    | "waits outside hours"
    | "forecast";
  text: string;
}

/** One way to serve the load; money in USD, every figure computed from prices and rates. */
export interface Way {
  serves: "api" | "machine";
  /** The model that was asked for; `checkpoint` is what a machine loads. */
  model: string;
  checkpoint: string | null;
  provider: string | null;
  /** The prices of an API. */
  offer: TokenOffer | null;
  /** As Runpod spells it. */
  gpu: string | null;
  gpuCount: number | null;
  precision: Bits | null;
  form: Form;
  /** The cards of one machine, such as `2 × A40`; `null` for an API. */
  machine: string | null;
  /** What people call it, such as `Qwen3-32B on 2 × A40 (4-bit, pod day and night)`. */
  label: string;
  /** The same without the model. */
  place: string;
  usdPerMonth: Band;
  /** Input and output together. */
  usdPerMillionTokens: Band;
  /** Machines at once in the busiest hour; `null` for an API. */
  machines: Band | null;
  /** For one machine with its disks; `null` for an API. */
  usdPerHour: number | null;
  /** For one card, as the price list has it; `null` for an API. */
  gpuUsdPerHour: number | null;
  /** What GPUs cost of the month, which follows their price; the rest is storage. `null` for an API. */
  gpuUsdPerMonth: number | null;
  /** Part of the paid hours' capacity that the load takes, 0 to 1; `null` for an API. */
  busy: number | null;
  p95: { timeToFirstTokenMs: Band | null; timePerOutputTokenMs: Band | null };
  /** `yes`: the low end of the figures suffices; `no`: not even the high end does; else an hour of measuring tells. */
  keepsTarget: "yes" | "no" | "measure";
  /** Hours for which an answer may wait; `null`: it comes at once. */
  waitsHours: number | null;
  /** What it rests on: a measurement of one's own, a published run, a forecast; `null` for an API. */
  evidence: "measured" | "published" | "forecast" | null;
  /** What that is, in a sentence. */
  basis: string;
  /** Part of the input that is in a cache: an API may have a price of its own for it, a machine does not read it. */
  cachedInputShare: number;
  /** What was measured of a machine's prefix cache; `null`: nothing, so it is taken to hold all that repeats. */
  prefixCache: WarmReading | null;
  /** Of the weakest of its prices. */
  priceStatus: Price["status"];
  isRouter: boolean;
  risks: readonly Risk[];
  sources: readonly string[];
  /** The day on which somebody saw its price. */
  observed: string;
}

/** Where the answer turns, all else alike; `null`: it never does. */
export interface Turn {
  at: number;
  /** Times what it is now. */
  factor: number;
  /** What is the answer beyond it, and what people call that, without the model. */
  to: Way["serves"];
  label: string;
}

/** One way of paying less for the same load. */
export interface Lever {
  lever: "precision" | "fewer cards" | "shared prefixes" | "hours" | "batch";
  side: Way["serves"];
  model: string;
  from: string;
  to: string;
  usdPerMonthBefore: number;
  usdPerMonthAfter: number;
  savesUsdPerMonth: number;
  /** What to mind. */
  text: string;
}

/** Every way to serve a load, and the one to take. */
export interface Decision {
  kind: "computed";
  models: readonly string[];
  load: Load;
  latencyTarget: Latency | null;
  /** What was said of the cards of one machine; `null`: nothing. */
  peerToPeer: PeerToPeer | null;
  /** The starts that were given. */
  starts: readonly SeenStart[];
  /** The forms that were looked at. */
  forms: readonly Form[];
  /** The day whose prices hold. */
  date: string;
  /** The cheapest first; those that miss the target come last. */
  ways: readonly Way[];
  /** The cheapest that keeps to the target; `null`: none does, or none is known to. */
  answer: Way | null;
  /** The cheapest of another form, provider or card. */
  runnerUp: Way | null;
  cheapestApi: Way | null;
  cheapestMachine: Way | null;
  /** Cheaper than the answer, if a measurement shows that it keeps to the target; `null`: there is none. */
  worthMeasuring: { way: Way; usd: number; text: string } | null;
  turns: {
    requestsPerMonth: Turn | null;
    /** The same where machines are at the best end of their bands; `null` where the answer is a machine. */
    requestsPerMonthAtBest: Turn | null;
    outputTokensPerSecond: Turn | null;
    /** For one card of the machine that is rented before or after it, where all GPU prices move alike. */
    gpuUsdPerHour: Turn | null;
    /** Input and output of this load together, at the cheapest API, where all prices of APIs move alike. */
    apiUsdPerMillionTokens: Turn | null;
  };
  levers: readonly Lever[];
  leftOut: readonly { what: string; why: string }[];
  /** The answer, to be read out. */
  sentence: string;
  sources: readonly string[];
}
