import type { Endpoint } from "../../endpoint/index.ts";
import { InputError, WorkbookError } from "../../errors.ts";
import { interruptible } from "../../kernel/index.ts";
import type { Progress } from "../../show/index.ts";
import { RunPodError } from "../client/runpod-error.ts";
import type { RunPodPod } from "../client/schemas.ts";
import type { PodRecord } from "../journal/journal-state.ts";
import { describeOpenDoors, findOpenDoors } from "../pods/open-routes.ts";
import { type PodOrId, podIdOf } from "../pods/pod.ts";
import { readPodMarks } from "../pods/pod-name.ts";
import { notReady, PodNotReadyError, podGone } from "../pods/pod-not-ready-error.ts";
import { probeHealth } from "../pods/probe-health.ts";
import { closeStem, findPod } from "../pods/terminate-pod.ts";
import type { RunPodContext } from "./context.ts";
import { diagnoseLog } from "./diagnose-log.ts";
import { followLog, type LogFollower } from "./follow-log.ts";
import { requireTimeout } from "./require-timeout.ts";
import { tryFirstChat } from "./try-first-chat.ts";

const defaultTimeoutMinutes = 30;

interface Wait {
  podId: string;
  stem: string;
  record: PodRecord | undefined;
  log: LogFollower;
  progress: Progress;
  startedAtMs: number;
  /** The time-out or the pod's deadline, whichever comes first, in milliseconds since 1970. */
  endsAtMs: number;
  signal: AbortSignal;
}

/**
 * Waits until a pod serves its model, and opens its endpoint.
 *
 * Ready is a pod whose `/health` answers, which lists the planned model and has answered a chat of one token; then its
 * routes are tried without the key, and open ones are reported. It gives up early where the log says why it never will.
 *
 * @throws PodNotReadyError that says why, what to do, that the pod still costs money, and how to end it.
 */
export async function waitUntilReady(
  context: RunPodContext,
  pod: PodOrId,
  options: { timeoutMinutes?: number; signal?: AbortSignal | undefined } = {},
): Promise<Endpoint> {
  const { timeoutMinutes = defaultTimeoutMinutes } = options;
  requireTimeout(timeoutMinutes);
  const podId = podIdOf(pod);
  return interruptible(
    async (signal) => {
      try {
        return await wait(context, { podId, timeoutMinutes, signal });
      } catch (error) {
        throw explain(context, { podId, error, isInterrupted: signal.aborted });
      }
    },
    { signal: options.signal },
  );
}

async function wait(
  context: RunPodContext,
  options: { podId: string; timeoutMinutes: number; signal: AbortSignal },
): Promise<Endpoint> {
  const { podId, timeoutMinutes, signal } = options;
  const first = await findPod(context, podId, signal);
  if (first === null) throw podGone(podId);
  const marks = readPodMarks(first);
  if (marks?.workbookId !== context.workbookId) {
    throw new InputError(`The pod ${podId} (${first.name}) was not rented by this workbook.`, {
      remedy: "Wait for it where it was rented; listPods() says which pods are this workbook's.",
    });
  }
  const { stem, deadlineAt } = marks;
  const record = context.journal.read().pods.get(stem);
  context.journal.append({ kind: "waiting", stem, waiter: context.self });
  const startedAtMs = context.now().getTime();
  const wait: Wait = {
    ...{ podId, stem, record, startedAtMs, signal },
    log: followLog(context, (query, options) => context.client.podLogs(podId, query, options)),
    progress: context.startProgress(`Seconds waited for the pod ${podId}`),
    endsAtMs: Math.min(startedAtMs + timeoutMinutes * 60_000, deadlineAt.getTime()),
  };
  let closing = `The pod ${podId} is not ready.`;
  try {
    for (let pod = first; ; ) {
      const endpoint = await look(context, wait, pod);
      if (endpoint !== null) {
        context.journal.append({ kind: "ready", stem });
        await reportDoors(context, wait);
        closing = `The pod ${podId} is ready after ${secondsOf(context, wait)} s: ${endpoint.baseUrl}`;
        return endpoint;
      }
      await context.sleep(context.pollMs, signal);
      pod = await readAgain(context, wait, pod);
    }
  } finally {
    wait.progress.done(closing);
    wait.log.stop();
  }
}

/** Reads the pod anew; where the API does not answer for the moment, what was known of it still holds. */
async function readAgain(context: RunPodContext, wait: Wait, pod: RunPodPod): Promise<RunPodPod> {
  try {
    const found = await findPod(context, wait.podId, wait.signal);
    if (found !== null) return found;
  } catch (error) {
    const isPassing =
      error instanceof RunPodError && ["rate-limited", "server-error", "no-answer"].includes(error.problem);
    if (isPassing) return pod;
    throw error;
  }
  closeStem(context, wait.stem, null);
  throw podGone(wait.podId);
}

/** Whatever ends a wait, it must be said that the pod goes on costing money. */
function explain(
  context: RunPodContext,
  options: { podId: string; error: unknown; isInterrupted: boolean },
): unknown {
  const { podId, error: cause, isInterrupted } = options;
  const isComplete = cause instanceof PodNotReadyError || cause instanceof InputError;
  if (isComplete && !isInterrupted) return cause;
  const records = [...context.journal.read().pods.values()];
  const pod = { id: podId, cost: records.find((record) => record.podId === podId)?.usdPerHour ?? null };
  if (isInterrupted) {
    const message = `Waiting for the pod ${podId} was interrupted.`;
    return notReady(pod, "interrupted", { message, remedy: "Wait again with waitUntilReady().", cause });
  }
  if (!(cause instanceof WorkbookError)) return cause;
  const message = `Waiting for the pod ${podId} broke off. ${cause.problemText}`;
  return notReady(pod, "no-answer", { message, remedy: cause.remedy, cause });
}

function secondsOf(context: RunPodContext, { startedAtMs }: Wait): number {
  return Math.round((context.now().getTime() - startedAtMs) / 1_000);
}

/** Looks once at everything that tells how far the pod is; returns its endpoint when it is ready. */
async function look(context: RunPodContext, wait: Wait, pod: RunPodPod): Promise<Endpoint | null> {
  if (pod.status === "EXITED" || pod.status === "ERROR") throw await ended(context, wait, pod);
  await failEarly(context, wait, pod);
  const phase = await findPhase(context, wait, pod);
  if (typeof phase !== "string") return phase;
  const lastLine = wait.log.lines.at(-1)?.text.slice(0, 100);
  const seconds = secondsOf(context, wait);
  wait.progress.update(seconds, lastLine === undefined ? phase : `${phase}; its log: ${lastLine}`);
  if (wait.signal.aborted) throw new Error("interrupted");
  if (context.now().getTime() >= wait.endsAtMs) {
    throw notReady(pod, "too-slow", {
      message: `The pod ${pod.id} was not ready within ${seconds} s; at last: ${phase}.`,
      remedy: "Look at readPodLog(pod); wait again with waitUntilReady(), or try another host.",
    });
  }
  return null;
}

async function findPhase(context: RunPodContext, wait: Wait, pod: RunPodPod): Promise<Endpoint | string> {
  // Even where the API says nothing of a running container, a server that answers is up.
  const health = await probeHealth(context, pod.id, wait.signal);
  if (health.status === 200)
    return tryFirstChat(context, { pod, model: wait.record?.model ?? null, signal: wait.signal });
  if (pod.status !== "RUNNING") return "RunPod sets up the machine (typically under 1 min)";
  if (typeof pod.runtime?.uptime !== "number") return "the host fetches the image (typically 1 to 5 min)";
  return `vLLM loads the model (typically 2 to 10 min): ${health.meaning}`;
}

async function failEarly(context: RunPodContext, wait: Wait, pod: RunPodPod): Promise<void> {
  if (diagnoseLog(wait.log.lines) === null) return;
  await gatherLines(context, wait);
  const diagnosis = diagnoseLog(wait.log.lines);
  if (diagnosis === null) return;
  const { problem, cause: reason, remedy, line: logLine } = diagnosis;
  const message = `The pod ${pod.id} will not become ready. ${reason}`;
  throw notReady(pod, problem, { message, remedy, logLine });
}

/** The lines after the first sign of trouble often say more: waits until no more come, but not for long. */
async function gatherLines(context: RunPodContext, wait: Wait): Promise<void> {
  for (let looks = 0, known = -1; looks < 4 && known < wait.log.lines.length; looks++) {
    known = wait.log.lines.length;
    await context.sleep(context.pollMs, wait.signal);
  }
}

async function ended(context: RunPodContext, wait: Wait, pod: RunPodPod): Promise<PodNotReadyError> {
  await gatherLines(context, wait);
  const diagnosis = diagnoseLog(wait.log.lines);
  const lastLine = wait.log.lines.at(-1)?.text ?? null;
  const said = lastLine === null ? "" : ` Its log ends with: ${lastLine.slice(0, 200)}.`;
  return notReady(pod, diagnosis?.problem ?? "container-ended", {
    message: `The pod ${pod.id} has stopped by itself (${pod.status}). ${diagnosis?.cause ?? ""}${said}`,
    remedy: diagnosis?.remedy ?? "End it and create another.",
    logLine: diagnosis?.line ?? lastLine,
  });
}

async function reportDoors(context: RunPodContext, wait: Wait): Promise<void> {
  const open = await findOpenDoors(context, wait.podId, wait.signal);
  if (open.length > 0) context.say(describeOpenDoors(wait.podId, open));
}
