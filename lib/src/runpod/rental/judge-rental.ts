import type { RentalRecord } from "../journal/rental-records.ts";
import type { ClockCheck } from "./clock-check.ts";
import type { RunPodContext } from "./context.ts";
import type { KnownRental, RentalLabels } from "./rental-kind.ts";

/** Why a rental is wanted or not, for people. */
const reasons = {
  foreign: "not ours",
  past: "past its deadline",
  "another workbook's": "another workbook's",
  ended: "ended before, and still there",
  abandoned: "nobody waits for it",
  ready: "ready",
  starting: "being started",
  "left behind": "the process that started it has ended",
  unknown: "not in the journal",
  up: "answers",
  down: "not ready or never used, and nobody waits for it",
  second: "a second one of its name",
} as const;
export const second = { verdict: "end", state: "second", reason: reasons.second } as const;

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
 * Judges a pod or an endpoint by its labels, the journal and the clock of the API.
 *
 * Wanted is what is ready and before its deadline, or not ready while its creator or somebody who waits for it lives.
 * What another workbook left past its deadline is to be ended where this machine's clock agrees with the API's; other
 * workbooks' things are otherwise left alone, and what is of no workbook always.
 */
export function judgeRental(
  context: Pick<RunPodContext, "workbookId" | "isAlive">,
  options: {
    id: string;
    /** `null`: it has no workbook's labels. */
    labels: RentalLabels | null;
    record: KnownRental | undefined;
    clock: ClockCheck;
    /** Whether it answers; leave it out where nobody asked. */
    isUp?: boolean | undefined;
  },
): Judgement {
  const { id, record, clock, isUp } = options;
  const labels = options.labels ?? labelsOnRecord(context, record);
  if (labels === null) {
    const nobodys = { owner: "not a workbook", stem: null, deadlineAt: null } as const;
    return { ...nobodys, verdict: "keep", state: "foreign", reason: reasons.foreign };
  }
  const { stem } = labels;
  const isOurs = labels.workbookId === context.workbookId;
  const deadlineAt = isOurs ? latestDeadline(labels, record) : labels.deadlineAt;
  const isPast = deadlineAt <= clock.now;
  const judged = (verdict: Judgement["verdict"], state: Judgement["state"]): Judgement => ({
    owner: isOurs ? "this workbook" : "another workbook",
    stem,
    deadlineAt,
    verdict,
    state,
    reason: reasons[state],
  });
  if (!isOurs) {
    return isPast && clock.state === "agrees" ? judged("end", "past") : judged("keep", "another workbook's");
  }
  if (isPast) return judged("end", "past");
  if (record?.isEnded === true) return judged("end", "ended");
  if (record?.isAbandoned === true) return judged("end", "abandoned");
  if (record !== undefined && record.id !== null && record.id !== id)
    return judged(second.verdict, second.state);
  if (record?.isReady === true) return judged("keep", "ready");
  if (record?.waiters.some(context.isAlive) === true) return judged("keep", "starting");
  // A journal that was lost and begun anew does not say who has waited, or that it is ready.
  if (record?.isDoubtful === false) return judged("end", "left behind");
  if (isUp === undefined) return judged("unknown", "unknown");
  return isUp ? judged("keep", "up") : judged("end", "down");
}

/** What the journal says of one whose name was changed by somebody. */
function labelsOnRecord(
  { workbookId }: Pick<RunPodContext, "workbookId">,
  record: KnownRental | undefined,
): RentalLabels | null {
  if (record === undefined || record.deadlineAt === null) return null;
  return { workbookId, stem: record.stem, deadlineAt: record.deadlineAt };
}

/** A list may lag behind an extension that the journal knows. */
export function latestDeadline(
  { deadlineAt }: RentalLabels,
  record: Pick<RentalRecord, "deadlineAt"> | undefined,
): Date {
  const onRecord = record?.deadlineAt ?? deadlineAt;
  return onRecord > deadlineAt ? onRecord : deadlineAt;
}
