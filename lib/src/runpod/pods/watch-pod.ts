import type { RunPodContext } from "../rental/context.ts";
import { type WatchOutcome, watchRental } from "../rental/watch-rental.ts";
import { createIdleWatch } from "./idle-watch.ts";
import { judgePod } from "./judge-pod.ts";
import { readPodMarks } from "./pod-name.ts";
import { endPod } from "./terminate-pod.ts";

/** Watches one pod until it is gone; `idleMinutes` without work end it too, `null` never does. */
export async function watchPod(
  context: RunPodContext,
  options: { stem: string; idleMinutes: number | null; intervalMs: number },
): Promise<WatchOutcome> {
  const { stem, idleMinutes, intervalMs } = options;
  const recordOf = () => context.journal.read().pods.get(stem);
  return watchRental(
    context,
    {
      stem,
      record: recordOf,
      isCreated: () => (recordOf()?.podId ?? null) !== null,
      async find() {
        const pods = await context.client.listPods();
        return pods.find((pod) => pod.status !== "TERMINATED" && readPodMarks(pod)?.stem === stem) ?? null;
      },
      judge(pod) {
        const journal = context.journal.read();
        const record = journal.pods.get(readPodMarks(pod)?.stem ?? "");
        return judgePod(context, { pod, record, isJournalWhole: journal.unreadableLines === 0 });
      },
      isIdleTooLong: idleMinutes === null ? null : createIdleWatch(context, { idleMinutes }).isIdleTooLong,
      end: (pod) => endPod(context, pod),
    },
    { intervalMs },
  );
}
