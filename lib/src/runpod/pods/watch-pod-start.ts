import type { Endpoint } from "../../endpoint/index.ts";
import { cutText } from "../../words/index.ts";
import { RunPodError } from "../client/runpod-error.ts";
import type { RunPodPod } from "../client/schemas.ts";
import { checkClock } from "../rental/clock-check.ts";
import type { RunPodContext } from "../rental/context.ts";
import { recordEnd } from "../rental/end-rental.ts";
import { findRental } from "../rental/find-rental.ts";
import { diagnoseLog, followLog } from "../rental/follow-log.ts";
import { readStartPhases } from "../rental/read-start-phases.ts";
import { gone, notReady } from "../rental/rental-kind.ts";
import { type StartingRental, type StartWatch, tryFirstChat } from "../rental/wait-for-rental.ts";
import { describeOpenRoutes, findOpenRoutes, probeHealth } from "./call-without-key.ts";
import { connectPod, podKind } from "./pod.ts";
import { readPeerToPeer } from "./read-peer-to-peer.ts";

/**
 * Watches a pod that starts: its status, its health, its log, its first chat.
 *
 * Ready is a pod whose `/health` answers, which lists the planned model and has answered a chat of one token; then its
 * routes are tried without the key, and open ones are reported. It gives up early where the log says why it never will.
 */
export function watchPodStart(context: RunPodContext, starting: StartingRental<RunPodPod>): StartWatch {
  const { record, stem, signal } = starting;
  const { id } = starting.found;
  const log = followLog(context, (query, options) => context.client.podLogs(id, query, options));
  const lastLine = () => log.lines.at(-1)?.text;
  let pod = starting.found;
  let peerToPeer = context.journal.read().pods.get(stem)?.peerToPeer ?? "unknown";
  let looks = 0;
  let containerAtMs: number | null = null;
  const nowMs = () => checkClock(context).now.getTime();

  /** The lines after the first sign of trouble often say more: waits until no more come, but not for long. */
  const gatherLines = async () => {
    for (let waits = 0, known = -1; waits < 4 && known < log.lines.length; waits++) {
      known = log.lines.length;
      await context.sleep(context.pollMs, signal);
    }
  };
  const noteLinks = () => {
    if (peerToPeer !== "unknown") return;
    peerToPeer = readPeerToPeer(log.lines, pod.gpu?.count ?? 1);
    if (peerToPeer !== "unknown") context.journal.append({ kind: "linked", stem, peerToPeer });
  };
  const throwIfEnded = async () => {
    if (pod.status !== "EXITED" && pod.status !== "ERROR") return;
    await gatherLines();
    const diagnosis = diagnoseLog(log.lines);
    const last = lastLine();
    const said = last === undefined ? "" : ` Its log ends with: ${cutText(last, 200)}.`;
    const message = `The pod ${id} has stopped by itself (${pod.status}). ${diagnosis?.cause ?? ""}${said}`;
    throw notReady(context, podKind, message, {
      found: pod,
      problem: diagnosis?.problem ?? "container-ended",
      remedy: diagnosis?.remedy ?? "End it and create another.",
      logLine: diagnosis?.line ?? lastLine() ?? null,
    });
  };
  const throwIfLogTells = async () => {
    if (diagnoseLog(log.lines) === null) return;
    await gatherLines();
    const diagnosis = diagnoseLog(log.lines);
    if (diagnosis === null) return;
    const { problem, cause, remedy, line: logLine } = diagnosis;
    const message = `The pod ${id} will not become ready. ${cause}`;
    throw notReady(context, podKind, message, { found: pod, problem, remedy, logLine });
  };
  const findPhase = async (): Promise<Endpoint | string> => {
    // Even where the API says nothing of a running container, a server that answers is up.
    const health = await probeHealth(context, id, signal);
    if (health.status === 200) {
      const connect = () => connectPod(context, { pod, model: record?.model ?? null });
      const tried = await tryFirstChat(context, podKind, { found: pod, record, connect, signal });
      return "endpoint" in tried ? tried.endpoint : `vLLM is up, but ${tried.missing} has not come yet`;
    }
    if (pod.status !== "RUNNING") return "Runpod sets up the machine (typically under 1 min)";
    if (typeof pod.runtime?.uptime !== "number") return "the host fetches the image (typically 1 to 5 min)";
    return `vLLM loads the model (typically 2 to 10 min): ${health.meaning}`;
  };
  return {
    async look() {
      if (looks++ > 0) pod = await readAgain(context, { pod, stem, signal });
      const uptime = pod.runtime?.uptime;
      if (typeof uptime === "number") containerAtMs ??= nowMs() - uptime * 1_000;
      await throwIfEnded();
      await throwIfLogTells();
      noteLinks();
      const phase = await findPhase();
      return typeof phase === "string" ? { phase, lastLine: lastLine() } : { endpoint: phase };
    },
    measureStart: () => ({
      pullSeconds: containerAtMs === null ? null : secondsSince(pod, containerAtMs),
      ...readStartPhases(log.lines),
      totalSeconds: secondsSince(pod, nowMs()),
    }),
    async whenReady() {
      if (peerToPeer !== "unknown") context.say(describeLinks(id, peerToPeer));
      const open = await findOpenRoutes(context, id, signal);
      if (open.length > 0) context.say(describeOpenRoutes(id, open));
    },
    stop: () => log.stop(),
  };
}

function secondsSince({ createdAt }: RunPodPod, atMs: number): number | null {
  const seconds = (atMs - Date.parse(createdAt)) / 1_000;
  return seconds >= 0 ? seconds : null;
}

/** Reads the pod anew; where the API does not answer for the moment, what was known of it still holds. */
async function readAgain(
  context: RunPodContext,
  options: { pod: RunPodPod; stem: string; signal: AbortSignal },
): Promise<RunPodPod> {
  const { pod, stem, signal } = options;
  try {
    const found = await findRental(context, podKind, pod.id, { signal });
    if (found !== null) return found;
  } catch (error) {
    const isPassing =
      error instanceof RunPodError && ["rate-limited", "server-error", "no-answer"].includes(error.problem);
    if (isPassing) return pod;
    throw error;
  }
  recordEnd(context, podKind, { id: pod.id, stem });
  throw gone(context, podKind, pod.id);
}

function describeLinks(id: string, peerToPeer: "yes" | "no"): string {
  return peerToPeer === "yes"
    ? `The cards of the pod ${id} reach each other's memory directly (peer-to-peer).`
    : `The cards of the pod ${id} do not reach each other's memory directly (no peer-to-peer): what they exchange goes through the host's memory, so the pod is slower than its forecast with peer-to-peer.`;
}
