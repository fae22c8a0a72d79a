import { connect } from "node:net";
import { isLoopbackUrl, type RunPodPod } from "../client/index.ts";
import type { PodRecord } from "../journal/index.ts";
import type { RunPodContext } from "./context.ts";
import { createIdleWatch } from "./idle-watch.ts";
import { judgePod } from "./judge-pod.ts";
import { readPodMarks } from "./pod-name.ts";
import { closeStem, endPod } from "./terminate-pod.ts";

/** After this long without an answer from the API there is nothing left to watch. */
const longestSilenceMs = 48 * 3_600_000;
const lateCommitMs = 15 * 60_000;
/** Between two looks a notebook may take up waiting for a pod again, so one look is not enough. */
const looksUntilUnwanted = 3;

/** Why a watchdog has ended. */
export type WatchOutcome = "ended the pod" | "the pod is gone" | "never appeared" | "the API is gone";

/**
 * Watches one pod until it is gone: ends it at its deadline, when nobody wants it any more, or when it has been idle for
 * too long.
 */
export async function watchPod(
  context: RunPodContext,
  options: { stem: string; idleMinutes: number | null; intervalMs: number },
): Promise<WatchOutcome> {
  const { stem, idleMinutes, intervalMs } = options;
  const idleWatch = idleMinutes === null ? null : createIdleWatch(context, { idleMinutes });
  const isLoopback = isLoopbackUrl(context.connection.apiUrl);
  let unwantedLooks = 0;
  let lastAnswerAt = context.now().getTime();
  for (; ; await context.sleep(intervalMs)) {
    try {
      if (isLoopback && (await refusesConnections(context.connection.apiUrl))) return "the API is gone";
      const record = context.journal.read().pods.get(stem);
      if (record === undefined || record.isEnded) return "the pod is gone";
      // A rehearsal ends when nobody has called it for a while: its watchdog calls only when there is something to do.
      if (isLoopback && idleWatch === null && !isDue(context, record)) continue;
      const pod = await findByStem(context, stem);
      lastAnswerAt = context.now().getTime();
      if (pod === null) {
        const outcome = judgeAbsence(context, record);
        if (outcome !== null) return outcome;
        continue;
      }
      const verdict = judge(context, pod);
      unwantedLooks = verdict === "unwanted" ? unwantedLooks + 1 : 0;
      const isIdle = idleWatch !== null && (await idleWatch.isIdleTooLong(pod));
      if (verdict === "past its deadline" || unwantedLooks >= looksUntilUnwanted || isIdle) {
        await endPod(context, pod);
        return "ended the pod";
      }
    } catch {
      // The network may be away for a while, and so may the disk; the pod is not.
      if (context.now().getTime() - lastAnswerAt > longestSilenceMs) return "the API is gone";
    }
  }
}

/** Whether the journal alone says that the pod should end now. */
function isDue(context: RunPodContext, record: PodRecord): boolean {
  if (record.isAbandoned) return true;
  if ((record.deadlineAt?.getTime() ?? 0) <= context.now().getTime()) return true;
  return !record.isReady && !record.waiters.some(context.isAlive);
}

async function findByStem(context: RunPodContext, stem: string): Promise<RunPodPod | null> {
  const pods = await context.client.listPods();
  const found = pods.find((pod) => pod.status !== "TERMINATED" && readPodMarks(pod)?.stem === stem);
  return found ?? null;
}

function judge(context: RunPodContext, pod: RunPodPod): "wanted" | "unwanted" | "past its deadline" {
  const journal = context.journal.read();
  const marks = readPodMarks(pod);
  if (marks === null) return "wanted";
  if (marks.deadlineAt.getTime() <= context.now().getTime()) return "past its deadline";
  const record = journal.pods.get(marks.stem);
  const isJournalWhole = journal.unreadableLines === 0;
  return judgePod(context, { pod, record, isJournalWhole }).verdict === "end" ? "unwanted" : "wanted";
}

function judgeAbsence(context: RunPodContext, record: PodRecord): WatchOutcome | null {
  if (record.podId !== null) {
    closeStem(context, record.stem, null);
    return "the pod is gone";
  }
  // What was asked for may still come.
  const ageMs = context.now().getTime() - (record.intendedAt?.getTime() ?? 0);
  return ageMs > lateCommitMs ? "never appeared" : null;
}

/** A stand-in that has closed took its pods along. Nothing is asked of it: only whether somebody listens. */
async function refusesConnections(apiUrl: string): Promise<boolean> {
  const { hostname, port } = new URL(apiUrl);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) });
    socket.once("connect", () => {
      socket.destroy();
      resolve(false);
    });
    socket.once("error", (error) => resolve("code" in error && error.code === "ECONNREFUSED"));
  });
}
