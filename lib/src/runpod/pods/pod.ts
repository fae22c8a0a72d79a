import { InputError } from "../../errors.ts";
import type { RunPodPod } from "../client/schemas.ts";
import type { PodRecord } from "../journal/journal-state.ts";
import { proxyAddress, type RunPodContext } from "../rental/context.ts";
import { readPodMarks } from "./pod-name.ts";

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

/** Describes a pod of a workbook from what the API and the journal know of it. */
export function describePod(context: RunPodContext, pod: RunPodPod, record: PodRecord | undefined): Pod {
  const marks = readPodMarks(pod);
  const createdAt = new Date(pod.createdAt);
  return {
    id: pod.id,
    name: pod.name,
    stem: marks?.stem ?? record?.stem ?? pod.name,
    model: record?.model ?? null,
    gpuTypeId: pod.gpu?.id ?? record?.gpuTypeId ?? null,
    gpuCount: pod.gpu?.count ?? record?.gpuCount ?? 1,
    usdPerHour: pod.cost,
    createdAt: createdAt.toISOString(),
    deadlineAt: (marks?.deadlineAt ?? record?.deadlineAt ?? createdAt).toISOString(),
    baseUrl: `${proxyAddress(context, pod.id)}/v1`,
  };
}

/** The id of a pod that was given whole or by its id. */
export function podIdOf(pod: PodOrId): string {
  const id = typeof pod === "string" ? pod : pod.id;
  if (typeof id === "string" && /^[\w-]+$/.test(id)) return id;
  throw new InputError("This is neither a pod nor the id of one.", {
    remedy: "Give what createPod() returned, or an id of the list that listPods() gives.",
  });
}

/** How a message names what a pod goes on to cost, and how to end it. */
export function stillCosts(pod: { id: string; usdPerHour: number | null }): string {
  const price = pod.usdPerHour === null ? "money" : `$${pod.usdPerHour.toFixed(2)} per hour`;
  return (
    `The pod ${pod.id} still costs ${price}: ` +
    `await terminatePod("${pod.id}") ends it, and so does \`npm run teardown\`.`
  );
}
