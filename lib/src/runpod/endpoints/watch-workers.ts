import type { RunPodWorker } from "../client/endpoint-schemas.ts";
import { isNotFound } from "../client/runpod-error.ts";
import { closeStem } from "../pods/terminate-pod.ts";
import type { RunPodContext } from "../rental/context.ts";
import { diagnoseLog } from "../rental/diagnose-log.ts";
import { followLog, type LogFollower } from "../rental/follow-log.ts";
import { findEndpoint } from "./delete-endpoint.ts";
import { EndpointNotReadyError, endpointGone } from "./endpoint-not-ready-error.ts";
import { countWorkers } from "./list-endpoints.ts";
import type { ServerlessEndpoint } from "./serverless-endpoint.ts";

/** Looks at the workers of an endpoint that starts, and reads their logs. */
export interface WorkerWatch {
  /** Says in a few words what the workers do now; throws EndpointNotReadyError where the endpoint is gone. */
  look(signal: AbortSignal): Promise<string>;
  /** The error for a worker whose log says why it will never start; `null` where none does. */
  diagnose(): EndpointNotReadyError | null;
  stop(): void;
}

/** Watches an endpoint's workers; a worker that cannot be asked for the moment delays nobody. */
export function watchWorkers(context: RunPodContext, endpoint: ServerlessEndpoint): WorkerWatch {
  const logs = new Map<string, LogFollower>();
  const follow = (workerId: string): LogFollower =>
    followLog(context, (query, options) =>
      context.client.workerLogs({ endpointId: endpoint.id, workerId }, query, options),
    );
  return {
    async look(signal) {
      const workers = await listWorkers(context, endpoint, signal);
      if (workers === null) return "RunPod does not say what its workers do";
      for (const { id } of workers) if (!logs.has(id)) logs.set(id, follow(id));
      const lastLine = [...logs.values()].flatMap(({ lines }) => lines.at(-1)?.text ?? []).at(-1);
      const said = lastLine === undefined ? "" : `; its log: ${lastLine.slice(0, 100)}`;
      const { running, idle, initializing, throttled, unhealthy } = countWorkers(workers);
      if (running + idle > 0) return "a worker is up, its first answer is not yet";
      if (initializing > 0) return `cold start, which is paid for: a worker fetches image and model${said}`;
      if (throttled > 0) return "throttled: no GPU of its pools is free";
      if (unhealthy > 0) return `its worker is unhealthy${said}`;
      return "RunPod has not started a worker yet";
    },
    diagnose() {
      for (const [workerId, { lines }] of logs) {
        const diagnosis = diagnoseLog(lines);
        if (diagnosis === null) continue;
        const { problem, cause, remedy, line: logLine } = diagnosis;
        return new EndpointNotReadyError(
          `The endpoint ${endpoint.id} will not become ready: its worker ${workerId} does not start. ${cause}`,
          // The signs are those of pods; what they say holds for a worker.
          { problem, endpoint, remedy: remedy.replaceAll("this pod", "this endpoint"), logLine },
        );
      }
      return null;
    },
    stop() {
      for (const log of logs.values()) log.stop();
    },
  };
}

/** The workers, or `null` where RunPod cannot be asked for the moment. */
async function listWorkers(
  context: RunPodContext,
  { id, stem }: ServerlessEndpoint,
  signal: AbortSignal,
): Promise<RunPodWorker[] | null> {
  try {
    return await context.client.listWorkers(id, { signal });
  } catch (error) {
    if (!isNotFound(error)) return null;
    const found = await findEndpoint(context, id, signal).catch(() => undefined);
    if (found !== null) return null;
    closeStem(context, stem, null);
    throw endpointGone(id);
  }
}
