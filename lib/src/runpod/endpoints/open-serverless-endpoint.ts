import { connectEndpoint, type Endpoint, EndpointError } from "../../endpoint/index.ts";
import type { RunPodContext } from "../rental/context.ts";
import { findEndpoint } from "./delete-endpoint.ts";
import { readEndpointKey } from "./endpoint-key.ts";
import { readEndpointMarks } from "./endpoint-name.ts";
import { EndpointNotReadyError, endpointGone } from "./endpoint-not-ready-error.ts";
import {
  describeEndpoint,
  type EndpointOrId,
  endpointIdOf,
  type ServerlessEndpoint,
} from "./serverless-endpoint.ts";
import { loadBalancerLimits } from "./serverless-limits.ts";

/**
 * Opens the OpenAI API of an endpoint whose workers are up; one that sleeps is woken, and answers after its cold start
 * if that is quick.
 *
 * Calls carry `RUNPOD_ENDPOINT_KEY`, and go only to the address that RunPod answered.
 *
 * @throws SettingsError without that key, EndpointNotReadyError where no worker answers in time, EndpointError where what
 * answers is not what it should be.
 */
export async function openServerlessEndpoint(
  context: RunPodContext,
  endpoint: EndpointOrId,
  options: { model?: string | undefined; signal?: AbortSignal | undefined } = {},
): Promise<Endpoint> {
  const id = endpointIdOf(endpoint);
  const found = await findEndpoint(context, id, options.signal);
  if (found === null) throw endpointGone(id);
  const record = context.journal.read().endpoints.get(readEndpointMarks(found)?.stem ?? "");
  const described = describeEndpoint(context, found, record);
  try {
    return await connectServerless(context, described, options.model);
  } catch (cause) {
    const isAsleep = cause instanceof EndpointError && !isWrong(cause);
    if (!isAsleep) throw cause;
    throw new EndpointNotReadyError(`No worker of the endpoint ${id} answered. ${cause.problemText}`, {
      problem: "no-answer",
      endpoint: described,
      remedy: "Wait for its cold start: await waitUntilReady(endpoint).",
      cause,
    });
  }
}

/** Connects to an endpoint that is already described. */
export async function connectServerless(
  context: RunPodContext,
  endpoint: ServerlessEndpoint,
  model: string | undefined,
): Promise<Endpoint> {
  return connectEndpoint({
    baseUrl: endpoint.baseUrl,
    apiKey: readEndpointKey(context),
    model: model ?? endpoint.model ?? undefined,
    origin: context.target === "rehearsal" ? "rehearsal" : "serverless",
    timeoutMs: loadBalancerLimits.waitSeconds * 1_000,
    fetch: context.fetch,
  });
}

/** Whether something did answer, and waiting longer would not help. */
export function isWrong(error: EndpointError): boolean {
  return ["model-missing", "model-ambiguous", "unauthorized"].includes(error.problem);
}
