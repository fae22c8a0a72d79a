import type { RunPodEndpoint, RunPodWorker } from "../client/endpoint-schemas.ts";
import type { JournalState } from "../journal/journal-state.ts";
import type { RunPodContext } from "../rental/context.ts";
import { type Judgement, judgeRental } from "../rental/judge-rental.ts";
import { readEndpointMarks } from "./endpoint-name.ts";
import { kindOf, type ServerlessEndpoint } from "./serverless-endpoint.ts";

/** How many workers an endpoint has, by what they do. */
export interface WorkerCounts {
  running: number;
  idle: number;
  initializing: number;
  throttled: number;
  unhealthy: number;
}

/** A serverless endpoint of the account, whoever made it, and what it is to this workbook. */
export interface ListedEndpoint extends Pick<ServerlessEndpoint, "id" | "name" | "kind" | "createdAt"> {
  model: string | null;
  owner: Judgement["owner"];
  isWanted: boolean;
  /** Why it is wanted or not. */
  reason: string;
  minWorkers: number;
  maxWorkers: number;
  workers: WorkerCounts;
  /** What it costs without a request: its minimum of workers, by the catalogue; `null` where that has no price. */
  usdPerHourAtRest: number | null;
  /** With all its workers. */
  maxUsdPerHour: number | null;
  /** ISO time; `null` for endpoints of no workbook. */
  deadlineAt: string | null;
}

/** An endpoint of the account together with its judgement. */
export interface JudgedEndpoint {
  endpoint: RunPodEndpoint;
  judgement: Judgement;
}

/** Lists all serverless endpoints of the account: what they cost at rest and at most, and which this workbook wants. */
export async function listEndpoints(
  context: RunPodContext,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<ListedEndpoint[]> {
  const { signal } = options;
  const journal = context.journal.read();
  const judged = await judgeEndpoints(context, journal, signal);
  if (judged.length === 0) return [];
  const prices = await readPoolPrices(context, signal);
  return Promise.all(
    judged.map(async ({ endpoint, judgement }): Promise<ListedEndpoint> => {
      const { id, name, workers, createdAt, gpu } = endpoint;
      const record = journal.endpoints.get(judgement.stem ?? "");
      // Which pool a worker lands in is the scheduler's choice: the dearest counts.
      const known = (gpu?.pools ?? []).flatMap((pool) => prices.get(pool) ?? []);
      const usdPerWorkerHour = known.length === 0 ? null : Math.max(...known) * (gpu?.count ?? 1);
      const cost = (count: number) => (usdPerWorkerHour === null ? null : count * usdPerWorkerHour);
      return {
        ...{ id, name, kind: kindOf(endpoint), createdAt, model: record?.model ?? null },
        owner: judgement.owner,
        isWanted: judgement.verdict !== "end",
        reason: judgement.reason,
        minWorkers: workers.min,
        maxWorkers: workers.max,
        workers: countWorkers(await context.client.listWorkers(id, { signal }).catch(() => [])),
        usdPerHourAtRest: workers.min === 0 ? 0 : cost(workers.min),
        maxUsdPerHour: record?.maxUsdPerHour ?? cost(workers.max),
        deadlineAt: judgement.deadlineAt?.toISOString() ?? null,
      };
    }),
  );
}

/**
 * Reads all endpoints and judges each.
 *
 * Where the journal does not know one of ours, its workers are asked, not its health: that would start one. Where RunPod
 * does not say what they do, the verdict stays `unknown`: others must be judged all the same.
 */
export async function judgeEndpoints(
  context: RunPodContext,
  journal: JournalState,
  signal?: AbortSignal,
): Promise<JudgedEndpoint[]> {
  const judged: JudgedEndpoint[] = [];
  for (const endpoint of await context.client.listEndpoints({ signal })) {
    const first = judgeEndpoint(context, { endpoint, journal });
    if (first.verdict !== "unknown") {
      judged.push({ endpoint, judgement: first });
      continue;
    }
    const workers = await context.client.listWorkers(endpoint.id, { signal }).catch(() => null);
    const isHealthy = workers === null ? undefined : isAnyUp(workers);
    judged.push({ endpoint, judgement: judgeEndpoint(context, { endpoint, journal, isHealthy }) });
  }
  return judged;
}

/** Judges an endpoint by the marks in its name or its environment, as a pod is judged. */
export function judgeEndpoint(
  context: RunPodContext,
  options: { endpoint: RunPodEndpoint; journal: JournalState; isHealthy?: boolean | undefined },
): Judgement {
  const { endpoint, journal, isHealthy } = options;
  const marks = readEndpointMarks(endpoint);
  return judgeRental(context, {
    marks,
    record: journal.endpoints.get(marks?.stem ?? ""),
    isJournalWhole: journal.unreadableLines === 0,
    isHealthy,
  });
}

function isAnyUp(workers: readonly RunPodWorker[]): boolean {
  const { running, idle } = countWorkers(workers);
  return running + idle > 0;
}

/** Counts workers by their status; a status that is not known counts as unhealthy. */
export function countWorkers(workers: readonly RunPodWorker[]): WorkerCounts {
  const count = (status: string) => workers.filter((worker) => worker.status === status).length;
  const [running, idle, initializing, throttled] = [
    count("RUNNING"),
    count("IDLE"),
    count("INITIALIZING"),
    count("THROTTLED"),
  ];
  const unhealthy = workers.length - running - idle - initializing - throttled;
  return { running, idle, initializing, throttled, unhealthy };
}

/** What one GPU of each serverless pool costs by the hour, by the live catalogue. */
export async function readPoolPrices(
  context: RunPodContext,
  signal?: AbortSignal,
): Promise<Map<string, number>> {
  const prices = new Map<string, number>();
  for (const { pool, price } of await context.client.listGpuTypes({ product: "SERVERLESS", signal })) {
    if (typeof pool !== "string" || typeof price.serverless !== "number" || price.serverless <= 0) continue;
    prices.set(pool, Math.max(price.serverless, prices.get(pool) ?? 0));
  }
  return prices;
}
