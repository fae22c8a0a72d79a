import type { JournalState } from "../journal/journal-state.ts";
import type { RunPodContext } from "./context.ts";
import { type Judgement, judgeRental } from "./judge-rental.ts";
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
 * Where the journal does not know one of ours, the rental itself is asked; where nobody can say whether it is up, the
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
  const isJournalWhole = journal.unreadableLines === 0;
  return { found, record, judgement: judgeRental(context, { labels, record, isJournalWhole, isUp }) };
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
