import {
  hoursPerMonth,
  loadPriceBook,
  type ModelShape,
  type Price,
  type PriceBook,
  pricesOn,
  providerName,
} from "../facts/index.ts";
import { requireNumber } from "../require-number.ts";
import { chooseGpus, findAdapterRefusal, findModelShape, fitMachine, roundRank } from "../serving/index.ts";
import { inWords } from "../words/index.ts";
import { listMachines } from "./list-machines.ts";

/** Fine-tuned models that somebody wants to serve as adapters of one base; everything but model and numbers has a default. */
export interface AdapterHostingInput {
  /** The base, whose own weights are served. */
  model: string | ModelShape;
  /** How many adapters; each number gets a bill. */
  adapters: readonly number[];
  /** Rank of each. Default 16. */
  rank?: number;
  /** What each adapter takes, in its busiest hour, of what one machine could do without adapters. Default 0.1, assumed. */
  loadPerAdapter?: number;
  /** The day whose prices hold. Default: today. */
  date?: string;
  book?: PriceBook;
}

/** One way to serve adapters, and what it costs. */
export interface AdapterHosting {
  way: string;
  /** Who runs it; `null`: you, on Runpod. */
  provider: string | null;
  /** Whether all adapters share each machine; else each has machines of its own. */
  isShared: boolean;
  /** The cards of one machine that holds the base and one adapter: `2 × H100 SXM`. */
  machine: string;
  /** USD a month, day and night, for each number of adapters that was asked for; `null` where the cards do not hold them. */
  usdPerMonth: readonly (number | null)[];
  /** From so many adapters on pods with the same kind of card cost less; `null`: not up to 64, and for pods themselves. */
  podsPayFrom: number | null;
  observed: string;
  sources: readonly string[];
}

/** Every way to serve adapters of one base, your own first. */
export interface AdapterHostings {
  model: string;
  /** The numbers of adapters that were asked for, in the order of each way's bills. */
  adapters: readonly number[];
  /** Empty where no adapter can be served beside the model. */
  ways: readonly AdapterHosting[];
  /** Whole sentences; where there is no way, why. */
  assumptions: readonly string[];
}

/**
 * What adapters cost in speed: Llama 2 7B on one A100, 2,694 output tokens a second without and 1,788 with one of rank 8.
 * The one public pair of figures of vLLM's own load generator; it is of 2024, and vLLM has changed its kernels since.
 */
export const adapterSlowdown = {
  share: 0.34,
  date: "2024-12-17",
  source: "https://github.com/vllm-project/vllm/pull/11267",
} as const;

/** Adapters that one deployment takes, as the providers' documentation has it. */
const mostShared: Readonly<Record<string, { adapters: number; source: string }>> = {
  fireworks: {
    adapters: 100,
    source:
      "https://docs.fireworks.ai/faq-new/billing-pricing/are-there-extra-fees-for-serving-fine-tuned-models",
  },
  together: { adapters: 16, source: "https://docs.together.ai/docs/dedicated-endpoints/lora-adapter" },
};

const mostAdapters = 64;
const counts = [1, 2, 4, 8];

/**
 * Computes what adapters of one base cost a month: on pods of your own that all of them share, on a provider's dedicated
 * endpoint for each, and on its endpoints where it lets adapters share them.
 *
 * Pods are those of Runpod's secure cloud: the cheapest that holds base and adapters, and those with the cards of the
 * providers; of each provider the cheapest kind of card. All run day and night. Providers that serve adapters by the token
 * are left out: none was found that names a price for it.
 *
 * @throws InputError where the model is not known, or a number makes no sense.
 */
export function compareAdapterHosting(input: AdapterHostingInput): AdapterHostings {
  const { adapters, rank = 16, loadPerAdapter = 0.1 } = input;
  const named = Object.fromEntries(adapters.map((count, place) => [`adapters[${place}]`, count]));
  requireNumber(caller.name, named, { whole: true, from: 1, to: mostAdapters });
  requireNumber(caller.name, { rank }, { whole: true, from: 1, to: 512 });
  requireNumber(caller.name, { loadPerAdapter }, { above: 0, to: 1 });
  const model = findModelShape(input.model, caller.name);
  const { date = new Date().toISOString().slice(0, 10), book = loadPriceBook() } = input;
  const on = { model, date, book, rank: roundRank(rank), loadPerAdapter };
  const refusal = findAdapterRefusal(model);
  const asked = { model: model.id, adapters };
  if (refusal !== null) return { ...asked, ways: [], assumptions: [refusal.text, refusal.remedy] };
  const endpoints = listEndpoints(on);
  const cards = [null, ...new Set(endpoints.map(({ gpuTypeId }) => gpuTypeId))];
  const pods = new Map(cards.flatMap((card) => listPods(on, card).map((pod) => [card, pod] as const)));
  const toWay = ({ bill, gpuTypeId: _, ...way }: Hosting, rival: Hosting | undefined): AdapterHosting => ({
    ...way,
    usdPerMonth: adapters.map((count) => multiply(bill(count), hoursPerMonth)),
    podsPayFrom: rival === undefined ? null : findFirst((count) => isLess(rival.bill(count), bill(count))),
  });
  const same = pods.get(pods.get(null)?.gpuTypeId ?? null);
  const own = [...pods.values()].filter((pod) => pod !== same);
  return {
    ...asked,
    ways: [
      ...own.map((pod) => toWay(pod, undefined)),
      ...endpoints.map((endpoint) => toWay(endpoint, pods.get(endpoint.gpuTypeId))),
    ],
    assumptions: [
      `Assumed: each adapter keeps ${inWords(Math.round(loadPerAdapter * 100))} % of one machine busy, in every row; that faster cards do more is not counted.`,
      `A machine that adapters share is ${Math.round(adapterSlowdown.share * 100)} % slower, as in the only published pair of figures (${adapterSlowdown.date}, ${adapterSlowdown.source}); none was found for today's vLLM.`,
      "Machines run day and night, at list prices.",
    ],
  };
}

const caller = { name: "compareAdapterHosting", gpus: "gpus", gpuCount: "gpuCount" };

interface Question {
  model: ModelShape;
  date: string;
  book: PriceBook;
  rank: number;
  loadPerAdapter: number;
}

type Hosting = Omit<AdapterHosting, "usdPerMonth" | "podsPayFrom"> & {
  gpuTypeId: string;
  /** USD an hour for so many adapters; `null` where they do not fit. */
  bill(adapters: number): number | null;
};

/** The machines that so many adapters keep busy where they share them. */
function countMachines({ loadPerAdapter }: Question, adapters: number): number {
  // Without the last digits, in which a quotient such as 3.0000000000000004 differs from 3.
  return Math.ceil((adapters * loadPerAdapter) / (1 - adapterSlowdown.share) - 1e-9);
}

/** The cheapest pods with a kind of card, or with any: none where no machine holds the model. */
function listPods(on: Question, card: string | null): Hosting[] {
  const { model, book, date, rank } = on;
  const any = {
    gpus: card === null ? undefined : [card],
    maxGpuCount: 8,
    precisions: undefined,
    longestTokens: 0,
    starts: [],
  };
  const pods = listMachines({ models: [model], book, date, ...any })
    .machines.filter(({ made }) => made === "own")
    .toSorted((one, other) => one.usdPerHour - other.usdPerHour);
  const find = (slots: number) =>
    pods.find((pod) => fitMachine({ ...pod, model }, { adapterRoom: { slots, rank } }) !== null);
  const first = find(1);
  if (first === undefined) return [];
  return [
    {
      way:
        card === null
          ? "the cheapest pods, all adapters on each"
          : "pods with that card, all adapters on each",
      provider: null,
      isShared: true,
      machine: `${first.gpuCount} × ${first.gpu.displayName}`,
      observed: first.observed,
      sources: first.sources,
      gpuTypeId: first.gpu.gpuTypeId,
      bill(adapters) {
        const machines = countMachines(on, adapters);
        return multiply(find(Math.ceil(adapters / machines))?.usdPerHour ?? null, machines);
      },
    },
  ];
}

/** The dedicated endpoints of each provider, with the kind of card that holds the model for least. */
function listEndpoints(on: Question): Hosting[] {
  const offers = pricesOn(on.book.prices, on.date)
    .filter(isDedicated)
    .flatMap((price) => {
      const [gpu] = chooseGpus({ gpus: [price.gpu], cloud: "SECURE", caller });
      if (gpu === undefined) return [];
      const count = (slots: number) =>
        counts.find(
          (gpuCount) =>
            fitMachine({ model: on.model, gpu, gpuCount }, { adapterRoom: { slots, rank: on.rank } }) !==
            null,
        );
      const hourly = (slots: number) => multiply(count(slots) ?? null, price.value);
      return [{ price, gpu, gpuCount: count(0), hourly }];
    })
    .filter(({ hourly }) => hourly(0) !== null)
    .toSorted((one, other) => (one.hourly(0) ?? 0) - (other.hourly(0) ?? 0));
  const cheapest = new Map(offers.toReversed().map((offer) => [offer.price.provider, offer]));
  return [...cheapest.values()].flatMap(({ price, gpu, gpuCount, hourly }): Hosting[] => {
    const { provider, observed, sources } = price;
    const { gpuTypeId, displayName } = gpu;
    const common = { provider, observed, machine: `${gpuCount} × ${displayName}`, gpuTypeId };
    const name = providerName(provider);
    const each: Hosting = {
      ...{ ...common, sources, isShared: false, way: `${name}, an endpoint for each adapter` },
      bill: (adapters) => multiply(hourly(0), adapters),
    };
    const most = mostShared[provider];
    if (most === undefined) return [each];
    const shared = (adapters: number) => {
      const endpoints = Math.max(countMachines(on, adapters), Math.ceil(adapters / most.adapters));
      return multiply(hourly(Math.ceil(adapters / endpoints)), endpoints);
    };
    const way = `${name}, all adapters on each endpoint`;
    return [each, { ...common, sources: [...sources, most.source], isShared: true, way, bill: shared }];
  });
}

function isDedicated(price: Price): price is Price & { gpu: string } {
  return price.kind === "gpu_hour_dedicated_endpoint" && price.gpu !== null;
}

function multiply(number: number | null, factor: number): number | null {
  return number === null ? null : number * factor;
}

function isLess(one: number | null, other: number | null): boolean {
  return one !== null && other !== null && one < other;
}

function findFirst(pays: (adapters: number) => boolean): number | null {
  for (let adapters = 1; adapters <= mostAdapters; adapters++) if (pays(adapters)) return adapters;
  return null;
}
