// What ends whatever a workbook has rented: its pods, and its serverless endpoints with their workers.

import * as workbook from "workbook";
import { describeSwept, nothingToEnd } from "./describe-pods.mjs";

/** @typedef {(options: { everything: boolean }) => Promise<import("workbook").SweptPods>} Sweep */

/**
 * Ends all pods and endpoints of this workbook, wanted or not, verifies it, and says what became of them.
 *
 * @param {{ sweepPods?: Sweep, sweepEndpoints?: Sweep }} [sweeps]
 * @throws WorkbookError where one is still there; what can be ended is ended first.
 */
export async function endEverything({
  sweepPods = workbook.sweepPods,
  sweepEndpoints = workbook.sweepEndpoints,
} = {}) {
  const outcomes = await Promise.allSettled([
    sweepPods({ everything: true }),
    sweepEndpoints({ everything: true }),
  ]);
  const swept = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
  const failures = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
  const said = describeSwept({
    ended: swept.flatMap(({ ended }) => ended),
    kept: [],
    problems: swept.flatMap(({ problems }) => problems),
  });
  const [first, second] = failures;
  if (first === undefined) return said;
  if (second === undefined && said === nothingToEnd) throw first;
  // A fault of ours goes on as it is, with its stack.
  const strange = failures.find((failure) => !(failure instanceof workbook.WorkbookError));
  if (strange !== undefined) throw strange;
  throw new workbook.WorkbookError(first.message, { remedy: second?.message ?? said, cause: first });
}
