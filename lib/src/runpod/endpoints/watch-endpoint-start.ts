import type { APIError } from "openai";
import { connectEndpoint } from "../../endpoint/index.ts";
import { credentialsPage } from "../client/console-pages.ts";
import { isNotFound } from "../client/runpod-error.ts";
import type { RunPodEndpoint, RunPodWorker } from "../client/schemas.ts";
import type { RunPodContext } from "../rental/context.ts";
import { recordEnd } from "../rental/end-rental.ts";
import { findRental } from "../rental/find-rental.ts";
import { diagnoseLog, followLog, type LogFollower } from "../rental/follow-log.ts";
import { readStartPhases } from "../rental/read-start-phases.ts";
import { gone, notReady } from "../rental/rental-kind.ts";
import { type StartingRental, type StartWatch, tryFirstChat } from "../rental/wait-for-rental.ts";
import { countWorkers } from "./count-workers.ts";
import { readEndpointKey } from "./endpoint-key.ts";
import { endpointKind } from "./endpoint-kind.ts";
import { toServerlessEndpoint } from "./serverless-endpoint.ts";
import { loadBalancerLimits } from "./serverless-limits.ts";
import { wakeWorkers } from "./wake-workers.ts";

/**
 * Wakes an endpoint, and watches its workers and their logs until one serves its model.
 *
 * The cold start is paid for like work. Ready is an endpoint that lists its model and has answered a chat of one token.
 * It gives up early where a worker's log says why it never will, vLLM refuses the chat, or the endpoint is gone.
 */
export function watchEndpointStart(
  context: RunPodContext,
  { found, record, stem, signal }: StartingRental<RunPodEndpoint>,
): StartWatch {
  const { id } = found;
  const endpoint = toServerlessEndpoint(context, found);
  const waking = wakeWorkers(context, endpoint);
  const logs = new Map<string, LogFollower>();
  // While no GPU is free nothing starts.
  let startedAtMs = context.now().getTime();

  const connect = () =>
    connectEndpoint({
      baseUrl: endpoint.baseUrl,
      apiKey: readEndpointKey(context),
      model: record?.model ?? undefined,
      origin: context.target === "rehearsal" ? "rehearsal" : "serverless",
      timeoutMs: loadBalancerLimits.waitSeconds * 1_000,
      fetch: context.fetch,
    });
  const throwIfKeyRefused = () => {
    const { status } = waking;
    if (status !== 401 && status !== 403) return;
    const message = `The endpoint ${id} refuses RUNPOD_ENDPOINT_KEY (HTTP ${status}).`;
    const remedy = `Make one with access to this endpoint at ${credentialsPage} (tab API Keys).`;
    throw notReady(context, endpointKind, message, { found, problem: "key-refused", remedy });
  };
  const throwIfLogTells = () => {
    for (const [workerId, { lines }] of logs) {
      const diagnosis = diagnoseLog(lines, { noun: "endpoint" });
      if (diagnosis === null) continue;
      const { problem, cause, remedy, line: logLine } = diagnosis;
      const message = `The endpoint ${id} will not become ready: its worker ${workerId} does not start. ${cause}`;
      throw notReady(context, endpointKind, message, { found, problem, remedy, logLine });
    }
  };
  /** The workers, or `null` where Runpod cannot be asked for the moment. */
  const listWorkers = async (): Promise<RunPodWorker[] | null> => {
    try {
      return await context.client.listWorkers(id, { signal });
    } catch (error) {
      if (!isNotFound(error)) return null;
      const isThere =
        (await findRental(context, endpointKind, id, { signal }).catch(() => undefined)) !== null;
      if (isThere) return null;
      recordEnd(context, endpointKind, { id, stem });
      throw gone(context, endpointKind, id);
    }
  };
  return {
    async look() {
      throwIfKeyRefused();
      if (waking.status === 200) {
        const options = { found, record, connect, isOwnRefusal: isVllmRefusal, signal };
        const tried = await tryFirstChat(context, endpointKind, options);
        if ("endpoint" in tried) return tried;
      }
      const workers = await listWorkers();
      for (const { id: workerId } of workers ?? []) {
        if (logs.has(workerId)) continue;
        const follower = followLog(context, (query, options) =>
          context.client.workerLogs({ endpointId: id, workerId }, query, options),
        );
        logs.set(workerId, follower);
      }
      throwIfLogTells();
      const lastLine = [...logs.values()].flatMap(({ lines }) => lines.at(-1)?.text ?? []).at(-1);
      const phase = describePhase(workers);
      if (phase.isThrottled === true) startedAtMs = context.now().getTime();
      return { ...phase, lastLine };
    },
    measureStart() {
      const totalSeconds = (context.now().getTime() - startedAtMs) / 1_000;
      return {
        pullSeconds: null,
        ...readStartPhases([...logs.values()].flatMap(({ lines }) => lines)),
        // Below 0 where the clock was set back meanwhile.
        totalSeconds: totalSeconds < 0 ? null : totalSeconds,
      };
    },
    stop() {
      waking.stop();
      for (const log of logs.values()) log.stop();
    },
  };
}

function describePhase(workers: readonly RunPodWorker[] | null): { phase: string; isThrottled?: boolean } {
  if (workers === null) return { phase: "Runpod does not say what its workers do" };
  const { running, idle, initializing, throttled, unhealthy } = countWorkers(workers);
  if (running + idle > 0) return { phase: "a worker is up, but its first answer has not come yet" };
  if (initializing > 0) return { phase: "cold start, which costs money: a worker fetches image and model" };
  if (throttled > 0) return { phase: "throttled: no GPU of its pools is free", isThrottled: true };
  if (unhealthy > 0) return { phase: "its worker is unhealthy" };
  return { phase: "Runpod has not started a worker yet" };
}

/** Runpod's balancer answers 400 as well, where it has no worker; only vLLM's refusals have a message of that form. */
function isVllmRefusal({ error: body }: APIError): boolean {
  return typeof body === "object" && body !== null && "message" in body;
}
