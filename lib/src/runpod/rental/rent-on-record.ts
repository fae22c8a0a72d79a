import { RunPodError } from "../client/runpod-error.ts";
import type { NewJournalEntry } from "../journal/journal-entries.ts";
import { reserve } from "./budget.ts";
import { checkClock, describeWrongClock } from "./clock-check.ts";
import type { RunPodContext } from "./context.ts";
import { endRental } from "./end-rental.ts";
import { looksUntilGone, msBetweenLooks } from "./find-rental.ts";
import { armWatchdog } from "./open-runpod.ts";
import type { CreateRentalError, FailedCandidate } from "./rental-errors.ts";
import { describeRentalCost, type RentalKind, type Rented } from "./rental-kind.ts";

/** Makes the call that rents, once; returns what was rented, or the refusal after which certainly nothing was. */
export type PlaceOrder<Found> = (
  call: () => Promise<Found>,
  attempts?: readonly FailedCandidate[],
) => Promise<{ found: Found } | { refusal: RunPodError }>;

/** What is rented, and how. */
export interface RentalOrder<Found extends Rented, Result> {
  /** Goes on record before anything is ordered. */
  intent: Extract<NewJournalEntry, { kind: "intent" | "endpoint-intent" }>;
  /** After so many minutes without work its watchdog ends it; `null`: never. */
  idleMinutes: number | null;
  /** Said where no watchdog could be started. */
  withoutWatchdog: string;
  /** Orders until something is rented, or throws; `created` goes on record for it. */
  choose(place: PlaceOrder<Found>): Promise<{ found: Found; created: NewJournalEntry }>;
  /** Why it must not be kept, if it must not. */
  judge(found: Found): CreateRentalError | null;
  /** What the caller gets. */
  describe(found: Found): Result;
  signal: AbortSignal;
}

const lookDelaysMs = [0, 1_000, 3_000, 6_000];

/**
 * Rents a pod or an endpoint: its intent is on disk before the call that costs money, and a watchdog runs.
 *
 * What must not be kept, or came about while the caller was interrupted, is ended at once.
 *
 * @throws BudgetError where it could cost more than the budget has left; JournalError where nothing can be put on
 *   record; the kind's CreateError, also where this machine's clock is
 *   wrong; or what `choose` throws.
 */
export async function rentOnRecord<Found extends Rented, Result>(
  context: RunPodContext,
  kind: RentalKind<Found>,
  order: RentalOrder<Found, Result>,
): Promise<Result> {
  const { intent, idleMinutes, signal } = order;
  const { stem } = intent;
  const { noun, one, rented, list, end } = kind.words;
  requireRightClock(context, kind);
  await reserve(context, { entry: intent, what: `this ${noun}`, signal });
  let mayBeThere = false;
  const place: PlaceOrder<Found> = async (call, attempts = []) => {
    if (signal.aborted) {
      throw new kind.CreateError(`Creating the ${noun} was interrupted before anything was ${rented}.`, {
        attempts,
        remedy: "Run the cell again when you want it.",
      });
    }
    mayBeThere = true;
    let problem = "Runpod's answer names another one.";
    let cause: unknown;
    try {
      const found = await call();
      if (kind.readLabels(found)?.stem === stem) return { found };
    } catch (error) {
      if (!(error instanceof RunPodError)) throw error;
      if (!error.mayHaveHappened) {
        mayBeThere = false;
        return { refusal: error };
      }
      problem = error.problemText;
      cause = error;
    }
    const found = await lookUp(context, kind, stem);
    if (found !== undefined) return { found };
    throw new kind.CreateError(`Whether ${one} was ${rented} is not known: ${problem}`, {
      attempts,
      remedy:
        `No ${noun} of that name is listed so far; if one appears later, it is ${end === "end" ? "ended" : "deleted"} by the next command. ` +
        `Look with ${list}() in a minute, then try again.`,
      cause,
    });
  };
  try {
    if (!armWatchdog(context, { stem, idleMinutes })) context.say(order.withoutWatchdog);
    return await keepOrEnd(context, kind, { ...(await order.choose(place)), order });
  } catch (error) {
    giveUp(context, { stem, mayBeThere });
    throw error;
  }
}

/** Throws where this machine's clock is wrong: the deadline would be as wrong. */
function requireRightClock<Found extends Rented>(
  context: RunPodContext,
  { words, CreateError }: RentalKind<Found>,
): void {
  const clock = checkClock(context);
  const { noun, rented } = words;
  if (clock.state === "off") {
    throw new CreateError(`No ${noun} was ${rented}, since its deadline would be wrong.`, {
      remedy: `${describeWrongClock(clock)} Then try again.`,
    });
  }
  if (clock.state === "agrees") return;
  context.say(
    `Runpod's answer did not give the time, so this machine's clock could not be checked: the ${noun} ends at its deadline by this clock, ${context.now().toISOString()} now.`,
  );
}

/** Looks for what a call may have rented. Not with the caller's signal: an interrupted call must still find it. */
async function lookUp<Found extends Rented>(
  context: RunPodContext,
  kind: RentalKind<Found>,
  stem: string,
): Promise<Found | undefined> {
  for (const delayMs of lookDelaysMs) {
    if (delayMs > 0) await context.sleep(delayMs);
    // A list that fails is no answer: the next look may have one.
    const all = await kind.list(context.client).catch(() => []);
    const found = all.find((one) => kind.readLabels(one)?.stem === stem);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Puts on record what was just rented, and ends it at once where it must not go on. */
async function keepOrEnd<Found extends Rented, Result>(
  context: RunPodContext,
  kind: RentalKind<Found>,
  options: { found: Found; created: NewJournalEntry; order: RentalOrder<Found, Result> },
): Promise<Result> {
  const { found, created, order } = options;
  const { noun, rented } = kind.words;
  const refuse = (message: string, remedy: string, cause?: unknown) =>
    new kind.CreateError(message, { remedy, cause });
  const record = (): CreateRentalError | null => {
    try {
      context.journal.append(created);
      return null;
    } catch (cause) {
      const message = `The ${noun} was ${rented} but could not be written into the journal, so it was not kept.`;
      return refuse(message, "Give the state folder write permission or free space.", cause);
    }
  };
  const unrecorded = record();
  await endOthers(context, kind, { found, stem: order.intent.stem, signal: order.signal });
  let problem = unrecorded ?? order.judge(found);
  if (problem === null && order.signal.aborted) {
    const message = `Creating the ${noun} was interrupted, so it was not kept.`;
    problem = refuse(message, "Run the cell again when you want it.");
  }
  if (problem === null) {
    try {
      return order.describe(found);
    } catch (cause) {
      const remedy = cause instanceof Error ? cause.message : String(cause);
      problem = refuse(`The ${noun} cannot be called safely, so it was not kept.`, remedy, cause);
    }
  }
  try {
    await endRental(context, kind, found);
  } catch (cause) {
    throw new kind.CreateError(
      `${problem.problemText} The workbook tried to end it at once, but that failed.`,
      {
        attempts: problem.attempts,
        remedy: describeRentalCost(context, kind, { id: found.id, found }),
        cause,
      },
    );
  }
  throw problem;
}

/** Ends what else bears the name: something on the way may have repeated the call that rents, and the second come late. */
async function endOthers<Found extends Rented>(
  context: RunPodContext,
  kind: RentalKind<Found>,
  { found, stem, signal }: { found: Found; stem: string; signal: AbortSignal },
): Promise<void> {
  for (let looks = 1; ; looks++) {
    // A list that fails is no answer; the watchdog looks as well.
    const all = await kind.list(context.client).catch(() => []);
    for (const other of all) {
      if (other.id === found.id || kind.readLabels(other)?.stem !== stem) continue;
      await endRental(context, kind, other).catch(() =>
        context.say(describeRentalCost(context, kind, { id: other.id, found: other })),
      );
    }
    if (looks === looksUntilGone) return;
    await context.sleep(msBetweenLooks(context), signal);
  }
}

/** Closes an intent of which nothing came; what may still come of another one is nobody's, so the next sweep ends it. */
function giveUp(context: RunPodContext, { stem, mayBeThere }: { stem: string; mayBeThere: boolean }): void {
  try {
    context.journal.append(mayBeThere ? { kind: "abandoned", stem } : { kind: "ended", stem, usd: 0 });
  } catch {
    // The disk has failed meanwhile. The error on its way says what matters, and the rental's name says the rest.
  }
}
