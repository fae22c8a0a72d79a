import { WorkbookError } from "../../errors.ts";
import { isNotFound } from "../client/runpod-error.ts";
import { isOwnKey, type RunPodContext } from "./context.ts";
import { findRental } from "./find-rental.ts";
import { describeRentalCost, findRecord, type RentalKind, type Rented, requireOwn } from "./rental-kind.ts";

/** What became of a pod or an endpoint. */
export interface EndedRental {
  id: string;
  /** It was not there any more. */
  wasGone: boolean;
  /** What it cost in dollars, as billed so far; Runpod adds the last minutes later. `null`: nothing has been billed yet. */
  usd: number | null;
  /** Whether a rehearsal made the bill up. */
  isSimulated: boolean;
}

const checkDelaysMs = [0, 250, 500, 1_000, 2_000, 4_000, 4_000, 4_000, 4_000, 10_000];

/**
 * Ends a rental of this workbook for good, reads back that it is gone, and says what it cost; one that is gone is no error.
 *
 * @throws WorkbookError where it is still there afterwards, InputError for one that this workbook did not rent.
 */
export async function endRentalById<Found extends Rented>(
  context: RunPodContext,
  kind: RentalKind<Found>,
  id: string,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<EndedRental> {
  const { noun, rented, end } = kind.words;
  const find = async () =>
    (await findRental(context, kind, id, options)) ??
    // What a list still shows is tried.
    (await kind.list(context.client, options)).find((one) => one.id === id) ??
    null;
  const found = await find().catch((cause: unknown) => {
    throw notEnded(context, kind, { id, cause });
  });
  if (found !== null) {
    const where = end === "end" ? "End it where it was rented" : "Delete it where it was made";
    requireOwn(context, kind, { found, remedy: `${where}, or in Runpod's console.` });
    return endRental(context, kind, found, options);
  }
  const record = findRecord(context, kind, id);
  // With the key of another account everything looks gone.
  if (record !== undefined && !record.isEnded && !isOwnKey(context, record)) {
    throw new WorkbookError(
      `The ${noun} ${id} cannot be found with this RUNPOD_API_KEY; it was ${rented} with another one.`,
      {
        remedy: `Set the key that ${rented} it and try again, or see in Runpod's console of that account that it is gone.`,
      },
    );
  }
  const usd = await kind.readBill(context.client, id, { since: undefined }).catch(() => null);
  if (record !== undefined) recordEnd(context, kind, { id, stem: record.stem, usd });
  return { id, wasGone: true, usd, isSimulated: context.target === "rehearsal" };
}

/** Ends a rental that has been judged, whoever rented it, and reads back that it is gone. */
export async function endRental<Found extends Rented>(
  context: RunPodContext,
  kind: RentalKind<Found>,
  found: Found,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<EndedRental> {
  const { id } = found;
  const isThere = async () => (await findRental(context, kind, id, options)) !== null;
  try {
    await kind.remove(context.client, id, options);
  } catch (cause) {
    // A call that failed may have had its effect all the same; if it had none, it still costs money.
    const isLeft = !isNotFound(cause) && (await isThere().catch(() => true));
    if (isLeft) throw notEnded(context, kind, { id, found, cause });
  }
  await waitUntilGone(context, kind, { found, isThere, signal: options.signal });
  // That the bill cannot be read must not make what has ended look as if it were still there.
  const since = new Date(found.createdAt);
  const usd = await kind.readBill(context.client, id, { since }).catch(() => null);
  const stem = kind.readLabels(found)?.stem;
  if (stem !== undefined) recordEnd(context, kind, { id, stem, usd, isFoundGone: false });
  return { id, wasGone: false, usd, isSimulated: context.target === "rehearsal" };
}

/** Puts on record that a rental has ended, where the disk takes it; unless told otherwise, that it was found gone. */
export function recordEnd<Found extends Rented>(
  context: RunPodContext,
  kind: RentalKind<Found>,
  options: { id: string | null; stem: string; usd?: number | null; isFoundGone?: boolean },
): void {
  const { id, stem, usd = null, isFoundGone = true } = options;
  try {
    const record = kind.recordsOf(context.journal.read()).find((one) => one.stem === stem);
    if (record === undefined || record.isEnded) return;
    // The end of a second one of its name is not its end.
    // A bill of nothing is none so soon: of an order without an answer it would say that nothing came of it.
    if (record.id === null || record.id === id)
      context.journal.append({ kind: "ended", stem, usd: usd || null, isFoundGone });
  } catch {
    // What is gone must not look as if it were still there. The next sweep finds it gone, and closes its entry then.
  }
}

async function waitUntilGone<Found extends Rented>(
  context: RunPodContext,
  kind: RentalKind<Found>,
  options: { found: Found; isThere: () => Promise<boolean>; signal: AbortSignal | undefined },
): Promise<void> {
  const { found, isThere, signal } = options;
  for (const delayMs of checkDelaysMs) {
    if (delayMs > 0) await context.sleep(delayMs, signal);
    if (!(await isThere())) return;
  }
  const cost = describeRentalCost(context, kind, { id: found.id, found });
  throw new WorkbookError(
    `Runpod accepted the order to end the ${kind.words.noun} ${found.id}, but it is still there.`,
    { remedy: `${cost} If that fails again, end it at https://console.runpod.io.` },
  );
}

/** The error for a rental that could not be ended; it still costs money. */
function notEnded<Found extends Rented>(
  context: RunPodContext,
  kind: RentalKind<Found>,
  { id, found, cause }: { id: string; found?: Found; cause: unknown },
): unknown {
  if (!(cause instanceof WorkbookError)) return cause;
  return new WorkbookError(`The ${kind.words.noun} ${id} could not be ended. ${cause.problemText}`, {
    remedy: `${cause.remedy} ${describeRentalCost(context, kind, { id, found })}`,
    cause,
  });
}
