import { WorkbookError } from "../../errors.ts";
import { type JournalState, openRecords, type RentalRecord } from "../journal/journal-state.ts";
import { type JudgedPod, judgePods } from "../pods/list-pods.ts";
import { stillCosts } from "../pods/pod.ts";
import { closeStem, endPod, findPod } from "../pods/terminate-pod.ts";
import { isOwnKey, type RunPodContext } from "./context.ts";

/** What a sweep found, and what it did. */
export interface SweptPods {
  ended: { id: string; name: string; reason: string; usd: number | null }[];
  /** Pods of workbooks that go on, and pods of no workbook. */
  kept: { id: string; name: string; reason: string }[];
  /** What could not be cleared up; whole sentences. */
  problems: string[];
}

/** A call that rents a pod can take this long to show its effect. */
const lateCommitMs = 15 * 60_000;

/**
 * Ends what this workbook rented and nobody wants any more, and any workbook's pod that is past its deadline.
 *
 * It needs no journal: pods carry whose they are in their name and environment. Pods of no workbook are never touched.
 * With `dryRun` it only says what it would end; with `everything` it ends all of this workbook's pods, wanted or not.
 *
 * @throws WorkbookError where a pod that was to be ended still runs.
 */
export async function sweepPods(
  context: RunPodContext,
  options: { dryRun?: boolean; everything?: boolean; signal?: AbortSignal | undefined } = {},
): Promise<SweptPods> {
  const { dryRun = false, everything = false, signal } = options;
  const journal = context.journal.read();
  const judged = await judgePods(context, journal, signal);
  const swept: SweptPods = { ended: [], kept: [], problems: [] };
  const failures: unknown[] = [];
  for (const { pod, judgement } of judged) {
    const { id, name } = pod;
    const isEverything = everything && judgement.owner === "this workbook";
    if (judgement.verdict !== "end" && !isEverything) {
      swept.kept.push({ id, name, reason: judgement.reason });
      continue;
    }
    const reason = isEverything && judgement.verdict !== "end" ? "everything is to end" : judgement.reason;
    if (dryRun) {
      swept.ended.push({ id, name, reason, usd: null });
      continue;
    }
    try {
      const { usd } = await endPod(context, pod, { signal });
      swept.ended.push({ id, name, reason, usd });
    } catch (error) {
      // One pod that resists must not save the others.
      failures.push(error);
      swept.problems.push(stillCosts({ id, usdPerHour: pod.cost }));
    }
  }
  if (!dryRun) swept.problems.push(...(await settleJournal(context, { journal, judged, signal })));
  if (failures.length > 0) {
    throw new WorkbookError(`The sweep could not end ${failures.length} of the pods that nobody wants.`, {
      remedy: swept.problems.join(" "),
      cause: failures[0],
    });
  }
  return swept;
}

/** Closes the entries of pods that are gone; only this origin's answers count, with the key that rented them. */
async function settleJournal(
  context: RunPodContext,
  options: { journal: JournalState; judged: readonly JudgedPod[]; signal: AbortSignal | undefined },
): Promise<string[]> {
  const { journal, judged, signal } = options;
  const present = new Set(judged.map((one) => one.judgement.stem));
  const problems: string[] = [];
  for (const record of openRecords(journal)) {
    if (present.has(record.stem)) continue;
    if (!isOwnKey(context, record)) {
      problems.push(
        `The pod ${record.podId ?? record.stem} was rented with another RUNPOD_API_KEY, so whether it still runs is not known: set that key and sweep again.`,
      );
    } else if (record.podId !== null) {
      if ((await findPod(context, record.podId, signal)) === null) closeStem(context, record.stem, null);
    } else if (isTooOldToAppear(context, record)) {
      closeStem(context, record.stem, null);
    }
  }
  return problems;
}

/** Whether what was asked for so long ago, and never seen, will not appear any more. */
export function isTooOldToAppear(context: RunPodContext, record: RentalRecord): boolean {
  if (record.intendedAt === null) return true;
  const ageMs = context.now().getTime() - record.intendedAt.getTime();
  return ageMs > lateCommitMs && !record.waiters.some(context.isAlive);
}
