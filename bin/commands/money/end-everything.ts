import { type SweptPods, sweepEndpoints, sweepPods, WorkbookError } from "workbook";
import { describeSwept } from "./describe-pods.ts";

type Sweep = (options: { everything: boolean }) => Promise<SweptPods>;

/** Ends all pods and endpoints of this workbook, wanted or not; a WorkbookError says which one is still there. */
export async function endEverything(
  sweeps: { sweepPods: Sweep; sweepEndpoints: Sweep } = { sweepPods, sweepEndpoints },
): Promise<SweptPods> {
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
  if (first === undefined || (second === undefined && swept.ended.length + swept.problems.length === 0))
    throw first;
  throw new WorkbookError(first.message, { remedy: second?.message ?? describeSwept(swept), cause: first });
}
