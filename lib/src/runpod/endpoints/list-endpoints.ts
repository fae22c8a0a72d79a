import type { RunPodContext } from "../rental/context.ts";
import { describeDamage } from "../rental/describe-damage.ts";
import { judgeAll, type ListedRental, toListedRental } from "../rental/judge-all.ts";
import { type AccountOptions, openRunPod } from "../rental/open-runpod.ts";
import { countWorkers, type WorkerCounts } from "./count-workers.ts";
import { endpointKind } from "./endpoint-kind.ts";
import type { ServerlessEndpoint } from "./serverless-endpoint.ts";

/** A serverless endpoint of the account, whoever made it, and what it is to this workbook. */
export interface ListedEndpoint
  extends Pick<ServerlessEndpoint, "id" | "name" | "createdAt" | "isSimulated">,
    ListedRental {
  /** A load balancer hands requests straight to a worker; a queue, which this workbook never makes, keeps them. */
  kind: "load-balancer" | "queue";
  model: string | null;
  minWorkers: number;
  maxWorkers: number;
  workers: WorkerCounts;
  /** What it costs without a request: its minimum of workers, by the catalogue; `null` where that has no price. */
  usdPerHourAtRest: number | null;
  /** With all its workers. */
  maxUsdPerHour: number | null;
}

/** Lists all serverless endpoints of the account: what they cost at rest and at most, and which this workbook wants. */
export async function listEndpoints(options: AccountOptions = {}): Promise<ListedEndpoint[]> {
  const { signal } = options;
  const context = await openRunPod(options);
  const journal = context.journal.read();
  const judged = await judgeAll(context, endpointKind, { journal, signal });
  const damage = describeDamage(context, endpointKind, journal);
  if (damage !== "") context.say(damage);
  if (judged.length === 0) return [];
  const prices = await readPoolPrices(context, signal);
  return Promise.all(
    judged.map(async ({ found, record, judgement }): Promise<ListedEndpoint> => {
      const { id, name, workers, createdAt, gpu } = found;
      // Which pool a worker lands in is the scheduler's choice: the dearest counts.
      const known = (gpu?.pools ?? []).flatMap((pool) => prices.get(pool) ?? []);
      const usdPerWorkerHour = known.length === 0 ? null : Math.max(...known) * (gpu?.count ?? 1);
      const cost = (count: number) => (usdPerWorkerHour === null ? null : count * usdPerWorkerHour);
      return {
        id,
        name,
        kind: found.type === "LOAD_BALANCER" ? "load-balancer" : "queue",
        createdAt,
        model: record?.model ?? null,
        ...toListedRental(judgement),
        minWorkers: workers.min,
        maxWorkers: workers.max,
        workers: countWorkers(await context.client.listWorkers(id, { signal }).catch(() => [])),
        usdPerHourAtRest: workers.min === 0 ? 0 : cost(workers.min),
        maxUsdPerHour: record?.usdPerHour ?? cost(workers.max),
        isSimulated: context.target === "rehearsal",
      };
    }),
  );
}

/** What one GPU of each serverless pool costs by the hour, by the live catalogue. */
async function readPoolPrices(
  context: RunPodContext,
  signal: AbortSignal | undefined,
): Promise<Map<string, number>> {
  const prices = new Map<string, number>();
  for (const { pool, price } of await context.client.listGpuTypes({ product: "SERVERLESS", signal })) {
    if (typeof pool !== "string" || typeof price.serverless !== "number" || price.serverless <= 0) continue;
    prices.set(pool, Math.max(price.serverless, prices.get(pool) ?? 0));
  }
  return prices;
}
