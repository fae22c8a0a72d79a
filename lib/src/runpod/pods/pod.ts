import type { RunPodPod } from "../client/schemas.ts";
import type { JournalState } from "../journal/journal-state.ts";
import { proxyAddress, type RunPodContext } from "../rental/context.ts";
import { readPodLabels } from "./pod-kind.ts";

/** A pod of this workbook, as notebooks hold it; nothing of it is secret. */
export interface Pod {
  id: string;
  name: string;
  /** The part of the name that stays. */
  stem: string;
  /** The model that it is to serve; `null` where the journal was lost. */
  model: string | null;
  gpuTypeId: string | null;
  gpuCount: number;
  /** What the pod costs now, by the API's own word. */
  usdPerHour: number;
  /** ISO time. */
  createdAt: string;
  /** ISO time: then it ends, whatever it is doing. */
  deadlineAt: string;
  /** The address of its OpenAI API, up to `/v1`. */
  baseUrl: string;
}

/** A pod, or only its id: what the functions of a pod's life take. */
export type PodOrId = Pick<Pod, "id"> | string;

/** Makes what notebooks hold from what the API and the journal know of a pod. */
export function toPod(
  context: RunPodContext,
  pod: RunPodPod,
  journal: JournalState = context.journal.read(),
): Pod {
  const labels = readPodLabels(pod);
  const record = journal.pods.get(labels?.stem ?? "");
  const createdAt = new Date(pod.createdAt);
  return {
    id: pod.id,
    name: pod.name,
    stem: labels?.stem ?? pod.name,
    model: record?.model ?? null,
    gpuTypeId: pod.gpu?.id ?? record?.gpuTypeId ?? null,
    gpuCount: pod.gpu?.count ?? record?.gpuCount ?? 1,
    usdPerHour: pod.cost,
    createdAt: createdAt.toISOString(),
    deadlineAt: (labels?.deadlineAt ?? record?.deadlineAt ?? createdAt).toISOString(),
    baseUrl: `${proxyAddress(context, pod.id)}/v1`,
  };
}
