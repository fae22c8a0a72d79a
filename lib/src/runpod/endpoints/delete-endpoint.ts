import { InputError, WorkbookError } from "../../errors.ts";
import type { RunPodEndpoint } from "../client/endpoint-schemas.ts";
import { isNotFound } from "../client/runpod-error.ts";
import type { EndpointRecord } from "../journal/journal-state.ts";
import { closeStem } from "../pods/terminate-pod.ts";
import { isOwnKey, type RunPodContext } from "../rental/context.ts";
import { endRental, notEnded } from "../rental/end-rental.ts";
import { readEndpointMarks } from "./endpoint-name.ts";
import { type EndpointOrId, endpointIdOf, mayStillCost } from "./serverless-endpoint.ts";

/** What became of an endpoint. */
export interface DeletedEndpoint {
  id: string;
  /** It was not there any more. */
  wasGone: boolean;
  /** What all its workers cost, as billed so far; RunPod adds the last minutes later. `null`: nothing billed yet. */
  usd: number | null;
}

/**
 * Deletes a serverless endpoint of this workbook with all its workers, reads back that it is gone, and says what it cost.
 *
 * Deleting it twice is no error, and neither is an endpoint that is gone already.
 *
 * @throws WorkbookError where it is still there afterwards, InputError for an endpoint that this workbook did not make.
 */
export async function deleteEndpoint(
  context: RunPodContext,
  endpoint: EndpointOrId,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<DeletedEndpoint> {
  const id = endpointIdOf(endpoint);
  const { signal } = options;
  const record = recordOf(context, id);
  const stillCosts = mayStillCost({ id, maxUsdPerHour: record?.maxUsdPerHour ?? null });
  const found = await findEndpoint(context, id, signal).catch((cause: unknown) => {
    throw notEnded({ name: `endpoint ${id}`, stillCosts }, cause);
  });
  if (found === null) {
    if (record !== undefined && !record.isEnded && !isOwnKey(context, record)) throw madeWithOtherKey(id);
    const usd = await readBill(context, id, undefined);
    if (record !== undefined) closeStem(context, record.stem, usd);
    return { id, wasGone: true, usd };
  }
  if (readEndpointMarks(found)?.workbookId !== context.workbookId) {
    throw new InputError(
      `The endpoint ${id} (${found.name}) was not made by this workbook, so it is left alone.`,
      { remedy: "Delete it where it was made, or in RunPod's console." },
    );
  }
  return endEndpoint(context, found, options);
}

/** Deletes an endpoint whose judgement has been made, and verifies it. */
export async function endEndpoint(
  context: RunPodContext,
  endpoint: RunPodEndpoint,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<DeletedEndpoint> {
  const { id } = endpoint;
  const { signal } = options;
  await endRental(context, {
    name: `endpoint ${id}`,
    remove: () => context.client.deleteEndpoint(id, { signal }),
    isThere: async () => (await findEndpoint(context, id, signal)) !== null,
    stillCosts: mayStillCost({ id, maxUsdPerHour: recordOf(context, id)?.maxUsdPerHour ?? null }),
    signal,
  });
  const usd = await readBill(context, id, new Date(endpoint.createdAt));
  const stem = readEndpointMarks(endpoint)?.stem;
  if (stem !== undefined) closeStem(context, stem, usd);
  return { id, wasGone: false, usd };
}

/** An endpoint as the API has it, or `null` where it is gone. */
export async function findEndpoint(
  context: RunPodContext,
  endpointId: string,
  signal?: AbortSignal,
): Promise<RunPodEndpoint | null> {
  try {
    return await context.client.getEndpoint(endpointId, { signal });
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

function recordOf(context: RunPodContext, endpointId: string): EndpointRecord | undefined {
  return [...context.journal.read().endpoints.values()].find((record) => record.endpointId === endpointId);
}

/** The bill is a courtesy: that it cannot be read must not make a deleted endpoint look like one that is there. */
async function readBill(
  context: RunPodContext,
  endpointId: string,
  since: Date | undefined,
): Promise<number | null> {
  return context.client.endpointBilling(endpointId, { since }).catch(() => null);
}

function madeWithOtherKey(id: string): WorkbookError {
  return new WorkbookError(
    `The endpoint ${id} is not to be found with this RUNPOD_API_KEY, and it was made with another one.`,
    {
      remedy:
        "Set the key that made it and try again, or see in RunPod's console of that account that it is gone.",
    },
  );
}
