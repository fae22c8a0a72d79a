import type { z } from "zod";
import { InputError } from "../../errors.ts";
import type { ClockReading } from "./clock-reading.ts";
import { openLogStream } from "./log-stream.ts";
import { readPages } from "./read-pages.ts";
import { waitFor } from "./retry.ts";
import {
  accountSchema,
  type CreateEndpointBody,
  type CreatePodBody,
  type CreateTemplateBody,
  endpointBillSchema,
  endpointSchema,
  gpuTypeListSchema,
  networkVolumeSchema,
  pageSchema,
  podBillSchema,
  podSchema,
  secretSchema,
  templateSchema,
  workerListSchema,
} from "./schemas.ts";
import { type ApiCall, type Connection, checkConnection, requestJson, sendRequest } from "./send-request.ts";

/** What every call takes beside its own parameters. */
interface CallOptions {
  signal?: AbortSignal | undefined;
}

interface BillOptions extends CallOptions {
  since?: Date | undefined;
}

export type RunPodClient = ReturnType<typeof createRunPodClient>;

/** What the account's owner has and spends, as far as the older API tells. */
export type RunPodAccount = Awaited<ReturnType<RunPodClient["fetchAccount"]>>;

/** The user agent of every call; the network edge in front of the API refuses odd ones. */
const defaultUserAgent = "serving-workbook/0.1 (Node.js)";

/** Writes an id into a path, which it must not lead out of. */
function id(text: string): string {
  if (!/^\.*$/.test(text)) return encodeURIComponent(text);
  throw new InputError(`"${text}" is not an id of Runpod's.`, {
    remedy: "Give an id that a list shows.",
  });
}

/** What a call about one pod or endpoint must answer with: no other one may be taken for it. */
function only<Item extends { id: string }>(item: z.ZodType<Item>, wantedId: string): z.ZodType<Item> {
  return item.refine((found) => found.id === wantedId, {
    error: "it is the id of another one",
    path: ["id"],
  });
}

/**
 * Makes a client of Runpod's REST API v2: plain functions named after what they do.
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
  now?: (() => Date) | undefined;
  userAgent?: string | undefined;
  /** Is told what was left out of an answer; default: a warning on the console. */
  say?: ((text: string) => void) | undefined;
}) {
  const { sleep = waitFor, random = Math.random, now = () => new Date(), say = console.warn } = options;
  const { userAgent = defaultUserAgent } = options;
  const { apiUrl, apiKey } = checkConnection(options);
  let clock: ClockReading | null = null;
  const connection: Connection = {
    ...{ apiUrl, apiKey, fetch: options.fetch ?? fetch, sleep, random, userAgent, now },
    onClock: (reading) => {
      clock = reading;
    },
  };

  const call = <Output>(apiCall: ApiCall, schema: z.ZodType<Output>) =>
    requestJson(connection, apiCall, schema);
  const get = <Output>(path: string, schema: z.ZodType<Output>, { signal }: CallOptions) =>
    call({ method: "GET", path, signal }, schema);
  const post = <Output>(path: string, body: unknown, schema: z.ZodType<Output>, { signal }: CallOptions) =>
    call({ method: "POST", path, body, signal }, schema);
  const patch = <Output>(path: string, body: unknown, schema: z.ZodType<Output>, { signal }: CallOptions) =>
    call({ method: "PATCH", path, body, signal }, schema);
  const remove = async (path: string, { signal }: CallOptions): Promise<void> => {
    await sendRequest(connection, { method: "DELETE", path, signal });
  };
  /** Reads a list over all its pages; `field` is where a page has its items. */
  const list = <Item extends { id: string }>(
    path: string,
    field: string,
    item: z.ZodType<Item>,
    { signal, query = {} }: CallOptions & { query?: Record<string, string> },
  ) =>
    readPages((cursor) =>
      call({ method: "GET", path, query: { ...query, cursor }, signal }, pageSchema(field, item)),
    );

  return {
    /** The API's address, which is not secret; the key is not kept on the object. */
    apiUrl,
    /** What time it was at the API by its last answer; `null` where that did not say it. */
    readClock: (): ClockReading | null => clock,

    /** All pods of the account. */
    listPods: (options: CallOptions = {}) => list("/pods", "pods", podSchema, options),
    getPod: (podId: string, options: CallOptions = {}) =>
      get(`/pods/${id(podId)}`, only(podSchema, podId), options),
    /** Rents a pod; never repeated by itself, since a second call rents a second one. */
    createPod: (body: CreatePodBody, options: CallOptions = {}) => post("/pods", body, podSchema, options),
    /** Changes a pod; anything but `name` and `locked` restarts its container. */
    updatePod: (
      podId: string,
      body: { name?: string; locked?: boolean; env?: Record<string, string> },
      options: CallOptions = {},
    ) => patch(`/pods/${id(podId)}`, body, only(podSchema, podId), options),
    /** Ends a pod and what is on its disks, for good. */
    deletePod: (podId: string, options: CallOptions = {}) => remove(`/pods/${id(podId)}`, options),
    /** What a pod has cost so far in dollars, as billed; `null` where nothing has been billed yet. */
    async podBilling(podId: string, { since, signal }: BillOptions = {}): Promise<number | null> {
      const query = { podId, startTime: since?.toISOString(), bucketSize: "hour" };
      const bill = await call({ method: "GET", path: "/billing/pods", query, signal }, podBillSchema);
      return sumAmounts(bill.records.filter((record) => record.podId === podId));
    },
    /** The lines of a pod's log as they come; the stream does not end by itself, so give it a signal. */
    podLogs: (
      podId: string,
      query: { source?: "container" | "system"; tail?: number; since?: string; lastEventId?: string },
      { signal }: CallOptions = {},
    ) => openLogStream(connection, { path: `/pods/${id(podId)}/logs`, query, signal }),

    /** All serverless endpoints of the account. */
    listEndpoints: (options: CallOptions = {}) => list("/serverless", "endpoints", endpointSchema, options),
    getEndpoint: (endpointId: string, options: CallOptions = {}) =>
      get(`/serverless/${id(endpointId)}`, only(endpointSchema, endpointId), options),
    /** Makes an endpoint; never repeated by itself, since a second call makes a second one. */
    createEndpoint: (body: CreateEndpointBody, options: CallOptions = {}) =>
      post("/serverless", body, endpointSchema, options),
    /** Ends an endpoint with all its workers, and what they were answering, for good. */
    deleteEndpoint: (endpointId: string, options: CallOptions = {}) =>
      remove(`/serverless/${id(endpointId)}`, options),
    /** What an endpoint has cost so far in dollars, as billed; `null` where nothing has been billed yet. */
    async endpointBilling(endpointId: string, { since, signal }: BillOptions = {}): Promise<number | null> {
      const query = { serverlessId: endpointId, startTime: since?.toISOString(), bucketSize: "hour" };
      const path = "/billing/serverless";
      const bill = await call({ method: "GET", path, query, signal }, endpointBillSchema);
      return sumAmounts(bill.records.filter((record) => record.serverlessId === endpointId));
    },
    async listWorkers(endpointId: string, options: CallOptions = {}) {
      return (await get(`/serverless/${id(endpointId)}/workers`, workerListSchema, options)).workers;
    },
    /** The lines of a worker's log; see `podLogs`. */
    workerLogs: (
      { endpointId, workerId }: { endpointId: string; workerId: string },
      query: { tail?: number; lastEventId?: string },
      { signal }: CallOptions = {},
    ) => {
      const path = `/serverless/${id(endpointId)}/workers/${id(workerId)}/logs`;
      return openLogStream(connection, { path, query, signal });
    },

    listTemplates: (options: CallOptions = {}) => list("/templates", "templates", templateSchema, options),
    createTemplate: (body: CreateTemplateBody, options: CallOptions = {}) =>
      post("/templates", body, templateSchema, options),
    updateTemplate: (templateId: string, body: Partial<CreateTemplateBody>, options: CallOptions = {}) =>
      patch(`/templates/${id(templateId)}`, body, templateSchema, options),
    /** Ends nothing: pods keep no link to the template that they came from. */
    deleteTemplate: (templateId: string, options: CallOptions = {}) =>
      remove(`/templates/${id(templateId)}`, options),

    /** The account's secrets of one name: none or one; their values cannot be read. */
    async listSecrets(name: string, { signal }: CallOptions = {}) {
      const found = await list("/account/secrets", "secrets", secretSchema, { query: { name }, signal });
      // Unknown query fields are ignored by lists, so the filter may not have worked.
      return found.filter((secret) => secret.name === name);
    },
    createSecret: (body: { name: string; value: string; description?: string }, options: CallOptions = {}) =>
      post("/account/secrets", body, secretSchema, options),
    updateSecret: (secretId: string, body: { value: string }, options: CallOptions = {}) =>
      patch(`/account/secrets/${id(secretId)}`, body, secretSchema, options),
    deleteSecret: (secretId: string, options: CallOptions = {}) =>
      remove(`/account/secrets/${id(secretId)}`, options),

    listNetworkVolumes: (options: CallOptions = {}) =>
      list("/network-volumes", "networkVolumes", networkVolumeSchema, options),
    /** Deletes a network volume and all that is on it, for good. */
    deleteNetworkVolume: (volumeId: string, options: CallOptions = {}) =>
      remove(`/network-volumes/${id(volumeId)}`, options),

    /** GPU types with prices per GPU and hour, and the stock of pods, or workers, with `gpuCount` of them. */
    async listGpuTypes(
      options: {
        gpuCount?: number;
        cloud?: "SECURE" | "COMMUNITY";
        product?: "POD" | "SERVERLESS";
      } & CallOptions = {},
    ) {
      const { gpuCount = 1, cloud = "SECURE", product = "POD", signal } = options;
      const query = { include: "AVAILABILITY", product, count: gpuCount, cloud };
      const apiCall = { method: "GET", path: "/catalog/gpus", query, signal } as const;
      const { entries, leftOut } = (await call(apiCall, gpuTypeListSchema)).gpus;
      if (leftOut !== null) say(`Of Runpod's catalogue of GPUs, ${leftOut}`);
      return entries.map(([, gpuType]) => gpuType);
    },

    /** Balance and spending, from the older GraphQL API: REST v2 does not tell them, and GraphQL ends early in 2027. */
    async fetchAccount(options: CallOptions = {}) {
      const path = `${new URL(apiUrl).origin}/graphql`;
      const body = { query: "query { myself { id clientBalance currentSpendPerHr spendLimit } }" };
      const { id, clientBalance, currentSpendPerHr, spendLimit } = (
        await post(path, body, accountSchema, options)
      ).data.myself;
      return {
        id: id ?? null,
        balanceUsd: clientBalance ?? null,
        spendUsdPerHour: currentSpendPerHr ?? null,
        spendLimitUsdPerHour: spendLimit ?? null,
      };
    },
  };
}

function sumAmounts(records: readonly { totalAmount: number }[]): number | null {
  return records.length === 0 ? null : records.reduce((sum, { totalAmount }) => sum + totalAmount, 0);
}
