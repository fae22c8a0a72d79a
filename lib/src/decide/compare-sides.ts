import type { Capacity, Policy, ReplayPrices } from "../cost/index.ts";
import type { TokenOffer } from "../facts/index.ts";
import type { Roofline } from "../serving/index.ts";
import type { Decision, Way } from "./decide-types.ts";
import { listPolicies } from "./list-policies.ts";
import { capacityOf, ceilingOf, type ForecastRequest, nameMachine, requestOf } from "./way-capacity.ts";
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
  /** Faster cannot be. */
  ceiling: Roofline | null;
  /** Output tokens per second that each of its machines is asked for in the busiest minute. */
  wantedTokensPerSecond: number;
  prices: ReplayPrices;
  /** Those that have a price; opening hours are those that the load calls for. */
  policies: readonly Policy[];
  /** What hosts ask whose price nothing contradicts; `null` without an API. */
  apiRange: Record<"inputUsdPerMillion" | "outputUsdPerMillion", Range> | null;
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
  const prices: ReplayPrices = {
    gpuUsdPerHour: usdPerHour,
    // What a pod's own disk costs is in its price; while there is no pod, a volume keeps the weights.
    stoppedStorageUsdPerMonth: volumeUsdPerMonth,
    serverlessUsdPerSecond,
    serverlessStorageUsdPerMonth: volumeUsdPerMonth,
    inputUsdPerMillion,
    outputUsdPerMillion,
    cachedInputUsdPerMillion: offer.cachedInputUsdPerMillion,
    batchPriceFactor: batch === null || inputUsdPerMillion === null ? null : batch / inputUsdPerMillion,
  };
  const inputTokensPerOutputToken = load.inputTokens / load.outputTokens;
  return {
    machine,
    machineName: nameMachine(machine),
    api,
    capacity,
    request,
    ceiling: ceilingOf(request, machine),
    wantedTokensPerSecond:
      (load.requestsPerSecond.busiestMinute * load.outputTokens) / (machine.machines?.typical ?? 1),
    prices,
    policies: listPolicies(decision, { prices, mostMachines: machine.machines?.high ?? 1 }),
    apiRange: api?.offer ? rangeOfOffers(decision, api.offer) : null,
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

interface Range {
  lowest: number;
  typical: number;
  highest: number;
}

function rangeOfOffers({ ways }: Decision, cheapest: TokenOffer): NonNullable<Sides["apiRange"]> {
  const offers = ways.flatMap(({ offer, form }) =>
    form === "by token" && offer?.status === "current" && !offer.isRouter ? [offer] : [],
  );
  const range = (price: "inputUsdPerMillion" | "outputUsdPerMillion"): Range => {
    const asked = [cheapest, ...offers].map((offer) => offer[price]);
    return { lowest: Math.min(...asked), typical: cheapest[price], highest: Math.max(...asked) };
  };
  return {
    inputUsdPerMillion: range("inputUsdPerMillion"),
    outputUsdPerMillion: range("outputUsdPerMillion"),
  };
}
