import type { RunPodContext } from "../rental/context.ts";
import { readEndpointKey } from "./endpoint-key.ts";
import type { ServerlessEndpoint } from "./serverless-endpoint.ts";
import { loadBalancerLimits } from "./serverless-limits.ts";

/** A request that waits at an endpoint's door: it makes RunPod start a worker, and ends when one answers. */
export interface Knock {
  /** The status of the last answer; `null` while none has come. */
  readonly status: number | null;
  stop(): void;
}

const msBetweenKnocks = 2_000;

/**
 * Asks an endpoint for its models again and again, until it answers 200 or refuses the key.
 *
 * RunPod starts a worker for a request, and for nothing else; a balancer drops it after two minutes, so it comes again.
 */
export function knock(context: RunPodContext, endpoint: ServerlessEndpoint): Knock {
  const apiKey = readEndpointKey(context);
  const controller = new AbortController();
  const { signal } = controller;
  let status: number | null = null;

  const askOnce = async () => {
    const timeout = AbortSignal.timeout((loadBalancerLimits.waitSeconds + 30) * 1_000);
    const response = await context.fetch(`${endpoint.baseUrl}/models`, {
      headers: { authorization: `Bearer ${apiKey}` },
      redirect: "error",
      signal: AbortSignal.any([signal, timeout]),
    });
    await response.body?.cancel();
    status = response.status;
  };
  const askOn = async () => {
    while (!signal.aborted && status !== 200 && status !== 401 && status !== 403) {
      await askOnce().catch(() => {});
      if (!signal.aborted && status !== 200) await context.sleep(msBetweenKnocks, signal);
    }
  };
  void askOn();
  return {
    get status() {
      return status;
    },
    stop: () => controller.abort(),
  };
}
