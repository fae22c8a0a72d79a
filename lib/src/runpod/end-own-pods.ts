import type { RunPodContext } from "./context.ts";
import { listPods } from "./list-pods.ts";
import { type EndedPod, terminatePod } from "./terminate-pod.ts";

/** What came of ending all pods of this workbook. */
export interface EndedPods {
  ended: EndedPod[];
  /** Pods that could not be ended, each with the reason: they still cost money. */
  failed: { id: string; usdPerHour: number; reason: string }[];
}

/**
 * Ends every pod that this workbook rented, wanted or not, and reads back that none is left; others are not touched.
 *
 * One that cannot be ended does not keep it from the rest.
 *
 * @throws RunPodError where the pods cannot even be listed.
 */
export async function endOwnPods(context: RunPodContext): Promise<EndedPods> {
  const result: EndedPods = { ended: [], failed: [] };
  const own = (await listPods(context)).filter((pod) => pod.owner === "this workbook");
  for (const { id, usdPerHour } of own) {
    try {
      result.ended.push(await terminatePod(context, id));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      result.failed.push({ id, usdPerHour, reason });
    }
  }
  return result;
}
