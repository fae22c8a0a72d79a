import type { RunPodPod } from "../client/schemas.ts";
import type { RunPodContext } from "../rental/context.ts";
import { CreatePodError } from "./create-pod-error.ts";
import { describePod, type Pod, stillCosts } from "./pod.ts";
import { endPod } from "./terminate-pod.ts";

/**
 * Puts a pod that was just rented on record, and ends it at once where it must not go on.
 *
 * @throws CreatePodError where it costs more than the ceiling, cannot be put on record, or was interrupted.
 */
export async function acceptPod(
  context: RunPodContext,
  options: {
    pod: RunPodPod;
    stem: string;
    gpuTypeId: string;
    hasStartScript: boolean;
    /** Dollars per hour. */
    ceiling: number;
    signal: AbortSignal;
  },
): Promise<Pod> {
  const { pod, stem } = options;
  const problem = record(context, options) ?? judge(options);
  if (problem === null) return describePod(context, pod, context.journal.read().pods.get(stem));
  try {
    await endPod(context, pod);
  } catch (cause) {
    const { problemText, attempts } = problem;
    throw new CreatePodError(`${problemText} It was told to end, but that did not work.`, {
      attempts,
      remedy: stillCosts({ id: pod.id, usdPerHour: pod.cost }),
      cause,
    });
  }
  throw problem;
}

function record(
  context: RunPodContext,
  options: { pod: RunPodPod; stem: string; gpuTypeId: string; hasStartScript: boolean },
): CreatePodError | null {
  const { pod, stem, gpuTypeId, hasStartScript } = options;
  try {
    const created = { kind: "created", podId: pod.id, usdPerHour: pod.cost } as const;
    context.journal.append({ ...created, stem, gpuTypeId, hasStartScript });
    return null;
  } catch (cause) {
    return new CreatePodError("The pod was rented but could not be put on record, so it was not kept.", {
      attempts: [],
      remedy: "Give the state folder write permission or free space.",
      cause,
    });
  }
}

function judge(options: {
  pod: RunPodPod;
  gpuTypeId: string;
  ceiling: number;
  signal: AbortSignal;
}): CreatePodError | null {
  const { pod, gpuTypeId, ceiling, signal } = options;
  if (pod.cost > ceiling) {
    const price = `$${pod.cost.toFixed(3)} per hour, which is above the ceiling of $${ceiling.toFixed(2)}`;
    return new CreatePodError(`The pod that was rented costs ${price}, so it was not kept.`, {
      attempts: [{ gpuTypeId, reason: `the pod cost ${price}` }],
      remedy: "Raise the ceiling, or plan with a cheaper GPU.",
    });
  }
  if (!signal.aborted) return null;
  return new CreatePodError("Renting the pod was interrupted, so the pod was not kept.", {
    attempts: [],
    remedy: "Run the cell again when you want it.",
  });
}
