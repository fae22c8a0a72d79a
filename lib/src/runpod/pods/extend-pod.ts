import { InputError, WorkbookError } from "../../errors.ts";
import { requireNumber } from "../../require-number.ts";
import { RunPodError } from "../client/runpod-error.ts";
import type { RunPodPod } from "../client/schemas.ts";
import { reserve } from "../rental/budget.ts";
import { checkClock } from "../rental/clock-check.ts";
import type { RunPodContext } from "../rental/context.ts";
import { findRental } from "../rental/find-rental.ts";
import { latestDeadline } from "../rental/judge-rental.ts";
import { type AccountOptions, openRunPod } from "../rental/open-runpod.ts";
import {
  describeRentalCost,
  findRecord,
  idOfRental,
  nameWithDeadline,
  requireOwn,
} from "../rental/rental-kind.ts";
import { type Pod, type PodOrId, podKind, toPod } from "./pod.ts";

/**
 * Moves a pod's deadline by so many minutes, counted from the present one.
 *
 * The new deadline goes into the pod's name, which can be changed without a restart; the timer inside the pod, the
 * watchdog and every sweep read it there.
 *
 * @throws InputError for a pod that this workbook did not rent or that is past its deadline, BudgetError where the budget does not
 * have that much left, WorkbookError where it is gone.
 */
export async function extendPod(pod: PodOrId, options: { minutes: number } & AccountOptions): Promise<Pod> {
  const { minutes, signal } = options;
  requireNumber("extendPod", { minutes }, { above: 0, to: 24 * 60 });
  const id = idOfRental(podKind, pod);
  const context = await openRunPod(options);
  const found = await findRental(context, podKind, id, { signal });
  if (found === null) {
    throw new WorkbookError(`The pod ${id} does not exist any more, so its deadline cannot be moved.`, {
      remedy: "Create another with createPod().",
    });
  }
  const labels = requireOwn(context, podKind, { found, remedy: "Extend it where it was rented." });
  const { stem } = labels;
  const presentAt = latestDeadline(labels, findRecord(context, podKind, id));
  if (presentAt <= checkClock(context).now) {
    throw new InputError(`The pod ${id} is past its deadline, so it is about to end.`, {
      remedy: `Create another with createPod(). ${describeRentalCost(context, podKind, { id, found })}`,
    });
  }
  const deadlineAt = new Date(presentAt.getTime() + minutes * 60_000);
  const present = { kind: "extended", stem, deadlineAt: presentAt.toISOString() } as const;
  const entry = { ...present, mayRunUntil: deadlineAt.toISOString() };
  await reserve(context, { entry, what: `${minutes} more minutes of the pod ${id}`, signal });
  const renamed = await rename(context, {
    pod: found,
    name: nameWithDeadline(stem, deadlineAt),
    signal,
  }).catch((error: unknown) => {
    // What certainly did not happen is not paid for; of anything else the later deadline goes on counting.
    const isLatest = findRecord(context, podKind, id)?.mayRunUntil?.getTime() === deadlineAt.getTime();
    if (error instanceof RunPodError && !error.mayHaveHappened && isLatest) context.journal.append(present);
    throw error;
  });
  const { deadlineAt: onRecord, mayRunUntil } = findRecord(context, podKind, id) ?? {};
  const latestMs = Math.max(onRecord?.getTime() ?? 0, mayRunUntil?.getTime() ?? 0);
  context.journal.append({
    ...{ kind: "extended", stem, deadlineAt: deadlineAt.toISOString() },
    // Another call that extends it at the same time may have gone further.
    ...(latestMs > deadlineAt.getTime() ? { mayRunUntil: new Date(latestMs).toISOString() } : {}),
  });
  return toPod(context, renamed);
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
    const now = await findRental(context, podKind, pod.id);
    if (now?.name === name) return now;
    throw error;
  }
}
