import { WorkbookError } from "../../errors.ts";
import { isLoopbackUrl } from "../../network.ts";
import type { RunPodEndpoint } from "../client/endpoint-schemas.ts";
import type { RunPodContext } from "../rental/context.ts";
import { readEndpointLabels } from "./endpoint-kind.ts";

/** A serverless endpoint of this workbook, as notebooks hold it; nothing of it is secret. */
export interface ServerlessEndpoint {
  id: string;
  name: string;
  /** The part of the name that stays. */
  stem: string;
  /** A load balancer hands requests straight to a worker; a queue keeps them until one is free. */
  kind: "load-balancer" | "queue";
  /** The model that it is to serve; `null` where the journal was lost. */
  model: string | null;
  /** The address of its OpenAI API, up to `/v1`, made from what RunPod answered. */
  baseUrl: string;
  /** What RunPod looks at to see whether a worker is up. */
  healthUrl: string;
  minWorkers: number;
  maxWorkers: number;
  /** How long a worker with nothing to do is kept, and paid for; `null` where the API does not say. */
  idleSeconds: number | null;
  /** With all its workers, as it was compared with the ceiling; `null` where the journal was lost. */
  maxUsdPerHour: number | null;
  /** ISO time. */
  createdAt: string;
  /** ISO time: then it is deleted, whatever it is doing, by a process of this machine, or by the next command. */
  deadlineAt: string;
}

/** An endpoint, or only its id: what the functions of an endpoint's life take. */
export type EndpointOrId = Pick<ServerlessEndpoint, "id"> | string;

/** Makes what notebooks hold from what the API and the journal know of an endpoint. */
export function toServerlessEndpoint(context: RunPodContext, endpoint: RunPodEndpoint): ServerlessEndpoint {
  const labels = readEndpointLabels(endpoint);
  const record = context.journal.read().endpoints.get(labels?.stem ?? "");
  const createdAt = new Date(endpoint.createdAt);
  return {
    id: endpoint.id,
    name: endpoint.name,
    stem: labels?.stem ?? endpoint.name,
    kind: kindOf(endpoint),
    model: record?.model ?? null,
    ...addressesOf(context, endpoint),
    minWorkers: endpoint.workers.min,
    maxWorkers: endpoint.workers.max,
    idleSeconds: endpoint.workers.idleTimeout ?? null,
    maxUsdPerHour: record?.maxUsdPerHour ?? null,
    createdAt: createdAt.toISOString(),
    deadlineAt: (labels?.deadlineAt ?? record?.deadlineAt ?? createdAt).toISOString(),
  };
}

/** What kind of endpoint it is, in the workbook's words. */
export function kindOf(endpoint: Pick<RunPodEndpoint, "type">): ServerlessEndpoint["kind"] {
  return endpoint.type === "LOAD_BALANCER" ? "load-balancer" : "queue";
}

/**
 * Finds where an endpoint's OpenAI API and its health are, from the addresses that RunPod answered.
 *
 * A load balancer hands every path on, so vLLM's `/v1` is below its base. A queue's OpenAI routes are beside its `run`.
 *
 * @throws WorkbookError where there are none, or where a key would go to a host that is not RunPod's.
 */
function addressesOf(
  context: RunPodContext,
  endpoint: RunPodEndpoint,
): Pick<ServerlessEndpoint, "baseUrl" | "healthUrl"> {
  const { id, requestUrls } = endpoint;
  if (requestUrls === null || requestUrls === undefined) {
    throw new WorkbookError(`RunPod's answer does not say where the endpoint ${id} is called.`, {
      remedy: `Delete it with deleteEndpoint("${id}"), and look for a newer version of this workbook.`,
    });
  }
  const baseUrl =
    "base" in requestUrls
      ? new URL("v1", `${requestUrls.base.replace(/\/+$/, "")}/`)
      : new URL("openai/v1", requestUrls.run);
  const addresses = { baseUrl: baseUrl.href, healthUrl: requestUrls.health };
  for (const address of Object.values(addresses)) checkHost(context, address, id);
  return addresses;
}

/** A key that RunPod gave out goes to RunPod's hosts only, or to a stand-in of them on this machine. */
function checkHost(context: RunPodContext, address: string, endpointId: string): void {
  const { protocol, hostname } = new URL(address);
  const isRunPod = protocol === "https:" && /(^|\.)runpod\.(ai|io)$/.test(hostname);
  if (isRunPod || (isLoopbackUrl(context.connection.apiUrl) && isLoopbackUrl(address))) return;
  throw new WorkbookError(
    `RunPod's answer says that the endpoint ${endpointId} is called at ${hostname}, which is no host of RunPod's.`,
    { remedy: "No key is sent there. Check RUNPOD_API_URL, and look at the endpoint in RunPod's console." },
  );
}
