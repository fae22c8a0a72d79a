import type { JournalState, RentalRecord } from "../journal/journal-state.ts";
import type { RunPodContext } from "./context.ts";
import type { KnownRental, RentalKind, RentalLabels, Rented } from "./rental-kind.ts";

/** A rental of the account, what the journal knows of it, and its judgement. */
export interface JudgedRental<Found extends Rented> {
  found: Found;
  record: KnownRental | undefined;
  judgement: Judgement;
}

/**
 * Reads all pods, or all endpoints, of the account and judges each.
 *
 * Where the journal does not know enough of one of ours, the rental itself is asked; where nobody can say whether it is up, the
 * verdict stays `unknown`: others must be judged all the same.
 */
export async function judgeAll<Found extends Rented>(
  context: RunPodContext,
  kind: RentalKind<Found>,
  options: { journal: JournalState; signal?: AbortSignal | undefined },
): Promise<JudgedRental<Found>[]> {
  const { journal, signal } = options;
  const judged: JudgedRental<Found>[] = [];
  for (const found of await kind.list(context.client, { signal })) {
    const first = judgeFound(context, kind, { found, journal });
    const isOpen = first.judgement.verdict === "unknown";
    const isUp = isOpen ? await kind.isUp(context, found, signal) : undefined;
    judged.push(isUp === undefined ? first : judgeFound(context, kind, { found, journal, isUp }));
  }
  return judged;
}

/** Judges one rental by its labels and the journal. */
export function judgeFound<Found extends Rented>(
  context: RunPodContext,
  kind: RentalKind<Found>,
  options: { found: Found; journal: JournalState; isUp?: boolean },
): JudgedRental<Found> {
  const { found, journal, isUp } = options;
  const labels = kind.readLabels(found);
  const record = kind.recordsOf(journal).find(({ stem }) => stem === labels?.stem);
  return { found, record, judgement: judgeRental(context, { labels, record, isUp }) };
}

/** What a list says of each rental, whatever it is. */
export interface ListedRental {
  owner: Judgement["owner"];
  isWanted: boolean;
  /** Why it is wanted or not. */
  reason: string;
  /** ISO time; `null` for what no workbook rented. */
  deadlineAt: string | null;
}

/** Says whose a rental is, whether it is wanted and why, and until when it may stay. */
export function toListedRental({ owner, verdict, reason, deadlineAt }: Judgement): ListedRental {
  return { owner, isWanted: verdict !== "end", reason, deadlineAt: deadlineAt?.toISOString() ?? null };
}

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
function judgeRental(
  context: Pick<RunPodContext, "workbookId" | "now" | "isAlive">,
  options: {
    /** `null`: it has no workbook's labels. */
    labels: RentalLabels | null;
    record: RentalRecord | undefined;
    /** Whether it answers; leave it out where nobody asked. */
    isUp?: boolean | undefined;
  },
): Judgement {
  const { labels, record, isUp } = options;
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
  if (record?.isDoubtful === false) return judged("end", "left behind");
  if (isUp === undefined) return judged("unknown", "unknown");
  return isUp ? judged("keep", "up") : judged("end", "down");
}
