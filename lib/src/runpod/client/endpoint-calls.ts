import type { z } from "zod";
import {
  type CreateEndpointBody,
  endpointBillingSchema,
  endpointPageSchema,
  endpointSchema,
  networkVolumePageSchema,
  type RunPodEndpoint,
  type RunPodNetworkVolume,
  type RunPodWorker,
  workerListSchema,
} from "./endpoint-schemas.ts";
import { readPages } from "./read-pages.ts";
import type { ApiCall } from "./send-request.ts";

/** What every call takes beside its own parameters. */
export interface CallOptions {
  signal?: AbortSignal | undefined;
}

/** The calls about serverless endpoints and network volumes, on a connection that is already checked. */
export function endpointCalls(connection: {
  call<Output>(apiCall: ApiCall, schema: z.ZodType<Output>): Promise<Output>;
  remove(path: string, options?: CallOptions): Promise<void>;
}) {
  const { call, remove } = connection;
  return {
    /** All serverless endpoints of the account. */
    async listEndpoints({ signal }: CallOptions = {}): Promise<RunPodEndpoint[]> {
      return readPages(async (cursor) => {
        const query = { cursor };
        const page = await call({ method: "GET", path: "/serverless", query, signal }, endpointPageSchema);
        return { items: page.endpoints, pagination: page.pagination };
      });
    },

    async getEndpoint(endpointId: string, { signal }: CallOptions = {}): Promise<RunPodEndpoint> {
      return call({ method: "GET", path: endpointPath(endpointId), signal }, endpointSchema);
    },

    /** Makes an endpoint; never repeated by itself, since a second call makes a second one. */
    async createEndpoint(body: CreateEndpointBody, { signal }: CallOptions = {}): Promise<RunPodEndpoint> {
      return call({ method: "POST", path: "/serverless", body, signal }, endpointSchema);
    },

    /** Ends an endpoint with all its workers, and what they were answering, for good. */
    async deleteEndpoint(endpointId: string, callOptions: CallOptions = {}): Promise<void> {
      await remove(endpointPath(endpointId), callOptions);
    },

    async listWorkers(endpointId: string, { signal }: CallOptions = {}): Promise<RunPodWorker[]> {
      const path = `${endpointPath(endpointId)}/workers`;
      return (await call({ method: "GET", path, signal }, workerListSchema)).workers;
    },

    /** What an endpoint has cost so far in dollars, as billed; `null` where nothing has been billed yet. */
    async endpointBilling(
      endpointId: string,
      { since, signal }: { since?: Date | undefined } & CallOptions = {},
    ): Promise<number | null> {
      const query = { serverlessId: endpointId, startTime: since?.toISOString(), bucketSize: "hour" };
      const path = "/billing/serverless";
      const answer = await call({ method: "GET", path, query, signal }, endpointBillingSchema);
      const own = answer.records.filter((record) => record.serverlessId === endpointId);
      return own.length === 0 ? null : own.reduce((sum, record) => sum + record.totalAmount, 0);
    },

    async listNetworkVolumes({ signal }: CallOptions = {}): Promise<RunPodNetworkVolume[]> {
      return readPages(async (cursor) => {
        const query = { cursor };
        const path = "/network-volumes";
        const page = await call({ method: "GET", path, query, signal }, networkVolumePageSchema);
        return { items: page.networkVolumes, pagination: page.pagination };
      });
    },

    /** Deletes a network volume and all that is on it, for good. */
    async deleteNetworkVolume(volumeId: string, callOptions: CallOptions = {}): Promise<void> {
      await remove(`/network-volumes/${encodeURIComponent(volumeId)}`, callOptions);
    },
  };
}

function endpointPath(endpointId: string): string {
  return `/serverless/${encodeURIComponent(endpointId)}`;
}
