import { dirname } from "node:path";
import { WorkbookError } from "../../errors.ts";
import { makeStateFolder, releaseLock, takeLock } from "../../files/index.ts";
import { sayIfSimulated } from "../../words/index.ts";
import { type CountedMoney, countMoney } from "../journal/count-money.ts";
import { JournalError } from "../journal/journal.ts";
import type { NewJournalEntry } from "../journal/journal-entries.ts";
import type { RunPodContext } from "./context.ts";
import { type AccountOptions, openRunPod } from "./open-runpod.ts";
import { settleBills } from "./settle-bills.ts";

/** What a budget has left, in dollars over the journal's lifetime. */
export interface Budget extends CountedMoney {
  /** `WORKBOOK_MAX_USD`; `null`: no such limit was set. */
  budgetUsd: number | null;
  /** Never below 0; `null` without a limit, or where the journal does not say what something may cost. */
  leftUsd: number | null;
  /** Whether a rehearsal made the sums up. */
  isSimulated: boolean;
}

/** Something was not rented, or not extended, since all rentals together could cost more than the budget. */
export class BudgetError extends WorkbookError {
  override name = "BudgetError";
  readonly budgetUsd: number;
  readonly spentUsd: number;
  /** At most by what runs, without what was refused. */
  readonly boundUsd: number;
  /** At most by what was refused; `null` where the journal does not say enough for any sum. */
  readonly addedUsd: number | null;

  constructor(
    message: string,
    options: { remedy: string; budgetUsd: number; money: CountedMoney; addedUsd: number | null },
  ) {
    super(message, options);
    this.budgetUsd = options.budgetUsd;
    this.spentUsd = options.money.spentUsd;
    this.boundUsd = options.money.boundUsd;
    this.addedUsd = options.addedUsd;
  }
}

/** Says what all rentals of this workbook have cost, what those that run can still cost, and what the budget has left. */
export async function readBudget(options: AccountOptions = {}): Promise<Budget> {
  const context = await openRunPod(options);
  await settleBills(context, options);
  const state = context.journal.read();
  const money = countMoney(state, context.now());
  const { maxUsd: budgetUsd } = context;
  const isSure = money.unknown.length === 0 && state.unreadableLines.length === 0;
  const leftUsd =
    budgetUsd === null || !isSure ? null : Math.max(0, budgetUsd - money.spentUsd - money.boundUsd);
  return { ...money, budgetUsd, leftUsd, isSimulated: context.target === "rehearsal" };
}

const longestWaitMs = 10_000;
const msBetweenTries = 50;

/**
 * Puts on record what raises the worst case, if the budget has room for it; of several processes at once, one at a time.
 *
 * @throws BudgetError where it has none, JournalError where nothing can be put on record.
 */
export async function reserve(
  context: RunPodContext,
  options: { entry: NewJournalEntry; what: string; signal?: AbortSignal | undefined },
): Promise<void> {
  const { entry, what, signal } = options;
  const { journal } = context;
  const append = () => journal.append(entry);
  if (context.maxUsd === null) return append();
  const tryOnce = () =>
    holdLock(context, { signal }, () => {
      const problem = findBudgetProblem(context, what, entry);
      if (problem === null) append();
      return problem;
    });
  const problem = await tryOnce();
  if (problem === null) return;
  // Bills that have become final may be smaller than what was counted for them.
  const isSettled = await settleBills(context, { signal });
  const after = isSettled ? await tryOnce() : problem;
  if (after !== null) throw after;
}

/** Why the budget has no room for what runs and for an entry that is about to be written; `null`: it has, or there is none. */
export function findBudgetProblem(
  context: RunPodContext,
  what: string,
  entry?: NewJournalEntry,
): BudgetError | null {
  const { maxUsd: budgetUsd, journal, target } = context;
  if (budgetUsd === null) return null;
  const [state, now] = [journal.read(), context.now()];
  const money = countMoney(state, now);
  const lines = state.unreadableLines;
  const problemText = `The budget of ${usd(budgetUsd)} (WORKBOOK_MAX_USD)`;
  if (lines.length > 0 || money.unknown.length > 0) {
    const [first = lines.join(", ")] = money.unknown;
    const why =
      lines.length > 0
        ? `${lines.length === 1 ? "line" : "lines"} ${lines.slice(0, 10).join(", ")} of ${journal.path} cannot be read`
        : `${journal.path} does not say what ${money.unknown.slice(0, 10).join(", ")} can cost`;
    return new BudgetError(`${problemText} cannot be kept: ${why}, so ${what} was refused.`, {
      remedy:
        lines.length > 0
          ? "When nothing of this workbook runs any more (`npm run teardown` sees to it), take what cannot be read out of that file."
          : `When nothing of this workbook runs any more (\`npm run teardown\` sees to it), take the lines that name ${first} out of that file, or take WORKBOOK_MAX_USD out of your settings.`,
      ...{ budgetUsd, money, addedUsd: null },
    });
  }
  const after = entry === undefined ? money : countMoney(journal.read(entry), now);
  const totalUsd = after.spentUsd + after.boundUsd;
  if (totalUsd <= budgetUsd) return null;
  const addedUsd = totalUsd - money.spentUsd - money.boundUsd;
  const added = entry === undefined ? "" : ` and ${usd(addedUsd)} at most for ${what}`;
  return new BudgetError(
    `${problemText} does not cover ${what}: ${usd(money.spentUsd)} for what has ended, ` +
      `${usd(money.boundUsd)} at most for what runs or is being ordered${added} make ${usd(totalUsd)}${sayIfSimulated(target === "rehearsal")}.`,
    {
      remedy:
        "End what you do not need (`npm run pods` shows what counts), take a shorter time or a cheaper GPU, or raise WORKBOOK_MAX_USD.",
      ...{ budgetUsd, money, addedUsd },
    },
  );
}

/** Four digits, since the sums of a budget may differ by less than a cent. */
function usd(amount: number): string {
  return `$${amount.toFixed(4).replace(/00$/, "")}`;
}

/** Does some work while no other process of this workbook orders anything. */
async function holdLock<Result>(
  { journal, sleep }: RunPodContext,
  { signal }: { signal?: AbortSignal | undefined },
  work: () => Result,
): Promise<Result> {
  const path = `${journal.path}.lock`;
  for (let waitedMs = 0; ; waitedMs += msBetweenTries) {
    const holder = take(path);
    if (holder === null) break;
    if (waitedMs >= longestWaitMs) {
      throw new JournalError(`Another process of this workbook (process ${holder.pid}) holds ${path}.`, {
        remedy: "It is ordering something: try again in a moment. If that process hangs, end it.",
      });
    }
    await sleep(msBetweenTries, signal);
  }
  try {
    return work();
  } finally {
    releaseLock(path);
  }
}

function take(path: string) {
  try {
    makeStateFolder(dirname(path));
    return takeLock(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new JournalError(`The lock ${path} cannot be written: ${reason}.`, {
      remedy: "Give its folder write permission or free space; nothing is rented without it.",
      cause,
    });
  }
}
