import type { RunPodPod } from "../client/index.ts";
import type { PodRecord } from "../journal/index.ts";
import type { RunPodContext } from "./context.ts";
import { readPodMarks } from "./pod-name.ts";

/** Whose a pod is, and whether it may go on. */
export interface PodJudgement {
  owner: "this workbook" | "another workbook" | "not a workbook";
  stem: string | null;
  deadlineAt: Date | null;
  /** `unknown`: it depends on whether the pod answers, which nobody has asked yet. */
  verdict: "keep" | "end" | "unknown";
  /** Why, in a few words. */
  reason: string;
}

/**
 * Judges a pod by its marks, the journal and the clock.
 *
 * Wanted is a pod that is ready and before its deadline, or not ready while its creator or somebody who waits for it
 * lives. Any workbook's pod past its deadline is to be ended; other workbooks' pods are otherwise left alone, and
 * pods of no workbook always.
 */
export function judgePod(
  context: Pick<RunPodContext, "workbookId" | "now" | "isAlive">,
  options: {
    pod: Pick<RunPodPod, "name" | "env">;
    record: PodRecord | undefined;
    /** Whether the journal can be trusted to name all that is ready. */
    isJournalWhole: boolean;
    /** Whether the pod's `/health` answers; leave it out where nobody asked. */
    isHealthy?: boolean | undefined;
  },
): PodJudgement {
  const { pod, record } = options;
  const marks = readPodMarks(pod);
  if (marks === null) {
    return { owner: "not a workbook", stem: null, deadlineAt: null, verdict: "keep", reason: "not ours" };
  }
  const { stem, deadlineAt } = marks;
  const isPast = deadlineAt.getTime() <= context.now().getTime();
  const isOurs = marks.workbookId === context.workbookId;
  const owner = isOurs ? "this workbook" : "another workbook";
  const judged = (verdict: PodJudgement["verdict"], reason: string) =>
    ({
      owner,
      stem,
      deadlineAt,
      verdict,
      reason,
    }) as const;
  if (isPast) return judged("end", "past its deadline");
  if (!isOurs) return judged("keep", "another workbook's");
  if (record?.isEnded === true) return judged("end", "ended before, and still there");
  if (record?.isAbandoned === true) return judged("end", "nobody waits for it");
  if (record?.isReady === true) return judged("keep", "ready");
  if (record?.waiters.some(context.isAlive) === true) return judged("keep", "being started");
  if (record !== undefined && options.isJournalWhole) return judged("end", "who started it has gone");
  if (options.isHealthy === undefined) return judged("unknown", "not in the journal");
  return options.isHealthy ? judged("keep", "answers") : judged("end", "not ready, and nobody waits for it");
}
