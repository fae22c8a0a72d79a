import { type AccountOptions, openRunPod } from "../rental/open-runpod.ts";

/** A pool of GPUs as Runpod offers it for serverless workers at this moment; a type, so that `table` takes it. */
export type PoolOffer = {
  /** As Runpod's catalogue spells it, for example `AMPERE_48`. */
  pool: string;
  /** Its cards, as Runpod spells them. */
  gpuTypeIds: readonly string[];
  memoryGb: number;
  /** For one GPU; `null` where the catalogue has no price. */
  usdPerGpuHour: number | null;
  /** How much is free of its best card: `NONE`, `LOW`, `MEDIUM` or `HIGH`; `null` where the catalogue does not say. */
  stock: string | null;
  /** Whether a rehearsal offers it, and made price and stock up. */
  isSimulated?: boolean;
};

const stockLevels = ["NONE", "LOW", "MEDIUM", "HIGH"];

/**
 * Lists the pools that Runpod offers for serverless workers now, the cheapest first.
 *
 * @throws RunPodError where the account cannot be asked.
 */
export async function listServerlessPools(
  options: { gpuCount?: number } & AccountOptions = {},
): Promise<PoolOffer[]> {
  const { gpuCount = 1, signal } = options;
  const { client, target } = await openRunPod(options);
  const types = await client.listGpuTypes({ gpuCount, product: "SERVERLESS", signal });
  const byPool = Map.groupBy(types, ({ pool }) => pool ?? "");
  byPool.delete("");
  return [...byPool]
    .map(([pool, cards]): PoolOffer => {
      const prices = cards.flatMap(({ price }) => price.serverless ?? []).filter((price) => price > 0);
      const levels = cards.map(({ availability }) => stockLevels.indexOf(availability ?? ""));
      return {
        pool,
        gpuTypeIds: cards.map(({ id }) => id),
        memoryGb: Math.min(...cards.map(({ memory }) => memory)),
        usdPerGpuHour: prices.length === 0 ? null : Math.max(...prices),
        stock: stockLevels[Math.max(...levels)] ?? null,
        ...(target === "rehearsal" ? { isSimulated: true } : {}),
      };
    })
    .toSorted((one, other) => (one.usdPerGpuHour ?? Infinity) - (other.usdPerGpuHour ?? Infinity));
}
