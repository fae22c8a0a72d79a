import { showWaiting } from "../../show/index.ts";
import { checkClock } from "../rental/clock-check.ts";
import { describeDamage } from "../rental/describe-damage.ts";
import { judgeAll, type ListedRental, toListedRental } from "../rental/judge-all.ts";
import { type AccountOptions, openRunPod } from "../rental/open-runpod.ts";
import { type Pod, podKind, toPod } from "./pod.ts";

/** A pod of the account, whoever rented it, and what it is to this workbook. */
export interface ListedPod extends Omit<Pod, "deadlineAt" | "stem">, ListedRental {
  /** PROVISIONING, STARTING, RUNNING, EXITED or ERROR. */
  status: string;
  /** Computed from its price and its age: an estimate, not a bill. */
  usdSoFar: number;
}

/** Lists all pods of the account that have not ended, whoever rented them, and says which this workbook wants. */
export async function listPods(options: AccountOptions = {}): Promise<ListedPod[]> {
  const context = await openRunPod(options);
  const journal = context.journal.read();
  const judged = await showWaiting("Asking Runpod for its pods", () =>
    judgeAll(context, podKind, { journal, signal: options.signal }),
  );
  const damage = describeDamage(context, podKind, journal);
  if (damage !== "") context.say(damage);
  const { now } = checkClock(context);
  return judged.map(({ found, judgement }) => {
    const { stem: _stem, ...pod } = toPod(context, found, journal);
    const hours = (now.getTime() - new Date(found.createdAt).getTime()) / 3_600_000;
    return {
      ...pod,
      ...toListedRental(judgement),
      status: found.status,
      usdSoFar: Math.max(0, hours) * found.cost,
    };
  });
}
