import { connectEndpoint, type Endpoint } from "../../endpoint/index.ts";
import { readTextWithin } from "../../network/index.ts";
import { hideSecretArguments, sayIfSimulated } from "../../words/index.ts";
import type { RunPodPod } from "../client/schemas.ts";
import type { JournalState } from "../journal/journal-state.ts";
import { proxyAddress, type RunPodContext } from "../rental/context.ts";
import {
  type LabelForm,
  notReady,
  type RentalKind,
  type RentalLabels,
  readLabels,
} from "../rental/rental-kind.ts";
import { probeHealth } from "./call-without-key.ts";
import { CreatePodError, PodNotReadyError } from "./pod-errors.ts";

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
  /** Whether a rehearsal made it up, with its price. */
  isSimulated: boolean;
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
    isSimulated: context.target === "rehearsal",
  };
}

/** How a pod carries its labels. */
export const podLabelForm: LabelForm = {
  name: /^(workbook-([0-9a-f]{10})-[0-9a-z]{6})-(\d{8}T\d{6}Z)$/,
  stemVariable: "WORKBOOK_POD",
};

/** Reads the labels of a pod; `null`: no workbook's. */
export function readPodLabels(pod: Pick<RunPodPod, "name" | "env">): RentalLabels | null {
  return readLabels(pod, podLabelForm);
}

const hasEnded = (pod: RunPodPod) => pod.status === "TERMINATED";

/** What is special to pods. */
export const podKind: RentalKind<RunPodPod> = {
  words: {
    noun: "pod",
    one: "a pod",
    rented: "rented",
    end: "end",
    create: "createPod",
    list: "listPods",
  },
  readLabels: readPodLabels,
  recordsOf: ({ pods }) => [...pods.values()].map((record) => ({ ...record, id: record.podId })),
  async list(client, options) {
    return (await client.listPods(options)).filter((pod) => !hasEnded(pod));
  },
  async get(client, id, options) {
    const pod = await client.getPod(id, options);
    return hasEnded(pod) ? null : pod;
  },
  remove: (client, id, options) => client.deletePod(id, options),
  readBill: (client, id, options) => client.podBilling(id, options),
  async isUp(context, pod, signal) {
    if ((await probeHealth(context, pod.id, signal)).status !== 200) return false;
    // Whoever waits until a pod is ready has a first token from it: one without any became ready for nobody.
    const page = await readMetrics(context, pod);
    return page === null || sumOf(page, countersOfWork) !== 0;
  },
  usdPerHourOf: ({ cost }) => (Number.isNaN(cost) ? null : cost),
  describeCost({ id, usdPerHour, isSimulated }) {
    const price = usdPerHour === null ? "money" : `$${usdPerHour.toFixed(2)} per hour`;
    return `The pod ${id} still costs ${price}${sayIfSimulated(isSimulated)}: await terminatePod("${id}") ends it, and so does \`npm run teardown\`.`;
  },
  watchIdleness,
  CreateError: CreatePodError,
  NotReadyError: PodNotReadyError,
};

/**
 * Opens the OpenAI API of a pod that answers, with the key that stands in the pod's own environment.
 *
 * That key is visible to the account's owner only, and kept nowhere else.
 *
 * @throws EndpointError where it does not answer as it should, PodNotReadyError where the pod has no key of its own.
 */
export async function connectPod(
  context: RunPodContext,
  options: { pod: RunPodPod; model: string | null },
): Promise<Endpoint> {
  const { pod, model } = options;
  const apiKey = pod.env?.["VLLM_API_KEY"];
  if (apiKey === undefined || apiKey === "") {
    const message = `The pod ${pod.id} has no key of its own, so this workbook did not start it.`;
    const remedy = "Create one with createPod().";
    throw notReady(context, podKind, message, { found: pod, problem: "key-refused", remedy });
  }
  const journal = context.journal.read();
  const { stem, gpuTypeId: name, gpuCount: count, usdPerHour } = toPod(context, pod, journal);
  const links = count === 1 ? {} : { peerToPeer: journal.pods.get(stem)?.peerToPeer ?? "unknown" };
  const isRehearsal = context.target === "rehearsal";
  return connectEndpoint({
    baseUrl: `${proxyAddress(context, pod.id)}/v1`,
    apiKey,
    model: model ?? undefined,
    origin: isRehearsal ? "rehearsal" : "pod",
    gpu: isRehearsal || name === null ? null : { name, count, usdPerHour, ...links },
    // A rehearsed pod runs nothing of what it was asked for.
    startedWith: isRehearsal
      ? undefined
      : { image: pod.image ?? null, arguments: pod.cmd ? hideSecretArguments(pod.cmd, [apiKey]) : null },
    fetch: context.fetch,
  });
}

const countersOfWork = ["vllm:prompt_tokens_total", "vllm:generation_tokens_total"];
const gaugesOfWork = ["vllm:num_requests_running", "vllm:num_requests_waiting"];

/**
 * Tells at each look whether a pod has had nothing to do since the one before: no request, and no token.
 *
 * A pod whose counters cannot be read is not idle: it may still be starting.
 */
function watchIdleness(context: RunPodContext): (pod: RunPodPod) => Promise<boolean> {
  let tokens: number | null = null;
  return async (pod) => {
    const page = await readMetrics(context, pod);
    const total = page === null ? null : sumOf(page, countersOfWork);
    const isWorking = page === null || (sumOf(page, gaugesOfWork) ?? 0) > 0;
    const isIdle = !isWorking && total === tokens;
    tokens = total;
    return isIdle;
  };
}

async function readMetrics(context: RunPodContext, pod: RunPodPod): Promise<string | null> {
  const key = pod.env?.["VLLM_API_KEY"];
  if (key === undefined) return null;
  try {
    const response = await context.fetch(`${proxyAddress(context, pod.id)}/metrics`, {
      headers: { authorization: `Bearer ${key}` },
      redirect: "error",
      signal: AbortSignal.timeout(10_000),
    });
    return response.ok ? await readTextWithin(response) : null;
  } catch {
    return null;
  }
}

/** Adds up the samples of the named metrics; `null` where the page has none of them. */
function sumOf(page: string, names: readonly string[]): number | null {
  let sum: number | null = null;
  for (const line of page.split("\n")) {
    const [, name = "", value = ""] = /^([\w:]+)(?:\{.*\})? (\S+)/.exec(line) ?? [];
    if (names.includes(name)) sum = (sum ?? 0) + Number(value);
  }
  return sum;
}
