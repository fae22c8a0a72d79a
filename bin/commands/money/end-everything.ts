import { setTimeout as delay } from "node:timers/promises";
import { type SweptPods, sweepEndpoints, sweepPods, WorkbookError } from "workbook";
import { describeSwept } from "./describe-pods.ts";

type Sweep = (options: { everything: boolean }) => Promise<SweptPods>;

/** What tests give instead of the usual. */
export interface Surroundings {
  sleep?: (ms: number) => Promise<unknown>;
  say?: (text: string) => void;
}

/** For so long it is waited for what was just being rented, so that it can be ended; what comes later is named. */
const longestWaitMs = 20_000;
const msBetweenSweeps = 2_000;

/**
 * Ends all pods and endpoints of this workbook, wanted or not, and for a while what still comes of calls under way.
 *
 * @throws WorkbookError that says which one is still there.
 */
export async function endEverything(
  sweeps: { sweepPods: Sweep; sweepEndpoints: Sweep } = { sweepPods, sweepEndpoints },
  { sleep = delay, say = console.log }: Surroundings = {},
): Promise<SweptPods> {
  let swept = await sweepBoth(sweeps);
  if (swept.mayStillCome.length > 0) {
    say(
      `Something was being rented. Waiting for up to ${longestWaitMs / 1_000} s, to end it as soon as it is there.`,
    );
  }
  for (
    let waitedMs = 0;
    swept.mayStillCome.length > 0 && waitedMs < longestWaitMs;
    waitedMs += msBetweenSweeps
  ) {
    await sleep(msBetweenSweeps);
    const { ended } = swept;
    swept = await sweepBoth(sweeps);
    swept.ended.unshift(...ended);
  }
  return swept;
}

async function sweepBoth(sweeps: { sweepPods: Sweep; sweepEndpoints: Sweep }): Promise<SweptPods> {
  const outcomes = await Promise.allSettled([
    sweeps.sweepPods({ everything: true }),
    sweeps.sweepEndpoints({ everything: true }),
  ]);
  const all = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
  const failures: unknown[] = outcomes.flatMap((outcome) =>
    outcome.status === "rejected" ? [outcome.reason] : [],
  );
  const swept: SweptPods = {
    ended: all.flatMap(({ ended }) => ended),
    kept: all.flatMap(({ kept }) => kept),
    mayStillCome: all.flatMap(({ mayStillCome }) => mayStillCome),
    problems: all.flatMap(({ problems }) => problems),
  };
  if (failures.length === 0) return swept;
  // A fault of ours goes on as it is, with its stack.
  const strange = failures.find((failure) => !(failure instanceof WorkbookError));
  if (strange !== undefined) throw strange;
  const [first, second] = failures.filter((failure) => failure instanceof WorkbookError);
  const isAll = second === undefined && swept.ended.length + swept.problems.length === 0;
  if (first === undefined || isAll || first.message === second?.message) throw first;
  throw new WorkbookError(first.message, { remedy: second?.message ?? describeSwept(swept), cause: first });
}
