import { storageUsdPerHour } from "../../serving/index.ts";
import { sayIfSimulated } from "../../words/index.ts";
import type { RunPodGpuType } from "../client/schemas.ts";
import type { RunPodContext } from "../rental/context.ts";
import { CreateEndpointError } from "./endpoint-errors.ts";
import type { EndpointPlan } from "./endpoint-plan.ts";

/** Where workers may come from by the live catalogue, and what all of them cost at most. */
export interface CheckedPools {
  pools: string[];
  /** Cards of these pools that the plan does not count on. */
  excludedTypes: string[];
  /** All workers in the dearest of the pools. */
  maxUsdPerHour: number;
}

/**
 * Compares each pool of a plan, at its maximum of workers, with the live catalogue and the ceiling; those above it go.
 *
 * A card that has joined a pool since the plan was made could be too small for the model: it is excluded.
 *
 * @throws CreateEndpointError where no pool is left, with the reason of each.
 */
export async function checkPools(
  context: RunPodContext,
  options: { plan: EndpointPlan; ceiling: number; signal: AbortSignal | undefined },
): Promise<CheckedPools> {
  const { plan, ceiling, signal } = options;
  const { gpuCount, maxWorkers } = plan;
  const isSimulated = context.target === "rehearsal";
  const planned = plan.pools.flatMap(({ gpuTypeIds }) => gpuTypeIds);
  const types = await context.client.listGpuTypes({ gpuCount, product: "SERVERLESS", signal });
  const priced = plan.pools.map(({ id }) => {
    const cards = types.filter(({ pool }) => pool === id);
    const usdPerHour = priceOf(cards, plan);
    const refusal = refuse(cards, { usdPerHour, planned, maxWorkers, ceiling, isSimulated });
    return { id, cards, usdPerHour, refusal };
  });
  const reasons = priced.flatMap(({ id, refusal }) => (refusal === null ? [] : [`${id}: ${refusal}`]));
  const open = priced.filter(({ refusal }) => refusal === null);
  if (open.length === 0) {
    throw new CreateEndpointError(`No endpoint could be made. ${reasons.join("; ")}.`, {
      remedy:
        "Raise the ceiling, plan with fewer workers or a cheaper pool; listServerlessPools() shows prices.",
    });
  }
  if (reasons.length > 0) context.say(`Left out: ${reasons.join("; ")}.`);
  return {
    pools: open.map(({ id }) => id),
    excludedTypes: open
      .flatMap(({ cards }) => cards.map(({ id }) => id))
      .filter((id) => !planned.includes(id)),
    maxUsdPerHour: Math.max(...open.map(({ usdPerHour }) => usdPerHour ?? 0)),
  };
}

function priceOf(cards: readonly RunPodGpuType[], plan: EndpointPlan): number | null {
  const prices = cards.flatMap(({ price }) => price.serverless ?? []).filter((price) => price > 0);
  if (prices.length === 0) return null;
  const disk = storageUsdPerHour({ containerDiskGb: plan.containerDiskGb });
  return plan.maxWorkers * (Math.max(...prices) * plan.gpuCount + disk);
}

function refuse(
  cards: readonly RunPodGpuType[],
  options: {
    usdPerHour: number | null;
    planned: readonly string[];
    maxWorkers: number;
    ceiling: number;
    isSimulated: boolean;
  },
): string | null {
  const { usdPerHour, planned, maxWorkers, ceiling, isSimulated } = options;
  if (!cards.some(({ id }) => planned.includes(id)))
    return "Runpod's catalogue has none of its planned cards";
  if (usdPerHour === null) return "the catalogue has no serverless price for it";
  if (usdPerHour <= ceiling) return null;
  const workers = maxWorkers === 1 ? "its one worker costs" : `its ${maxWorkers} workers cost`;
  return `${workers} $${usdPerHour.toFixed(3)} per hour now${sayIfSimulated(isSimulated)}, which is above the ceiling of $${ceiling.toFixed(2)}`;
}
