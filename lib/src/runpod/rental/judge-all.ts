import type { JournalState } from "../journal/journal-state.ts";
import { type ClockCheck, checkClock } from "./clock-check.ts";
import { isOwnKey, type RunPodContext } from "./context.ts";
import { findRental, looksUntilGone, msBetweenLooks } from "./find-rental.ts";
import { type Judgement, judgeRental, second } from "./judge-rental.ts";
import type { KnownRental, RentalKind, Rented } from "./rental-kind.ts";

/** A rental of the account, what the journal knows of it, and its judgement. */
export interface JudgedRental<Found extends Rented> {
  found: Found;
  record: KnownRental | undefined;
  judgement: Judgement;
}

/**
 * Reads all pods, or all endpoints, of the account and judges each.
 *
 * One that is on record and missing in the list is asked for itself. Where the journal does not know enough of one of
 * ours, the rental is asked whether it is up; where nobody can say so, the verdict stays `unknown`: others must be judged
 * all the same.
 */
export async function judgeAll<Found extends Rented>(
  context: RunPodContext,
  kind: RentalKind<Found>,
  options: { journal: JournalState; signal?: AbortSignal | undefined },
): Promise<JudgedRental<Found>[]> {
  const { journal, signal } = options;
  const records = kind.recordsOf(journal);
  const judge = (found: Found) => judgeAsked(context, kind, { found, records, signal });
  const listed = await kind.list(context.client, { signal });
  const judged: JudgedRental<Found>[] = [];
  for (const found of listed) judged.push(await judge(found));
  for (const { id, isEnded, ...record } of records) {
    if (id === null || isEnded || listed.some((one) => one.id === id)) continue;
    if (!isOwnKey(context, { isEnded, ...record })) continue;
    const found = await findRental(context, kind, id, { signal }).catch(() => null);
    if (found !== null) judged.push(await judge(found));
  }
  return withoutSeconds(judged);
}

/** Judges a rental, which is asked whether it is up where nothing else tells whether it is wanted. */
export async function judgeAsked<Found extends Rented>(
  context: RunPodContext,
  kind: RentalKind<Found>,
  options: { found: Found; records: readonly KnownRental[]; signal?: AbortSignal | undefined },
): Promise<JudgedRental<Found>> {
  const { found, signal } = options;
  // Of the answer that brought it.
  const clock = checkClock(context);
  const first = judgeFound(context, kind, { ...options, clock });
  const isUp = first.judgement.verdict === "unknown" ? await kind.isUp(context, found, signal) : undefined;
  return isUp === undefined ? first : judgeFound(context, kind, { ...options, clock, isUp });
}

/** Judges one rental by its labels and what is on record. */
function judgeFound<Found extends Rented>(
  context: RunPodContext,
  kind: RentalKind<Found>,
  options: { found: Found; records: readonly KnownRental[]; clock: ClockCheck; isUp?: boolean },
): JudgedRental<Found> {
  const { found, records, clock, isUp } = options;
  const labels = kind.readLabels(found);
  const record = records.find(
    ({ id, stem }) => stem === labels?.stem || (labels === null && id === found.id),
  );
  const judgement = judgeRental(context, { labels, record, id: found.id, clock, isUp });
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
 * One that does not answer, or is past its deadline by a clock that may be wrong, is asked several times.
 */
export async function judgeAgain<Found extends Rented>(
  context: RunPodContext,
  kind: RentalKind<Found>,
  options: { judged: JudgedRental<Found>; records: readonly KnownRental[]; signal?: AbortSignal | undefined },
): Promise<JudgedRental<Found>> {
  const { records, signal } = options;
  let { judged } = options;
  const { state } = judged.judgement;
  // Where the clocks differ, that of the API may be the odd one.
  const isDoubtful = state === "down" || (state === "past" && checkClock(context).state === "off");
  const looks = isDoubtful ? looksUntilGone : 1;
  for (let look = 1; look <= looks && judged.judgement.verdict === "end"; look++) {
    if (judged.judgement.state === "second") return judged;
    if (look > 1) await context.sleep(msBetweenLooks(context), signal);
    const found = await findRental(context, kind, judged.found.id, { signal }).catch(() => null);
    judged = await judgeAsked(context, kind, { found: found ?? judged.found, records, signal });
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
