import type { CrashReason } from "../../faults/runpod-faults.ts";
import type { HubRefusal } from "../../hub/hub-access.ts";
import {
  type BootSubject,
  containerStart,
  crashLines,
  type ScriptedLine,
  startLines,
  systemLines,
} from "./boot-log.ts";

/** How a start goes: as it should, never to its end, or round and round for a reason, which may be the Hub's. */
export type BootOutcome = "ready" | "never-ready" | CrashReason | HubRefusal;

/** The statuses of a pod that still exists, in the vendor's words. */
export type PodStatus = "PROVISIONING" | "STARTING" | "RUNNING" | "EXITED" | "ERROR" | "TERMINATED";

/** How one start of a pod goes; all times in milliseconds after that start, `Infinity` is never. */
export interface BootTimeline {
  startingMs: number;
  /** Runpod says RUNNING while the image is still being pulled. */
  runningMs: number;
  /** The container runs: there is an uptime. */
  containerMs: number;
  /** Something answers on the port. */
  readyMs: number;
  /** The pod ends by itself. */
  death: { atMs: number; status: "EXITED" | "ERROR" } | null;
  lines: readonly ScriptedLine[];
  /** What a crash loop repeats, for ever. */
  loop: { fromMs: number; everyMs: number; lines: readonly ScriptedLine[] } | null;
}

/**
 * Plans one start: real phases of a pod with vLLM, in the proportions of a real start, squeezed into `bootMs`.
 *
 * The proportions follow a cold start with a 16 GB image: about 165 s of pull, then weights, then the engine (source:
 * Crazytieguy/alignment-hive#98 for the pull, and for RUNNING long before it is over).
 */
export function planBoot(options: {
  bootMs: number;
  subject: BootSubject;
  outcome: BootOutcome;
  death: BootTimeline["death"];
}): BootTimeline {
  const { bootMs, subject, outcome, death } = options;
  const neverStarts = outcome === "driver-too-old";
  const containerMs = 0.4 * bootMs;
  const timeline: BootTimeline = {
    startingMs: 0.04 * bootMs,
    runningMs: neverStarts ? Number.POSITIVE_INFINITY : 0.12 * bootMs,
    containerMs: neverStarts ? Number.POSITIVE_INFINITY : containerMs,
    readyMs: outcome === "ready" ? bootMs : Number.POSITIVE_INFINITY,
    death,
    lines: spread(systemLines(subject), 0.04 * bootMs, 0.95 * containerMs),
    loop: null,
  };
  if (outcome === "ready" || outcome === "never-ready") {
    const all = [containerStart(subject), ...startLines(subject, bootMs)];
    // Where the pod never becomes ready, the weights never arrive.
    const [lines, untilMs] = outcome === "ready" ? [all, bootMs] : [all.slice(0, 5), 0.6 * bootMs];
    return { ...timeline, lines: [...timeline.lines, ...spread(lines, 0.95 * containerMs, untilMs)] };
  }
  const everyMs = 0.5 * bootMs;
  const lines = spread(crashLines(outcome, subject), 0, 0.9 * everyMs);
  return { ...timeline, loop: { fromMs: containerMs, everyMs, lines } };
}

/** The state of a pod `sinceStartMs` after its start. */
export function readBoot(
  timeline: BootTimeline,
  sinceStartMs: number,
): { status: PodStatus; uptimeMs: number | null; isReady: boolean } {
  const { death, startingMs, runningMs, containerMs, readyMs, loop } = timeline;
  if (death !== null && sinceStartMs >= death.atMs) {
    return { status: death.status, uptimeMs: null, isReady: false };
  }
  const status =
    sinceStartMs >= runningMs ? "RUNNING" : sinceStartMs >= startingMs ? "STARTING" : "PROVISIONING";
  const upMs = sinceStartMs - containerMs;
  // A container that ends again and again has the uptime of its last start only.
  const uptimeMs = upMs < 0 ? null : loop === null ? upMs : upMs % loop.everyMs;
  return { status, uptimeMs, isReady: sinceStartMs >= readyMs };
}

/** The scripted log lines of one start up to a moment, in order, beginning with the given one. */
export function linesUntil(timeline: BootTimeline, sinceStartMs: number, from: number): ScriptedLine[] {
  const { death, lines, loop } = timeline;
  const untilMs = death === null ? sinceStartMs : Math.min(sinceStartMs, death.atMs);
  const due = lines.filter(({ atMs }) => atMs <= untilMs);
  if (loop !== null) {
    // Enough rounds to see that it crashes; a pod that has crashed for days would write millions.
    for (let round = 0; round < 200; round++) {
      const roundMs = loop.fromMs + round * loop.everyMs;
      if (roundMs > untilMs) break;
      for (const line of loop.lines) {
        const atMs = roundMs + line.atMs;
        if (atMs <= untilMs) due.push({ ...line, atMs });
      }
    }
  }
  return due.slice(from);
}

function spread(lines: readonly Omit<ScriptedLine, "atMs">[], fromMs: number, toMs: number): ScriptedLine[] {
  const stepMs = (toMs - fromMs) / (lines.length + 1);
  return lines.map((line, index) => ({ ...line, atMs: fromMs + stepMs * (index + 1) }));
}
