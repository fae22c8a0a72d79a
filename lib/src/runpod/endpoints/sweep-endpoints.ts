import { WorkbookError } from "../../errors.ts";
import { type JournalState, openEndpointRecords } from "../journal/journal-state.ts";
import { closeStem } from "../pods/terminate-pod.ts";
import { isOwnKey, type RunPodContext } from "../rental/context.ts";
import { isTooOldToAppear, type SweptPods } from "../rental/sweep-rentals.ts";
import { endEndpoint, findEndpoint } from "./delete-endpoint.ts";
import { type JudgedEndpoint, judgeEndpoints } from "./list-endpoints.ts";
import { mayStillCost } from "./serverless-endpoint.ts";

/**
 * Deletes this workbook's endpoints that nobody wants any more, and any workbook's that is past its deadline.
 *
 * It needs no journal: endpoints carry whose they are in their name and environment. Endpoints of no workbook are never
 * touched. With `dryRun` it only says what it would delete; with `everything` it deletes all of this workbook's.
 *
 * @throws WorkbookError where an endpoint that was to be deleted is still there.
 */
export async function sweepEndpoints(
  context: RunPodContext,
  options: { dryRun?: boolean; everything?: boolean; signal?: AbortSignal | undefined } = {},
): Promise<SweptPods> {
  const { dryRun = false, everything = false, signal } = options;
  const journal = context.journal.read();
  const judged = await judgeEndpoints(context, journal, signal);
  const swept: SweptPods = { ended: [], kept: [], problems: [] };
  const failures: unknown[] = [];
  for (const { endpoint, judgement } of judged) {
    const { id, name } = endpoint;
    const isUnwanted = judgement.verdict === "end";
    if (!isUnwanted && !(everything && judgement.owner === "this workbook")) {
      swept.kept.push({ id, name, reason: judgement.reason });
      continue;
    }
    const reason = isUnwanted ? judgement.reason : "everything is to end";
    try {
      const usd = dryRun ? null : (await endEndpoint(context, endpoint, { signal })).usd;
      swept.ended.push({ id, name, reason, usd });
    } catch (error) {
      // One endpoint that resists must not save the others.
      failures.push(error);
      const maxUsdPerHour = journal.endpoints.get(judgement.stem ?? "")?.maxUsdPerHour ?? null;
      swept.problems.push(mayStillCost({ id, maxUsdPerHour }));
    }
  }
  if (!dryRun) swept.problems.push(...(await settleJournal(context, { journal, judged, signal })));
  if (failures.length > 0) {
    throw new WorkbookError(
      `The sweep could not delete ${failures.length} of the endpoints that nobody wants.`,
      {
        remedy: swept.problems.join(" "),
        cause: failures[0],
      },
    );
  }
  return swept;
}

/** Closes the entries of endpoints that are gone; only answers to the key that made them count. */
async function settleJournal(
  context: RunPodContext,
  options: { journal: JournalState; judged: readonly JudgedEndpoint[]; signal: AbortSignal | undefined },
): Promise<string[]> {
  const { journal, judged, signal } = options;
  const present = new Set(judged.map(({ judgement }) => judgement.stem));
  const problems: string[] = [];
  for (const record of openEndpointRecords(journal)) {
    const { stem, endpointId } = record;
    if (present.has(stem)) continue;
    if (!isOwnKey(context, record)) {
      problems.push(
        `The endpoint ${endpointId ?? stem} was made with another RUNPOD_API_KEY, so whether it is still there is not known: set that key and sweep again.`,
      );
    } else if (endpointId !== null) {
      if ((await findEndpoint(context, endpointId, signal)) === null) closeStem(context, stem, null);
    } else if (isTooOldToAppear(context, record)) {
      closeStem(context, stem, null);
    }
  }
  return problems;
}
