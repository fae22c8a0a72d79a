import type { RunPodPod } from "../client/schemas.ts";
import type { RentalKind } from "../rental/rental-kind.ts";
import { type LabelForm, type RentalLabels, readLabels } from "../rental/rental-labels.ts";
import { probeHealth } from "./call-without-key.ts";
import { CreatePodError, PodNotReadyError } from "./pod-errors.ts";
import { watchIdleness } from "./watch-idleness.ts";

/** How a pod carries its labels. */
export const podLabelForm: LabelForm = {
  name: /^(workbook-([0-9a-f]{10})-[0-9a-z]{6})-(\d{8}T\d{6}Z)$/,
  stemVariable: "WORKBOOK_POD",
};

/** Reads whose pod it is and until when it may run, from its name or else its environment; `null`: no workbook's. */
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
  isUp: async (context, pod, signal) => (await probeHealth(context, pod.id, signal)).status === 200,
  usdPerHourOf: (pod) => pod.cost,
  describeCost({ id, usdPerHour }) {
    const price = usdPerHour === null ? "money" : `$${usdPerHour.toFixed(2)} per hour`;
    return `The pod ${id} still costs ${price}: await terminatePod("${id}") ends it, and so does \`npm run teardown\`.`;
  },
  watchIdleness,
  CreateError: CreatePodError,
  NotReadyError: PodNotReadyError,
};
