import {
  type Capacity,
  choosePolicy,
  type Policy,
  type PolicyChoice,
  type ReplayInput,
} from "../cost/index.ts";
import { InputError } from "../errors.ts";
import type { EndpointPlan, PodPlan } from "../runpod/index.ts";
import type { Trace } from "../traffic/index.ts";

/** A load, what one machine can do, and the plans of the forms to choose from. */
export interface FormRequest {
  trace: Trace;
  /** Of one pod, or one worker. */
  capacity: Capacity;
  /** Of each of the pods behind a router. */
  podPlan: PodPlan;
  /** The same server as an endpoint with workers that come and go. */
  endpointPlan: EndpointPlan;
  /** From a worker's start to its first token; default 120, which nobody has measured for your model. */
  coldStartSeconds?: number;
  /** Default: that of the capacity, else a first token within 2 s for 95 % of the requests. */
  latencyTarget?: ReplayInput["latencyTarget"];
  /** An API that charges per token, beside them; default: none. */
  api?: { inputUsdPerMillion: number; outputUsdPerMillion: number };
}

/**
 * Chooses among several pods behind a router, the serverless endpoint, and an API: the cheapest that keeps to the target.
 *
 * Prices and limits are those of the two plans: workers at least and at most, idle time-out, requests per worker. Computed.
 *
 * @throws InputError where a plan has no price, or as `replayTrace` does.
 */
export function chooseForm(request: FormRequest): PolicyChoice {
  const { trace, capacity, podPlan, endpointPlan, api, coldStartSeconds, latencyTarget } = request;
  const { usdPerHour } = podPlan;
  const { minWorkers, maxWorkers, idleSeconds, requestsPerWorker, usdPerWorkerHour } = endpointPlan;
  if (usdPerHour === null || usdPerWorkerHour === null) {
    const which = usdPerHour === null ? "podPlan" : "endpointPlan";
    throw new InputError(`chooseForm: ${which} has no price.`, {
      remedy: "Give its offers when you plan it: await listGpus(), or await listServerlessPools().",
    });
  }
  const serverless: Policy = {
    kind: "serverless",
    minWorkers,
    maxWorkers,
    idleTimeoutSeconds: idleSeconds,
    requestsPerWorker,
    ...(coldStartSeconds === undefined ? {} : { coldStartSeconds }),
  };
  return choosePolicy({
    trace,
    capacity,
    policies: [{ kind: "pods" }, serverless, ...(api === undefined ? [] : [{ kind: "maas" } as const])],
    // Both prices have the disk in them.
    prices: { gpuUsdPerHour: usdPerHour, serverlessUsdPerSecond: usdPerWorkerHour / 3_600, ...api },
    ...(latencyTarget === undefined ? {} : { latencyTarget }),
  });
}
