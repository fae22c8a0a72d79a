import type { RunPodPod } from "../client/schemas.ts";
import type { JournalState } from "../journal/journal-state.ts";
import type { RunPodContext } from "../rental/context.ts";
import type { Judgement } from "../rental/judge-rental.ts";
import { judgePod } from "./judge-pod.ts";
import { describePod, type Pod } from "./pod.ts";
import { probeHealth } from "./probe-health.ts";

/** A pod of the account, whoever rented it, and what it is to this workbook. */
export interface ListedPod extends Omit<Pod, "deadlineAt" | "stem"> {
  /** PROVISIONING, STARTING, RUNNING, EXITED or ERROR. */
  status: string;
  owner: Judgement["owner"];
  isWanted: boolean;
  /** Why it is wanted or not. */
  reason: string;
  /** ISO time; `null` for pods of no workbook. */
  deadlineAt: string | null;
  /** Computed from its price and its age: an estimate, not a bill. */
  usdSoFar: number;
}

/** A pod of the account together with its judgement. */
export interface JudgedPod {
  pod: RunPodPod;
  judgement: Judgement;
}

/** Lists all pods of the account that have not ended, and says which this workbook wants. */
export async function listPods(
  context: RunPodContext,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<ListedPod[]> {
  const journal = context.journal.read();
  const judged = await judgePods(context, journal, options.signal);
  return judged.map((one) => toListed(context, journal, one));
}

/** Reads all pods and judges each; where the journal does not know one of ours, the pod itself is asked. */
export async function judgePods(
  context: RunPodContext,
  journal: JournalState,
  signal?: AbortSignal,
): Promise<JudgedPod[]> {
  const pods = await context.client.listPods({ signal });
  const judged: JudgedPod[] = [];
  for (const pod of pods) {
    if (pod.status === "TERMINATED") continue;
    judged.push({ pod, judgement: await judge(context, { pod, journal, signal }) });
  }
  return judged;
}

async function judge(
  context: RunPodContext,
  options: { pod: RunPodPod; journal: JournalState; signal: AbortSignal | undefined },
): Promise<Judgement> {
  const { pod, journal, signal } = options;
  const isJournalWhole = journal.unreadableLines === 0;
  const first = judgePod(context, { pod, record: undefined, isJournalWhole });
  const record = first.stem === null ? undefined : journal.pods.get(first.stem);
  const judgement = judgePod(context, { pod, record, isJournalWhole });
  if (judgement.verdict !== "unknown") return judgement;
  const isHealthy = (await probeHealth(context, pod.id, signal)).status === 200;
  return judgePod(context, { pod, record, isJournalWhole, isHealthy });
}

function toListed(context: RunPodContext, journal: JournalState, { pod, judgement }: JudgedPod): ListedPod {
  const record = judgement.stem === null ? undefined : journal.pods.get(judgement.stem);
  const { stem: _stem, ...described } = describePod(context, pod, record);
  const hours = (context.now().getTime() - new Date(pod.createdAt).getTime()) / 3_600_000;
  return {
    ...described,
    status: pod.status,
    owner: judgement.owner,
    isWanted: judgement.verdict !== "end",
    reason: judgement.reason,
    deadlineAt: judgement.deadlineAt?.toISOString() ?? null,
    usdSoFar: Math.max(0, hours) * pod.cost,
  };
}
