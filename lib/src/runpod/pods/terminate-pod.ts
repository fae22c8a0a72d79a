import { InputError, WorkbookError } from "../../errors.ts";
import { isNotFound } from "../client/runpod-error.ts";
import type { RunPodPod } from "../client/schemas.ts";
import type { PodRecord } from "../journal/journal-state.ts";
import { isOwnKey, type RunPodContext } from "../rental/context.ts";
import { endRental, notEnded } from "../rental/end-rental.ts";
import { type PodOrId, podIdOf, stillCosts } from "./pod.ts";
import { readPodMarks } from "./pod-name.ts";

/** What became of a pod. */
export interface EndedPod {
  id: string;
  /** It was not there any more. */
  wasGone: boolean;
  /** What it cost, as billed so far; RunPod adds the last minutes later. `null`: nothing has been billed yet. */
  usd: number | null;
}

/**
 * Ends a pod of this workbook for good, reads back that it is gone, and says what it cost.
 *
 * Ending it twice is no error, and neither is a pod that is gone already.
 *
 * @throws WorkbookError where it is still there afterwards, InputError for a pod that this workbook did not rent.
 */
export async function terminatePod(
  context: RunPodContext,
  pod: PodOrId,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<EndedPod> {
  const id = podIdOf(pod);
  const { signal } = options;
  const found = await findPod(context, id, signal).catch((cause: unknown) => {
    const usdPerHour = recordOf(context, id)?.usdPerHour ?? null;
    throw notEnded({ name: `pod ${id}`, stillCosts: stillCosts({ id, usdPerHour }) }, cause);
  });
  if (found === null) {
    refuseOtherKey(context, id);
    const usd = await readBilling(context, id, undefined);
    const record = recordOf(context, id);
    if (record !== undefined) closeStem(context, record.stem, usd);
    return { id, wasGone: true, usd };
  }
  const marks = readPodMarks(found);
  if (marks?.workbookId !== context.workbookId) {
    throw new InputError(
      `The pod ${id} (${found.name}) was not rented by this workbook, so it is left alone.`,
      {
        remedy: "End it where it was rented, or in RunPod's console.",
      },
    );
  }
  return endPod(context, found, options);
}

/** Ends a pod whose judgement has been made, and verifies it. */
export async function endPod(
  context: RunPodContext,
  pod: RunPodPod,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<EndedPod> {
  const { id } = pod;
  const { signal } = options;
  await endRental(context, {
    name: `pod ${id}`,
    remove: () => context.client.deletePod(id, { signal }),
    isThere: async () => (await findPod(context, id, signal)) !== null,
    stillCosts: stillCosts({ id, usdPerHour: pod.cost }),
    signal,
  });
  const usd = await readBilling(context, id, new Date(pod.createdAt));
  const stem = readPodMarks(pod)?.stem;
  if (stem !== undefined) closeStem(context, stem, usd);
  return { id, wasGone: false, usd };
}

/** A pod as the API has it, or `null` where it is gone or terminated. */
export async function findPod(
  context: RunPodContext,
  podId: string,
  signal?: AbortSignal,
): Promise<RunPodPod | null> {
  try {
    const pod = await context.client.getPod(podId, { signal });
    return pod.status === "TERMINATED" ? null : pod;
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

function recordOf(context: RunPodContext, podId: string): PodRecord | undefined {
  return [...context.journal.read().pods.values()].find((record) => record.podId === podId);
}

/** The bill is a courtesy: that it cannot be read must not make an ended pod look like one that still runs. */
async function readBilling(
  context: RunPodContext,
  podId: string,
  since: Date | undefined,
): Promise<number | null> {
  return context.client.podBilling(podId, { since }).catch(() => null);
}

/** With the key of another account every pod looks gone. */
function refuseOtherKey(context: RunPodContext, podId: string): void {
  const record = recordOf(context, podId);
  if (record === undefined || record.isEnded || isOwnKey(context, record)) return;
  throw new WorkbookError(
    `The pod ${podId} is not to be found with this RUNPOD_API_KEY, and it was rented with another one.`,
    {
      remedy:
        "Set the key that rented it and try again, or see in RunPod's console of that account that it has ended.",
    },
  );
}

/** Puts on record that a pod or an endpoint has ended, where the disk takes it. */
export function closeStem(context: RunPodContext, stem: string, usd: number | null): void {
  try {
    const journal = context.journal.read();
    const record = journal.pods.get(stem) ?? journal.endpoints.get(stem);
    if (record !== undefined && !record.isEnded) context.journal.append({ kind: "ended", stem, usd });
  } catch {
    // What is gone must not look as if it were still there. The next sweep finds it gone, and closes its entry then.
  }
}
