import { WorkbookError } from "../../errors.ts";
import type { JournalState, RentalRecord } from "../journal/journal-state.ts";
import { isOwnKey, type RunPodContext } from "./context.ts";
import { endRental, recordEnd } from "./end-rental.ts";
import { type JudgedRental, judgeAll } from "./judge-all.ts";
import { describeRentalCost, findRental, lateEffectMs, type RentalKind, type Rented } from "./rental-kind.ts";

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
  ended: { id: string; name: string; reason: string; usd: number | null }[];
  /** What workbooks rented and goes on, and what no workbook rented. */
  kept: { id: string; name: string; reason: string }[];
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
  const swept: SweptPods = { ended: [], kept: [], problems: [] };
  const failures: unknown[] = [];
  for (const { found, judgement } of judged) {
    const { id, name } = found;
    const isUnwanted = judgement.verdict === "end";
    if (!isUnwanted && !(everything && judgement.owner === "this workbook")) {
      swept.kept.push({ id, name, reason: judgement.reason });
      continue;
    }
    const reason = isUnwanted ? judgement.reason : "everything is to end";
    try {
      const usd = dryRun ? null : (await endRental(context, kind, found, { signal })).usd;
      swept.ended.push({ id, name, reason, usd });
    } catch (error) {
      // If one cannot be ended, still end the others.
      failures.push(error);
      swept.problems.push(describeRentalCost(context, kind, { id, found }));
    }
  }
  if (!dryRun) swept.problems.push(...(await closeRecords(context, kind, { journal, judged, signal })));
  if (failures.length === 0) return swept;
  const { noun, end } = kind.words;
  throw new WorkbookError(
    `The sweep could not ${end} ${failures.length} of the ${noun}s that nobody wants.`,
    { remedy: swept.problems.join(" "), cause: failures[0] },
  );
}

/** Closes the records of rentals that are gone; only this origin's answers count, with the key that rented them. */
async function closeRecords<Found extends Rented>(
  context: RunPodContext,
  kind: RentalKind<Found>,
  options: { journal: JournalState; judged: JudgedRental<Found>[]; signal: AbortSignal | undefined },
): Promise<string[]> {
  const { noun, rented } = kind.words;
  const present = new Set(options.judged.map(({ judgement }) => judgement.stem));
  const problems: string[] = [];
  for (const record of kind.recordsOf(options.journal)) {
    const { id, stem } = record;
    if (record.isEnded || present.has(stem)) continue;
    if (!isOwnKey(context, record)) {
      problems.push(
        `The ${noun} ${id ?? stem} was ${rented} with another RUNPOD_API_KEY, so whether it is still there is not known: set that key and sweep again.`,
      );
      continue;
    }
    const isGone =
      id === null
        ? isTooOldToAppear(context, record)
        : (await findRental(context, kind, id, options)) === null;
    if (isGone) recordEnd(context, stem, null);
  }
  return problems;
}

/** Whether what was asked for so long ago, and never seen, will not appear any more. */
function isTooOldToAppear(context: RunPodContext, record: RentalRecord): boolean {
  if (record.intendedAt === null) return true;
  const ageMs = context.now().getTime() - record.intendedAt.getTime();
  return ageMs > lateEffectMs && !record.waiters.some(context.isAlive);
}
