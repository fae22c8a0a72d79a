import type { PlannedServer, ServerRequest } from "../../serving/index.ts";
import type { CreateEndpointBody } from "../client/schemas.ts";
import type { PoolOffer } from "./pool-offer.ts";

/** What is to be served without a machine of one's own, and within which bounds; everything but the model has a default. */
export interface EndpointPlanRequest extends ServerRequest {
  /** GPUs of one worker. Default 1. */
  gpuCount?: number;
  /** After this the endpoint is deleted. Default 60. */
  deadlineMinutes?: number;
  /** Pools of GPUs in order of preference: workers go where there is stock. Default `AMPERE_48`, with A40 and A6000. */
  pools?: readonly string[];
  /** Cards of these pools that are not wanted, by Runpod's id; those that are too small are left out anyway. */
  excludedGpus?: readonly string[];
  /** Workers that always run, and are always paid for. Default 0: it scales to zero. */
  minWorkers?: number;
  /** Most workers at a time; the ceiling is compared with the price of all of them. Default 1. */
  maxWorkers?: number;
  /** How long a worker with nothing to do is kept, and paid for, from 1 to 3600. Default 10. */
  idleSeconds?: number;
  /** Requests at a time that one worker gets before another one starts. Default: what its memory holds well. */
  requestsPerWorker?: number;
  /** Whether Runpod keeps a stopped worker's state, so that it starts faster. Default `true`; Runpod's own is off. */
  flashBoot?: boolean | "priority";
  /** Default: any. */
  dataCenterIds?: readonly string[];
  /** Live prices and stock from `listServerlessPools()`. Default: published prices with their date. */
  offers?: readonly PoolOffer[];
}

/** A pool of GPUs that workers may come from, in the order of the plan. */
export interface PoolCandidate {
  /** As Runpod's catalogue spells it, for example `AMPERE_48`. */
  id: string;
  /** Those of its cards that hold the model. */
  gpuTypeIds: readonly string[];
  /** All GPUs of one worker and its disk; `null` where the price is not known. */
  usdPerWorkerHour: number | null;
  /** The day on which that price was published; `null` where it is live, or not known. */
  priceObserved: string | null;
  /** Whether only a rehearsal offers it. */
  isSimulated: boolean;
}

/** A serverless endpoint that will be made, and what it will cost at rest and at most; made offline, without a key. */
export interface EndpointPlan extends PlannedServer {
  /** A name for people; the endpoint's own name is drawn when it is made. */
  name: string;
  pools: readonly PoolCandidate[];
  minWorkers: number;
  maxWorkers: number;
  idleSeconds: number;
  /** Requests at a time that one worker gets before another one starts. */
  requestsPerWorker: number;
  flashBoot: boolean | "priority";
  dataCenterIds: readonly string[];
  /** Nothing of it is secret: secrets are added when the endpoint is made. */
  environment: Readonly<Record<string, string>>;
  /** How long one request may take. */
  requestSeconds: number;
  /** The endpoint is deleted this many minutes after it was made. */
  deadlineMinutes: number;
  /** One worker in the dearest pool, from its start to its end; `null` where a price is not known. */
  usdPerWorkerHour: number | null;
  /** What it costs without a single request: the workers that always run. */
  usdPerHourAtRest: number | null;
  /** All workers in the dearest pool: what the ceiling is compared with. */
  maxUsdPerHour: number | null;
  /** All workers from now until the deadline, which a process of this machine keeps. */
  worstCaseUsd: number | null;
  /** The body of the REST call, with secrets redacted. */
  payload: CreateEndpointBody;
}
