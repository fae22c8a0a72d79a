import type { RunPodContext } from "../rental/context.ts";
import { readEndpointKey } from "./endpoint-key.ts";
import type { ServerlessEndpoint } from "./serverless-endpoint.ts";
import { loadBalancerLimits } from "./serverless-limits.ts";

/** A request that is repeated until a worker answers it: Runpod starts a worker for a request, and for nothing else. */
export interface WakingCall {
  /** The status of the last answer; `null` while none has come. */
  readonly status: number | null;
  stop(): void;
}

const msBetweenCalls = 2_000;

/**
 * Asks an endpoint for its models again and again, until it answers 200 or refuses the key.
 *
 * Runpod's balancer drops a request after two minutes, so it comes again.
 */
export function wakeWorkers(context: RunPodContext, endpoint: ServerlessEndpoint): WakingCall {
  const apiKey = readEndpointKey(context);
  const controller = new AbortController();
  const { signal } = controller;
  let status: number | null = null;

  const callOnce = async () => {
    const timeout = AbortSignal.timeout((loadBalancerLimits.waitSeconds + 30) * 1_000);
    const response = await context.fetch(`${endpoint.baseUrl}/models`, {
      headers: { authorization: `Bearer ${apiKey}` },
      redirect: "error",
      signal: AbortSignal.any([signal, timeout]),
    });
    await response.body?.cancel();
    status = response.status;
  };
  const callOn = async () => {
    while (!signal.aborted && status !== 200 && status !== 401 && status !== 403) {
      await callOnce().catch(() => {});
      if (!signal.aborted && status !== 200) await context.sleep(msBetweenCalls, signal);
    }
  };
  void callOn();
  return {
    get status() {
      return status;
    },
    stop: () => controller.abort(),
  };
}
