import { WorkbookError } from "../../errors.ts";
import type { JournalState } from "../journal/journal-state.ts";
import { checkClock, describeWrongClock } from "./clock-check.ts";
import { isOwnKey, type RunPodContext } from "./context.ts";
import { describeDamage } from "./describe-damage.ts";
import { endRental, recordEnd } from "./end-rental.ts";
import { findByStem, findRental } from "./find-rental.ts";
import { type JudgedRental, judgeAgain, judgeAll } from "./judge-all.ts";
import { type Coming, mayAppearUntil } from "./list-coming.ts";
import { describeRentalCost, type RentalKind, type Rented } from "./rental-kind.ts";

/** Which rentals a sweep ends. */
export interface SweepOptions {
  /** Only say which; default `false`. */
  dryRun?: boolean | undefined;
  /** Also those of this workbook that are wanted; default `false`. */
  everything?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

/** What a sweep of pods or of endpoints found, and what it did. */
export interface SweptPods {
  ended: { id: string; name: string; reason: string; usd: number | null; isSimulated: boolean }[];
  /** What workbooks rented and goes on, and what no workbook rented. */
  kept: { id: string; name: string; reason: string }[];
  mayStillCome: Coming[];
  /** What could not be cleared up; whole sentences. */
  problems: string[];
}

/**
 * Ends what this workbook rented and nobody wants any more, and any workbook's that is past its deadline.
 *
 * What no workbook rented is never touched.
 *
 * @throws WorkbookError where one that was to be ended is still there.
 */
export async function sweepRentals<Found extends Rented>(
  context: RunPodContext,
  kind: RentalKind<Found>,
  options: SweepOptions = {},
): Promise<SweptPods> {
  const { dryRun = false, everything = false, signal } = options;
  const journal = context.journal.read();
  const judged = await judgeAll(context, kind, { journal, signal });
  const swept: SweptPods = { ended: [], kept: [], mayStillCome: [], problems: [] };
  const failures: unknown[] = [];
  const records = kind.recordsOf(journal);
  const wrongClock = describeWrongClock(checkClock(context));
  if (wrongClock !== "") {
    swept.problems.push(
      `${wrongClock} Until then the ${kind.words.noun}s of other workbooks are left alone.`,
    );
  }
  const damage = describeDamage(context, kind, journal);
  if (damage !== "") swept.problems.push(damage);
  for (const first of judged) {
    const isMeant = everything && first.judgement.owner === "this workbook";
    const { found, judgement } = isMeant
      ? first
      : await judgeAgain(context, kind, { judged: first, records, signal });
    const { id, name } = found;
    const isUnwanted = judgement.verdict === "end";
    if (!isUnwanted && !isMeant) {
      swept.kept.push({ id, name, reason: judgement.reason });
      continue;
    }
    const reason = isUnwanted ? judgement.reason : "everything is to end";
    try {
      const usd = dryRun ? null : (await endRental(context, kind, found, { signal })).usd;
      swept.ended.push({ id, name, reason, usd, isSimulated: context.target === "rehearsal" });
    } catch (error) {
      // If one cannot be ended, still end the others.
      failures.push(error);
      swept.problems.push(describeRentalCost(context, kind, { id, found }));
    }
  }
  const { problems, mayStillCome } = await closeRecords(context, kind, { journal, judged, dryRun, signal });
  swept.problems.push(...problems);
  swept.mayStillCome.push(...mayStillCome);
  if (failures.length === 0) return swept;
  const { noun, end } = kind.words;
  throw new WorkbookError(
    `${failures.length} of the ${noun}s that nobody needs could not be ${end === "end" ? "ended" : "deleted"}.`,
    { remedy: swept.problems.join(" "), cause: failures[0] },
  );
}

/** Closes the records of rentals that are gone; only this origin's answers count, with the key that rented them. */
async function closeRecords<Found extends Rented>(
  context: RunPodContext,
  kind: RentalKind<Found>,
  options: {
    journal: JournalState;
    judged: JudgedRental<Found>[];
    dryRun: boolean;
    signal: AbortSignal | undefined;
  },
): Promise<Pick<SweptPods, "problems" | "mayStillCome">> {
  const { journal, judged, dryRun } = options;
  const { noun, rented } = kind.words;
  const present = new Set(judged.map(({ judgement }) => judgement.stem));
  const left: Pick<SweptPods, "problems" | "mayStillCome"> = { problems: [], mayStillCome: [] };
  for (const record of kind.recordsOf(journal)) {
    const { id, stem } = record;
    if (record.isEnded || present.has(stem)) continue;
    if (!isOwnKey(context, record)) {
      left.problems.push(
        `The ${noun} ${id ?? stem} was ${rented} with another RUNPOD_API_KEY, so whether it is still there is not known: set that key and sweep again.`,
      );
      continue;
    }
    const until = id === null ? mayAppearUntil(context, record) : null;
    if (until !== null) left.mayStillCome.push({ stem, until: until.toISOString() });
    if (until !== null || dryRun) continue;
    const ask =
      id === null ? findByStem(context, kind, stem, options) : findRental(context, kind, id, options);
    if ((await ask) === null) recordEnd(context, kind, { id, stem });
  }
  return left;
}
