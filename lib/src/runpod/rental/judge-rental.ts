import type { RentalRecord } from "../journal/journal-state.ts";
import type { RunPodContext } from "./context.ts";
import type { RentalLabels } from "./rental-kind.ts";

/** Why a rental is wanted or not, for people. */
const reasons = {
  foreign: "not ours",
  past: "past its deadline",
  "another workbook's": "another workbook's",
  ended: "ended before, and still there",
  abandoned: "nobody waits for it",
  ready: "ready",
  starting: "being started",
  "left behind": "who started it has gone",
  unknown: "not in the journal",
  up: "answers",
  down: "not ready, and nobody waits for it",
} as const;

/** Whose something rented is, and whether it may go on. */
export interface Judgement {
  owner: "this workbook" | "another workbook" | "not a workbook";
  stem: string | null;
  deadlineAt: Date | null;
  /** `unknown`: it depends on whether it answers, which nobody has asked yet. */
  verdict: "keep" | "end" | "unknown";
  /** What it is to this workbook: the verdict follows from it. */
  state: keyof typeof reasons;
  /** The state, in a few words for people. */
  reason: string;
}

/**
 * Judges a pod or an endpoint by its labels, the journal and the clock.
 *
 * Wanted is what is ready and before its deadline, or not ready while its creator or somebody who waits for it lives.
 * What any workbook left past its deadline is to be ended; other workbooks' things are otherwise left alone, and what
 * is of no workbook always.
 */
export function judgeRental(
  context: Pick<RunPodContext, "workbookId" | "now" | "isAlive">,
  options: {
    /** `null`: it has no workbook's labels. */
    labels: RentalLabels | null;
    record: RentalRecord | undefined;
    /** Whether the journal can be trusted to name all that is ready. */
    isJournalWhole: boolean;
    /** Whether it answers; leave it out where nobody asked. */
    isUp?: boolean | undefined;
  },
): Judgement {
  const { labels, record, isJournalWhole, isUp } = options;
  if (labels === null) {
    const nobodys = { owner: "not a workbook", stem: null, deadlineAt: null } as const;
    return { ...nobodys, verdict: "keep", state: "foreign", reason: reasons.foreign };
  }
  const { stem, deadlineAt } = labels;
  const isPast = deadlineAt.getTime() <= context.now().getTime();
  const isOurs = labels.workbookId === context.workbookId;
  const owner = isOurs ? "this workbook" : "another workbook";
  const judged = (verdict: Judgement["verdict"], state: Judgement["state"]): Judgement => ({
    owner,
    stem,
    deadlineAt,
    verdict,
    state,
    reason: reasons[state],
  });
  if (isPast) return judged("end", "past");
  if (!isOurs) return judged("keep", "another workbook's");
  if (record?.isEnded === true) return judged("end", "ended");
  if (record?.isAbandoned === true) return judged("end", "abandoned");
  if (record?.isReady === true) return judged("keep", "ready");
  if (record?.waiters.some(context.isAlive) === true) return judged("keep", "starting");
  if (record !== undefined && isJournalWhole) return judged("end", "left behind");
  if (isUp === undefined) return judged("unknown", "unknown");
  return isUp ? judged("keep", "up") : judged("end", "down");
}
