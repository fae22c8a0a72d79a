import type { RentalRecord } from "../journal/journal-state.ts";
import type { PodName } from "../pods/pod-name.ts";
import type { RunPodContext } from "./context.ts";

/** Whose something rented is, and whether it may go on. */
export interface Judgement {
  owner: "this workbook" | "another workbook" | "not a workbook";
  stem: string | null;
  deadlineAt: Date | null;
  /** `unknown`: it depends on whether it answers, which nobody has asked yet. */
  verdict: "keep" | "end" | "unknown";
  /** Why, in a few words. */
  reason: string;
}

/**
 * Judges a pod or an endpoint by its marks, the journal and the clock.
 *
 * Wanted is what is ready and before its deadline, or not ready while its creator or somebody who waits for it lives.
 * What any workbook left past its deadline is to be ended; other workbooks' things are otherwise left alone, and what
 * is of no workbook always.
 */
export function judgeRental(
  context: Pick<RunPodContext, "workbookId" | "now" | "isAlive">,
  options: {
    /** `null`: it bears no workbook's marks. */
    marks: PodName | null;
    record: RentalRecord | undefined;
    /** Whether the journal can be trusted to name all that is ready. */
    isJournalWhole: boolean;
    /** Whether it answers; leave it out where nobody asked. */
    isHealthy?: boolean | undefined;
  },
): Judgement {
  const { marks, record } = options;
  if (marks === null) {
    return { owner: "not a workbook", stem: null, deadlineAt: null, verdict: "keep", reason: "not ours" };
  }
  const { stem, deadlineAt } = marks;
  const isPast = deadlineAt.getTime() <= context.now().getTime();
  const isOurs = marks.workbookId === context.workbookId;
  const owner = isOurs ? "this workbook" : "another workbook";
  const judged = (verdict: Judgement["verdict"], reason: string) =>
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
