import { InputError, WorkbookError } from "../../errors.ts";
import { RunPodError } from "../client/runpod-error.ts";
import type { RunPodPod } from "../client/schemas.ts";
import type { RunPodContext } from "../rental/context.ts";
import { describePod, type Pod, type PodOrId, podIdOf, stillCosts } from "./pod.ts";
import { nameWithDeadline, readPodMarks } from "./pod-name.ts";
import { findPod } from "./terminate-pod.ts";

const mostMinutes = 24 * 60;

/**
 * Moves a pod's deadline by so many minutes, counted from the present one.
 *
 * The new deadline goes into the pod's name, which can be changed without a restart; the timer inside the pod, the
 * watchdog and every sweep read it there.
 *
 * @throws InputError for a pod that this workbook did not rent or that is past its deadline, WorkbookError where it is gone.
 */
export async function extendPod(
  context: RunPodContext,
  pod: PodOrId,
  options: { minutes: number; signal?: AbortSignal | undefined },
): Promise<Pod> {
  const { minutes, signal } = options;
  if (!(Number.isFinite(minutes) && minutes > 0 && minutes <= mostMinutes)) {
    throw new InputError(`extendPod: minutes is ${minutes}.`, {
      remedy: "Give a number of minutes above 0, at most a day.",
    });
  }
  const id = podIdOf(pod);
  const found = await findPod(context, id, signal);
  if (found === null) {
    throw new WorkbookError(`The pod ${id} does not exist any more, so its deadline cannot be moved.`, {
      remedy: "Create another with createPod().",
    });
  }
  const marks = readPodMarks(found);
  if (marks?.workbookId !== context.workbookId) {
    throw new InputError(`The pod ${id} was not rented by this workbook, so it is left alone.`, {
      remedy: "Extend it where it was rented.",
    });
  }
  if (marks.deadlineAt.getTime() <= context.now().getTime()) {
    throw new InputError(`The pod ${id} is past its deadline, so it is about to end.`, {
      remedy: `Create another with createPod(). ${stillCosts({ id, usdPerHour: found.cost })}`,
    });
  }
  const deadlineAt = new Date(marks.deadlineAt.getTime() + minutes * 60_000);
  const name = nameWithDeadline(marks.stem, deadlineAt);
  const updated = await rename(context, { pod: found, name, signal });
  context.journal.append({ kind: "extended", stem: marks.stem, deadlineAt: deadlineAt.toISOString() });
  return describePod(context, updated, context.journal.read().pods.get(marks.stem));
}

async function rename(
  context: RunPodContext,
  options: { pod: RunPodPod; name: string; signal: AbortSignal | undefined },
): Promise<RunPodPod> {
  const { pod, name, signal } = options;
  try {
    return await context.client.updatePod(pod.id, { name }, { signal });
  } catch (error) {
    if (!(error instanceof RunPodError) || !error.mayHaveHappened) throw error;
    const now = await findPod(context, pod.id);
    if (now?.name === name) return now;
    throw error;
  }
}
