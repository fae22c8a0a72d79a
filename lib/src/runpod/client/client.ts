import type { z } from "zod";
import { type CallOptions, endpointCalls } from "./endpoint-calls.ts";
import { openLogStream, type PodLogLine } from "./log-stream.ts";
import { readPages } from "./read-pages.ts";
import { waitFor } from "./retry.ts";
import {
  accountSchema,
  type CreatePodBody,
  type CreateTemplateBody,
  gpuTypeListSchema,
  podBillingSchema,
  podPageSchema,
  podSchema,
  type RunPodGpuType,
  type RunPodPod,
  type RunPodSecret,
  type RunPodTemplate,
  secretPageSchema,
  secretSchema,
  templatePageSchema,
  templateSchema,
} from "./schemas.ts";
import { type ApiCall, type Connection, checkConnection, requestJson, sendRequest } from "./send-request.ts";

/** What the account's owner has and spends, as far as the older API tells. */
export interface RunPodAccount {
  id: string | null;
  balanceUsd: number | null;
  spendUsdPerHour: number | null;
  spendLimitUsdPerHour: number | null;
}

export type RunPodClient = ReturnType<typeof createRunPodClient>;

/** The user agent of every call; the network edge in front of the API refuses odd ones. */
const defaultUserAgent = "serving-workbook/0.1 (Node.js)";

/**
 * Makes a client of RunPod's REST API v2: plain functions named after what they do.
 *
 * The key goes only to `apiUrl`, which must be https or on this machine. Reads and deletions are repeated after broken
 * connections and 5xx, everything after a 429, at most three times; a create or an update never otherwise.
 *
 * @throws SettingsError where the key or the address cannot be used; the functions throw RunPodError.
 */
export function createRunPodClient(options: {
  /** Ends in the version, for example `https://api.runpod.io/v2`. */
  apiUrl: string;
  apiKey: string;
  fetch?: typeof fetch | undefined;
  sleep?: ((ms: number, signal?: AbortSignal) => Promise<void>) | undefined;
  random?: (() => number) | undefined;
  userAgent?: string | undefined;
}) {
  const { sleep = waitFor, random = Math.random, userAgent = defaultUserAgent } = options;
  const { apiUrl, apiKey } = checkConnection(options);
  const connection: Connection = {
    apiUrl,
    apiKey,
    fetch: options.fetch ?? fetch,
    sleep,
    random,
    userAgent,
  };
  const call = <Output>(apiCall: ApiCall, schema: z.ZodType<Output>) =>
    requestJson(connection, apiCall, schema);
  const remove = async (path: string, { signal }: CallOptions = {}) => {
    await sendRequest(connection, { method: "DELETE", path, signal });
  };

  return {
    /** The API's address, which is not secret; the key is not kept on the object. */
    apiUrl,

    ...endpointCalls({ call, remove }),

    /** All pods of the account, over all pages. */
    async listPods({ signal }: CallOptions = {}): Promise<RunPodPod[]> {
      return readPages(async (cursor) => {
        const page = await call({ method: "GET", path: "/pods", query: { cursor }, signal }, podPageSchema);
        return { items: page.pods, pagination: page.pagination };
      });
    },

    async getPod(podId: string, { signal }: CallOptions = {}): Promise<RunPodPod> {
      return call({ method: "GET", path: `/pods/${encodeURIComponent(podId)}`, signal }, podSchema);
    },

    /** Rents a pod; never repeated by itself, since a second call rents a second one. */
    async createPod(body: CreatePodBody, { signal }: CallOptions = {}): Promise<RunPodPod> {
      return call({ method: "POST", path: "/pods", body, signal }, podSchema);
    },

    /** Changes a pod; anything but `name` and `locked` restarts its container. */
    async updatePod(
      podId: string,
      body: { name?: string; locked?: boolean; env?: Record<string, string> },
      { signal }: CallOptions = {},
    ): Promise<RunPodPod> {
      const path = `/pods/${encodeURIComponent(podId)}`;
      return call({ method: "PATCH", path, body, signal }, podSchema);
    },

    /** Ends a pod and what is on its disks, for good. */
    async deletePod(podId: string, callOptions: CallOptions = {}): Promise<void> {
      await remove(`/pods/${encodeURIComponent(podId)}`, callOptions);
    },

    async listTemplates({ signal }: CallOptions = {}): Promise<RunPodTemplate[]> {
      return readPages(async (cursor) => {
        const page = await call(
          { method: "GET", path: "/templates", query: { cursor }, signal },
          templatePageSchema,
        );
        return { items: page.templates, pagination: page.pagination };
      });
    },

    async createTemplate(body: CreateTemplateBody, { signal }: CallOptions = {}): Promise<RunPodTemplate> {
      return call({ method: "POST", path: "/templates", body, signal }, templateSchema);
    },

    async updateTemplate(
      templateId: string,
      body: Partial<CreateTemplateBody>,
      { signal }: CallOptions = {},
    ): Promise<RunPodTemplate> {
      const path = `/templates/${encodeURIComponent(templateId)}`;
      return call({ method: "PATCH", path, body, signal }, templateSchema);
    },

    /** Ends nothing: pods keep no link to the template that they came from. */
    async deleteTemplate(templateId: string, callOptions: CallOptions = {}): Promise<void> {
      await remove(`/templates/${encodeURIComponent(templateId)}`, callOptions);
    },

    async deleteSecret(secretId: string, callOptions: CallOptions = {}): Promise<void> {
      await remove(`/account/secrets/${encodeURIComponent(secretId)}`, callOptions);
    },

    /** The account's secrets of one name: none or one; their values cannot be read. */
    async listSecrets(name: string, { signal }: CallOptions = {}): Promise<RunPodSecret[]> {
      const found = await readPages(async (cursor) => {
        const query = { name, cursor };
        const page = await call({ method: "GET", path: "/account/secrets", query, signal }, secretPageSchema);
        return { items: page.secrets, pagination: page.pagination };
      });
      // Unknown query fields are ignored by lists, so the filter may not have worked.
      return found.filter((secret) => secret.name === name);
    },

    async createSecret(
      body: { name: string; value: string; description?: string },
      { signal }: CallOptions = {},
    ): Promise<RunPodSecret> {
      return call({ method: "POST", path: "/account/secrets", body, signal }, secretSchema);
    },

    async updateSecret(
      secretId: string,
      body: { value: string },
      { signal }: CallOptions = {},
    ): Promise<RunPodSecret> {
      const path = `/account/secrets/${encodeURIComponent(secretId)}`;
      return call({ method: "PATCH", path, body, signal }, secretSchema);
    },

    /** GPU types with prices per GPU and hour, and the stock of pods, or workers, with `gpuCount` of them. */
    async listGpuTypes({
      gpuCount = 1,
      cloud = "SECURE",
      product = "POD",
      signal,
    }: {
      gpuCount?: number;
      cloud?: "SECURE" | "COMMUNITY";
      product?: "POD" | "SERVERLESS";
    } & CallOptions = {}): Promise<RunPodGpuType[]> {
      const query = { include: "AVAILABILITY", product, count: gpuCount, cloud };
      const answer = await call({ method: "GET", path: "/catalog/gpus", query, signal }, gpuTypeListSchema);
      return answer.gpus;
    },

    /** What a pod has cost so far in dollars, as billed; `null` where nothing has been billed yet. */
    async podBilling(
      podId: string,
      { since, signal }: { since?: Date | undefined } & CallOptions = {},
    ): Promise<number | null> {
      const query = { podId, startTime: since?.toISOString(), bucketSize: "hour" };
      const answer = await call({ method: "GET", path: "/billing/pods", query, signal }, podBillingSchema);
      const own = answer.records.filter((record) => record.podId === podId);
      return own.length === 0 ? null : own.reduce((sum, record) => sum + record.totalAmount, 0);
    },

    /** The lines of a pod's log as they come; the stream does not end by itself, so give it a signal. */
    podLogs(
      podId: string,
      query: { source?: "container" | "system"; tail?: number; since?: string; lastEventId?: string },
      { signal }: CallOptions = {},
    ): AsyncGenerator<PodLogLine> {
      return openLogStream(connection, { path: `/pods/${encodeURIComponent(podId)}/logs`, query, signal });
    },

    /** The same for a worker of an endpoint. */
    workerLogs(
      { endpointId, workerId }: { endpointId: string; workerId: string },
      query: { tail?: number; lastEventId?: string },
      { signal }: CallOptions = {},
    ): AsyncGenerator<PodLogLine> {
      const worker = `/serverless/${encodeURIComponent(endpointId)}/workers/${encodeURIComponent(workerId)}`;
      return openLogStream(connection, { path: `${worker}/logs`, query, signal });
    },

    /** Balance and spending, from the older GraphQL API: REST v2 does not tell them, and GraphQL ends early in 2027. */
    async fetchAccount({ signal }: CallOptions = {}): Promise<RunPodAccount> {
      const path = `${new URL(apiUrl).origin}/graphql`;
      const body = { query: "query { myself { id clientBalance currentSpendPerHr spendLimit } }" };
      const { data } = await call({ method: "POST", path, body, signal }, accountSchema);
      const { id, clientBalance, currentSpendPerHr, spendLimit } = data.myself;
      return {
        id: id ?? null,
        balanceUsd: clientBalance ?? null,
        spendUsdPerHour: currentSpendPerHr ?? null,
        spendLimitUsdPerHour: spendLimit ?? null,
      };
    },
  };
}
