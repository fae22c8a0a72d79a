import type { CreateEndpointBody, RunPodEndpoint } from "../client/endpoint-schemas.ts";
import { RunPodError } from "../client/runpod-error.ts";
import type { RunPodContext } from "../rental/context.ts";
import { readEndpointMarks } from "./endpoint-name.ts";

/** What came of the attempt to make an endpoint. */
export type MakeOutcome =
  | { kind: "made"; endpoint: RunPodEndpoint }
  /** Nothing was made. */
  | { kind: "refused"; error: RunPodError }
  /** Whether something was made is not known, and nothing of the name is to be seen. */
  | { kind: "unclear"; error: RunPodError };

const lookDelaysMs = [0, 1_000, 3_000, 6_000];

/** Asks for an endpoint once; where the answer leaves open whether there is one, looks it up by its name. */
export async function makeEndpoint(
  context: RunPodContext,
  options: { body: CreateEndpointBody; stem: string; signal: AbortSignal },
): Promise<MakeOutcome> {
  const { body, stem, signal } = options;
  try {
    return { kind: "made", endpoint: await context.client.createEndpoint(body, { signal }) };
  } catch (error) {
    if (!(error instanceof RunPodError)) throw error;
    if (!error.mayHaveHappened) return { kind: "refused", error };
    // Not with the caller's signal: an interrupted call must still find out what it has made.
    const endpoint = await lookUp(context, stem);
    return endpoint === null ? { kind: "unclear", error } : { kind: "made", endpoint };
  }
}

async function lookUp(context: RunPodContext, stem: string): Promise<RunPodEndpoint | null> {
  for (const delayMs of lookDelaysMs) {
    if (delayMs > 0) await context.sleep(delayMs);
    // A list that fails is no answer: the next look may have one.
    const endpoints = await context.client.listEndpoints().catch(() => []);
    const found = endpoints.find((endpoint) => readEndpointMarks(endpoint)?.stem === stem);
    if (found !== undefined) return found;
  }
  return null;
}
