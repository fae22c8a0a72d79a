// What ends whatever a workbook has rented: its pods, and its serverless endpoints with their workers.

import { sweepEndpoints, sweepPods } from "workbook";
import { describeSwept } from "./describe-pods.mjs";

/**
 * Ends all pods and endpoints of this workbook, wanted or not, verifies it, and says what became of them.
 *
 * @throws WorkbookError where one is still there; what can be ended is ended first.
 */
export async function endEverything() {
  const [pods, endpoints] = await Promise.allSettled([
    sweepPods({ everything: true }),
    sweepEndpoints({ everything: true }),
  ]);
  if (pods.status === "rejected") throw pods.reason;
  if (endpoints.status === "rejected") throw endpoints.reason;
  return describeSwept({
    ended: [...pods.value.ended, ...endpoints.value.ended],
    kept: [],
    problems: [...pods.value.problems, ...endpoints.value.problems],
  });
}
