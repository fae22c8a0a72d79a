import type { Capacity, ReplayPrices } from "../cost/index.ts";
import { findGpu, findModel, loadGpus } from "../facts/index.ts";
import { type Band, type ForecastInput, forecast } from "../serving/index.ts";
import { shortName } from "./api-ways.ts";
import type { Decision, Way } from "./decide-types.ts";

type ForecastRequest = Omit<ForecastInput, "streams" | "requestsPerSecond">;

/** A machine and an API that serve the same load, in the words of `replayTrace`, `assessBreakEven` and `regionChart`. */
export interface Sides {
  /** The cheapest that keeps to the target; where none is sure to, the cheapest that may. */
  machine: Way;
  /** One of its machines in a few words, such as `2 × A40, 4-bit`. */
  machineName: string;
  /** The cheapest; `null`: none has a price. */
  api: Way | null;
  /** What one machine does within the target at the mix of this load. */
  capacity: Capacity;
  /** The machine with the lengths of this load, as `forecast` takes it; `null` for a model that is in no table. */
  request: ForecastRequest | null;
  /** Output tokens per second that each of its machines is asked for in the busiest minute. */
  wantedTokensPerSecond: number;
  prices: ReplayPrices;
  /** Both prices, for a break-even at the mix of this load; `null` without an API. */
  breakEven: {
    gpuUsdPerHour: number;
    inputUsdPerMillion: number;
    outputUsdPerMillion: number;
    inputTokensPerOutputToken: number;
    capacity: Capacity;
  } | null;
}

/**
 * Puts the cheapest machine of a decision beside its cheapest API.
 *
 * @returns `null` where no machine may keep to the target.
 */
export function compareSides(decision: Decision): Sides | null {
  const { cheapestApi: api, load } = decision;
  const machine = pickMachine(decision);
  const { perMachine = null, usdPerHour = null } = machine ?? {};
  if (machine === null || perMachine === null || usdPerHour === null) return null;
  const request = requestOf(machine, load);
  const capacity = capacityOf(machine, { ...decision, request, rates: perMachine.requestsPerSecond });
  const { serverlessUsdPerSecond, volumeUsdPerMonth } = perMachine;
  const { inputUsdPerMillion, outputUsdPerMillion, ...offer } = api?.offer ?? noOffer;
  const batch = offer.batchInputUsdPerMillion;
  const inputTokensPerOutputToken = load.inputTokens / load.outputTokens;
  return {
    machine,
    machineName: nameMachine(machine),
    api,
    capacity,
    request,
    wantedTokensPerSecond:
      (load.requestsPerSecond.busiestMinute * load.outputTokens) / (machine.machines?.typical ?? 1),
    prices: {
      gpuUsdPerHour: usdPerHour,
      // What a pod's own disk costs is in its price; while there is no pod, a volume keeps the weights.
      stoppedStorageUsdPerMonth: volumeUsdPerMonth,
      serverlessUsdPerSecond,
      serverlessStorageUsdPerMonth: volumeUsdPerMonth,
      inputUsdPerMillion,
      outputUsdPerMillion,
      cachedInputUsdPerMillion: offer.cachedInputUsdPerMillion,
      batchPriceFactor: batch === null || inputUsdPerMillion === null ? null : batch / inputUsdPerMillion,
    },
    breakEven:
      inputUsdPerMillion === null || outputUsdPerMillion === null
        ? null
        : {
            gpuUsdPerHour: usdPerHour,
            inputUsdPerMillion,
            outputUsdPerMillion,
            inputTokensPerOutputToken,
            capacity,
          },
  };
}

const noOffer = {
  inputUsdPerMillion: null,
  outputUsdPerMillion: null,
  cachedInputUsdPerMillion: null,
  batchInputUsdPerMillion: null,
};

function pickMachine({ answer, cheapestMachine, ways }: Decision): Way | null {
  if (answer?.serves === "machine") return answer;
  const live = ways.filter(({ serves, waitsHours }) => serves === "machine" && waitsHours === null);
  return cheapestMachine ?? live.find(({ keepsTarget }) => keepsTarget === "measure") ?? null;
}

function nameMachine({ gpu, gpuCount, precision }: Way): string {
  const name = gpu === null ? null : findGpu(gpu, loadGpus())?.name;
  return `${gpuCount} × ${name ?? gpu}, ${precision}`;
}

function requestOf(way: Way, load: Decision["load"]): ForecastRequest | null {
  const { model, gpu, gpuCount, precision } = way;
  if (findModel(model) === null || gpu === null || gpuCount === null || precision === null) return null;
  const { inputTokens, outputTokens, lengthSpread, cachedInputShare } = load;
  return { model, gpu, gpuCount, precision, inputTokens, outputTokens, lengthSpread, cachedInputShare };
}

function capacityOf(
  machine: Way,
  given: Decision & { request: ForecastRequest | null; rates: Band },
): Capacity {
  const { load, request, latencyTarget, date } = given;
  const { low, typical, high } = given.rates;
  const { model, gpu, gpuCount, sources } = machine;
  const rate = typical > 0 ? typical : high;
  const [slowest, fastest] = [low > 0 ? low : rate, Math.max(high, rate)];
  const perRequest = shareRequest(request, load);
  return {
    prefillTokensPerSecond: perRequest.read * rate,
    decodeTokensPerSecond: perRequest.written * rate,
    prefillRange: [perRequest.read * slowest, perRequest.read * fastest],
    decodeRange: [perRequest.written * slowest, perRequest.written * fastest],
    atLatency: latencyTarget,
    isLimit: true,
    kind: "computed",
    source: `forecast of ${shortName(model)} on ${nameMachine(machine)}`,
    sources,
    date,
    model,
    gpu,
    gpuCount,
  };
}

/**
 * How many tokens a machine would read in the time of one request, with nothing to write, and the other way round: the
 * time of a request is shared between both as their forecasts, each for itself, are.
 */
function shareRequest(
  request: ForecastRequest | null,
  { inputTokens, outputTokens, cachedInputShare }: Decision["load"],
): { read: number; written: number } {
  const alone = { lengthSpread: 0, cachedInputShare: 0, streams };
  const [reading, writing] =
    request === null
      ? []
      : [
          forecast({ ...request, ...alone, outputTokens: 1 }).inputTokensPerSecond,
          forecast({ ...request, ...alone, inputTokens: 1 }).outputTokensPerSecond,
        ];
  // A rate of writing that has the reading in it.
  if (!reading || !writing) return { read: Number.POSITIVE_INFINITY, written: outputTokens };
  const tokens = Math.max(1, inputTokens * (1 - cachedInputShare));
  const [read, written] = [tokens / reading.typical, outputTokens / writing.typical];
  return { read: (tokens * (read + written)) / read, written: (outputTokens * (read + written)) / written };
}

/** As many as keep a machine busy. */
const streams = 32;
