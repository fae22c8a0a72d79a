import type { JournalState, RentalRecord } from "../journal/journal-state.ts";
import { type ClockCheck, checkClock } from "./clock-check.ts";
import { isOwnKey, type RunPodContext } from "./context.ts";
import {
  findRental,
  type KnownRental,
  looksUntilGone,
  msBetweenLooks,
  type RentalKind,
  type RentalLabels,
  type Rented,
} from "./rental-kind.ts";

/** A rental of the account, what the journal knows of it, and its judgement. */
export interface JudgedRental<Found extends Rented> {
  found: Found;
  record: KnownRental | undefined;
  judgement: Judgement;
}

/** What the journal says of all pods, or all endpoints. */
export interface Known {
  records: readonly KnownRental[];
  /** Whether the records can be trusted to name all that is ready. */
  isWhole: boolean;
}

/** Picks one kind's records out of a journal. */
export function knownBy<Found extends Rented>(
  { recordsOf }: RentalKind<Found>,
  journal: JournalState,
): Known {
  return { records: recordsOf(journal), isWhole: journal.unreadableLines === 0 };
}

/**
 * Reads all pods, or all endpoints, of the account and judges each.
 *
 * One that is on record and missing in the list is asked for itself. Where the journal does not know one of ours, the
 * rental is asked whether it is up; where nobody can say so, the verdict stays `unknown`: others must be judged all the
 * same.
 */
export async function judgeAll<Found extends Rented>(
  context: RunPodContext,
  kind: RentalKind<Found>,
  options: { journal: JournalState; signal?: AbortSignal | undefined },
): Promise<JudgedRental<Found>[]> {
  const { journal, signal } = options;
  const known = knownBy(kind, journal);
  const judge = (found: Found) => judgeAsked(context, kind, { found, known, signal });
  const listed = await kind.list(context.client, { signal });
  const judged: JudgedRental<Found>[] = [];
  for (const found of listed) judged.push(await judge(found));
  for (const { id, isEnded, ...record } of known.records) {
    if (id === null || isEnded || listed.some((one) => one.id === id)) continue;
    if (!isOwnKey(context, { isEnded, ...record })) continue;
    const found = await findRental(context, kind, id, { signal }).catch(() => null);
    if (found !== null) judged.push(await judge(found));
  }
  return withoutSeconds(judged);
}

/** Judges a rental, which is asked whether it is up where nothing else tells whether it is wanted. */
async function judgeAsked<Found extends Rented>(
  context: RunPodContext,
  kind: RentalKind<Found>,
  options: { found: Found; known: Known; signal: AbortSignal | undefined },
): Promise<JudgedRental<Found>> {
  const { found, signal } = options;
  // Of the answer that brought it.
  const clock = checkClock(context);
  const first = judgeFound(context, kind, { ...options, clock });
  const isUp = first.judgement.verdict === "unknown" ? await kind.isUp(context, found, signal) : undefined;
  return isUp === undefined ? first : judgeFound(context, kind, { ...options, clock, isUp });
}

/** Judges one rental by its labels and what is on record. */
export function judgeFound<Found extends Rented>(
  context: RunPodContext,
  kind: RentalKind<Found>,
  options: { found: Found; known: Known; clock: ClockCheck; isUp?: boolean },
): JudgedRental<Found> {
  const { found, known, clock, isUp } = options;
  const labels = kind.readLabels(found);
  const record = known.records.find(
    ({ id, stem }) => stem === labels?.stem || (labels === null && id === found.id),
  );
  const judgement = judgeRental(context, {
    labels,
    record,
    id: found.id,
    isWhole: known.isWhole,
    clock,
    isUp,
  });
  return { found, record, judgement };
}

/** Of several with one name of which none is on record, the oldest stays: a call that rents was repeated on its way. */
function withoutSeconds<Found extends Rented>(judged: JudgedRental<Found>[]): JudgedRental<Found>[] {
  const kept = judged.filter(({ record, judgement }) => {
    const { owner, verdict, state } = judgement;
    return (
      owner === "this workbook" && verdict === "keep" && state !== "starting" && (record?.id ?? null) === null
    );
  });
  const byAge = kept.toSorted(
    (one, other) =>
      Date.parse(one.found.createdAt) - Date.parse(other.found.createdAt) ||
      (one.found.id < other.found.id ? -1 : 1),
  );
  return judged.map((one) => {
    const first = byAge.find(({ judgement }) => judgement.stem === one.judgement.stem);
    const isSecond = kept.includes(one) && first !== one;
    return isSecond ? { ...one, judgement: { ...one.judgement, ...second } } : one;
  });
}

/**
 * Judges one that is to be ended again, by its own answer: one odd answer must end nothing.
 *
 * One that does not answer is asked several times.
 */
export async function judgeAgain<Found extends Rented>(
  context: RunPodContext,
  kind: RentalKind<Found>,
  options: { judged: JudgedRental<Found>; known: Known; signal?: AbortSignal | undefined },
): Promise<JudgedRental<Found>> {
  const { known, signal } = options;
  let { judged } = options;
  const looks = judged.judgement.state === "down" ? looksUntilGone : 1;
  for (let look = 1; look <= looks && judged.judgement.verdict === "end"; look++) {
    if (judged.judgement.state === "second") return judged;
    if (look > 1) await context.sleep(msBetweenLooks(context), signal);
    const found = await findRental(context, kind, judged.found.id, { signal }).catch(() => null);
    judged = await judgeAsked(context, kind, { found: found ?? judged.found, known, signal });
  }
  return judged;
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
  second: "a second one of its name",
} as const;
const second = { verdict: "end", state: "second", reason: reasons.second } as const;

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
function judgeRental(
  context: Pick<RunPodContext, "workbookId" | "isAlive">,
  options: {
    id: string;
    /** `null`: it has no workbook's labels. */
    labels: RentalLabels | null;
    record: KnownRental | undefined;
    isWhole: boolean;
    clock: ClockCheck;
    /** Whether it answers; leave it out where nobody asked. */
    isUp?: boolean | undefined;
  },
): Judgement {
  const { id, record, isWhole, clock, isUp } = options;
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
  if (record !== undefined && record.intendedAt !== null && isWhole) return judged("end", "left behind");
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
