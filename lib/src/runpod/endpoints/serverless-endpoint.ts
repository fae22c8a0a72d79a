import { WorkbookError } from "../../errors.ts";
import { isLoopbackUrl } from "../../network/index.ts";
import { cutEnd } from "../../words/index.ts";
import type { RunPodEndpoint } from "../client/schemas.ts";
import type { RunPodContext } from "../rental/context.ts";
import { readEndpointLabels } from "./endpoint-kind.ts";

/** A serverless endpoint of this workbook, as notebooks hold it; nothing of it is secret. */
export interface ServerlessEndpoint {
  id: string;
  name: string;
  /** The part of the name that stays. */
  stem: string;
  /** The model that it is to serve; `null` where the journal was lost. */
  model: string | null;
  /** The address of its OpenAI API, up to `/v1`, made from what Runpod answered. */
  baseUrl: string;
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
  /** Whether a rehearsal made it up, with its price. */
  isSimulated: boolean;
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
    model: record?.model ?? null,
    baseUrl: baseUrlOf(context, endpoint),
    minWorkers: endpoint.workers.min,
    maxWorkers: endpoint.workers.max,
    idleSeconds: endpoint.workers.idleTimeout ?? null,
    maxUsdPerHour: record?.maxUsdPerHour ?? null,
    createdAt: createdAt.toISOString(),
    deadlineAt: (labels?.deadlineAt ?? record?.deadlineAt ?? createdAt).toISOString(),
    isSimulated: context.target === "rehearsal",
  };
}

/**
 * Finds where an endpoint's OpenAI API is: a load balancer hands every path on, so vLLM's `/v1` is below its base.
 *
 * @throws WorkbookError where Runpod's answer has none, or where a key would go to a host that is not Runpod's.
 */
function baseUrlOf(context: RunPodContext, { id, requestUrls }: RunPodEndpoint): string {
  const base = requestUrls?.base;
  if (base === undefined) {
    throw new WorkbookError(`Runpod's answer does not say where the endpoint ${id} is called.`, {
      remedy: `Delete it with deleteEndpoint("${id}"), and look for a newer version of this workbook.`,
    });
  }
  const { protocol, hostname } = new URL(base);
  const isRunpods = protocol === "https:" && /(^|\.)runpod\.(ai|io)$/.test(hostname);
  const isStandIn = isLoopbackUrl(context.connection.apiUrl) && isLoopbackUrl(base);
  if (isRunpods || isStandIn) return new URL("v1", `${cutEnd(base, "/")}/`).href;
  throw new WorkbookError(
    `Runpod's answer says that the endpoint ${id} is called at ${hostname}, which is not a host of Runpod's.`,
    { remedy: "No key is sent there. Check RUNPOD_API_URL, and look at the endpoint in Runpod's console." },
  );
}
