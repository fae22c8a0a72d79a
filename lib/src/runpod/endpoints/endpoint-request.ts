import { InputError } from "../../errors.ts";
import type { PodPlanRequest } from "../../serving/index.ts";
import type { PoolOffer } from "./pool-offer.ts";

/** What is to be served without a machine of one's own, and within which bounds; everything but the model has a default. */
export interface EndpointPlanRequest
  extends Pick<
    PodPlanRequest,
    | "model"
    | "gpuCount"
    | "image"
    | "maxModelTokens"
    | "kvCacheDtype"
    | "minCudaVersion"
    | "containerDiskGb"
    | "extraArguments"
    | "deadlineMinutes"
  > {
  /** A load balancer hands requests straight to vLLM; a queue keeps them until a worker is free. Default: the former. */
  kind?: "load-balancer" | "queue";
  /** Pools of GPUs in order of preference: workers go where there is stock. Default `AMPERE_48`, with A40 and A6000. */
  pools?: readonly string[];
  /** Cards of these pools that are not wanted, by RunPod's id; those that are too small are left out anyway. */
  excludedGpus?: readonly string[];
  /** Workers that always run, and are always paid for. Default 0: it scales to zero. */
  minWorkers?: number;
  /** Most workers at a time; the ceiling is compared with the price of all of them. Default 1. */
  maxWorkers?: number;
  /** How long a worker with nothing to do is kept, and paid for, from 1 to 3600. Default 10. */
  idleSeconds?: number;
  /** Requests at a time that one worker gets before another one starts. Default: what its memory holds well. */
  requestsPerWorker?: number;
  /** For a queue: a request that waits longer starts another worker. Default 4. */
  queueDelaySeconds?: number;
  /** Whether RunPod keeps a stopped worker's state, so that it starts faster. Default `true`; RunPod's own is off. */
  flashBoot?: boolean | "priority";
  /** Default: any. */
  dataCenterIds?: readonly string[];
  /** Live prices and stock from `listServerlessPools()`. Default: published prices with their date. */
  offers?: readonly PoolOffer[];
}

/** A request with its defaults, each field in its range. */
export type CheckedEndpointRequest = Required<
  Pick<
    EndpointPlanRequest,
    | "kind"
    | "pools"
    | "excludedGpus"
    | "minWorkers"
    | "maxWorkers"
    | "idleSeconds"
    | "queueDelaySeconds"
    | "flashBoot"
    | "dataCenterIds"
  >
> &
  EndpointPlanRequest;

/**
 * Fills in the defaults, and refuses what no endpoint can have.
 *
 * @throws InputError that names the field, and what it takes.
 */
export function checkEndpointRequest(request: EndpointPlanRequest): CheckedEndpointRequest {
  const checked: CheckedEndpointRequest = {
    ...request,
    kind: request.kind ?? "load-balancer",
    pools: request.pools ?? ["AMPERE_48"],
    excludedGpus: request.excludedGpus ?? [],
    minWorkers: request.minWorkers ?? 0,
    maxWorkers: request.maxWorkers ?? 1,
    idleSeconds: request.idleSeconds ?? 10,
    queueDelaySeconds: request.queueDelaySeconds ?? 4,
    flashBoot: request.flashBoot ?? true,
    dataCenterIds: request.dataCenterIds ?? [],
  };
  if (checked.kind !== "load-balancer" && checked.kind !== "queue") {
    throw new InputError(`planEndpoint: kind is "${String(checked.kind)}".`, {
      remedy: "It takes load-balancer or queue.",
    });
  }
  requireWhole("maxWorkers", checked.maxWorkers, 1, 100);
  requireWhole("minWorkers", checked.minWorkers, 0, checked.maxWorkers);
  requireWhole("idleSeconds", checked.idleSeconds, 1, 3_600);
  if (request.requestsPerWorker !== undefined) {
    requireWhole("requestsPerWorker", request.requestsPerWorker, 1, 1_000);
  }
  if (!(checked.queueDelaySeconds >= 0.5)) {
    throw new InputError(`planEndpoint: queueDelaySeconds is ${checked.queueDelaySeconds}.`, {
      remedy: "Give at least 0.5 seconds.",
    });
  }
  if (checked.pools.length === 0) {
    throw new InputError("planEndpoint: pools is empty.", {
      remedy: 'Name one at least, for example "AMPERE_48".',
    });
  }
  return checked;
}

function requireWhole(field: string, value: number, from: number, to: number): void {
  if (Number.isInteger(value) && value >= from && value <= to) return;
  throw new InputError(`planEndpoint: ${field} is ${value}.`, {
    remedy: `Give a whole number from ${from} to ${to.toLocaleString("en-US")}.`,
  });
}
