import { z } from "zod";
import { paginationSchema } from "./schemas.ts";

// What the workbook reads of RunPod's answers about serverless endpoints and network volumes.

/** Where an endpoint is called: at its own host for a load balancer, by ready-made routes for a queue. */
const requestUrlsSchema = z.union([
  z.object({ base: z.url(), health: z.url() }),
  z.object({ run: z.url(), health: z.url() }),
]);

/** A serverless endpoint as the API describes it. */
export const endpointSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** QUEUE or LOAD_BALANCER; older endpoints have none. */
  type: z.string().nullish(),
  requestUrls: requestUrlsSchema.nullish(),
  image: z.string().nullish(),
  env: z.record(z.string(), z.string()).nullish(),
  gpu: z
    .object({
      pools: z.array(z.string()),
      excludedTypes: z.array(z.string()).nullish(),
      count: z.number().nullish(),
    })
    .nullish(),
  disk: z.number().nullish(),
  workers: z.object({ min: z.number(), max: z.number(), idleTimeout: z.number().nullish() }),
  createdAt: z.string(),
});
export type RunPodEndpoint = z.output<typeof endpointSchema>;

export const endpointPageSchema = z.object({
  endpoints: z.array(endpointSchema),
  pagination: paginationSchema.nullish(),
});

export const workerListSchema = z.object({
  workers: z.array(
    z.object({
      id: z.string(),
      /** RUNNING, IDLE, INITIALIZING, THROTTLED or UNHEALTHY; what else may come is kept as it is. */
      status: z.string(),
      gpuTypeId: z.string().nullish(),
      uptimeSeconds: z.number().nullish(),
    }),
  ),
});
export type RunPodWorker = z.output<typeof workerListSchema>["workers"][number];

export const endpointBillingSchema = z.object({
  records: z.array(z.object({ serverlessId: z.string(), totalAmount: z.number() })),
});

/** Storage of its own, which is billed with or without a machine. */
export const networkVolumeSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** GB. */
  size: z.number(),
  dataCenter: z.string(),
});
export type RunPodNetworkVolume = z.output<typeof networkVolumeSchema>;

export const networkVolumePageSchema = z.object({
  networkVolumes: z.array(networkVolumeSchema),
  pagination: paginationSchema.nullish(),
});

/** The body of `POST /serverless`, as far as the workbook uses it. */
export interface CreateEndpointBody {
  name: string;
  type: "LOAD_BALANCER";
  image: string;
  args?: string;
  /** Container disk of each worker in GB. */
  disk: number;
  ports: string[];
  env: Record<string, string>;
  gpu: { pools: string[]; excludedTypes?: string[]; count: number; minCudaVersion?: string };
  /** `idleTimeout` in seconds. */
  workers: { min: number; max: number; idleTimeout: number };
  scaling: { type: "REQUEST_COUNT"; requestCount: number };
  flashboot: "OFF" | "FLASHBOOT" | "PRIORITY_FLASHBOOT";
  /** Milliseconds of one request. */
  timeout: number;
  dataCenterIds?: string[];
}
