import { connect } from "node:net";
import { isLoopbackUrl } from "../../network.ts";
import type { RentalRecord } from "../journal/journal-state.ts";
import { closeStem } from "../pods/terminate-pod.ts";
import type { RunPodContext } from "./context.ts";
import type { Judgement } from "./judge-rental.ts";

/** After this long without an answer from the API there is nothing left to watch. */
const longestSilenceMs = 48 * 3_600_000;
const lateCommitMs = 15 * 60_000;
/** Between two looks a notebook may take up waiting again, so one look is not enough. */
const looksUntilUnwanted = 3;

/** Why a watchdog has ended. */
export type WatchOutcome = "ended" | "gone" | "never appeared" | "the API is gone";

/** What a watchdog watches: how to find it, judge it and end it. */
export interface WatchedRental<Found> {
  stem: string;
  /** What the journal knows of it now. */
  record(): RentalRecord | undefined;
  /** Whether the call that rents it was answered. */
  isCreated(): boolean;
  find(): Promise<Found | null>;
  judge(found: Found): Judgement;
  /** Whether it has had nothing to do for too long; `null`: that never ends it. */
  isIdleTooLong: ((found: Found) => Promise<boolean>) | null;
  end(found: Found): Promise<unknown>;
}

/** Watches a pod or an endpoint until it is gone: ends it at its deadline, unwanted, or idle for too long. */
export async function watchRental<Found>(
  context: RunPodContext,
  rental: WatchedRental<Found>,
  options: { intervalMs: number },
): Promise<WatchOutcome> {
  const isLoopback = isLoopbackUrl(context.connection.apiUrl);
  let unwantedLooks = 0;
  let lastAnswerAt = context.now().getTime();
  for (; ; await context.sleep(options.intervalMs)) {
    try {
      if (isLoopback && (await refusesConnections(context.connection.apiUrl))) return "the API is gone";
      const record = rental.record();
      if (record === undefined || record.isEnded) return "gone";
      // A rehearsal ends when nobody has called it for a while: its watchdog calls only when there is something to do.
      if (isLoopback && rental.isIdleTooLong === null && !isDue(context, record)) continue;
      const found = await rental.find();
      lastAnswerAt = context.now().getTime();
      if (found === null) {
        const outcome = judgeAbsence(context, rental, record);
        if (outcome !== null) return outcome;
        continue;
      }
      const { verdict, deadlineAt } = rental.judge(found);
      const isPast = (deadlineAt?.getTime() ?? Number.POSITIVE_INFINITY) <= context.now().getTime();
      unwantedLooks = verdict === "end" ? unwantedLooks + 1 : 0;
      const isIdle = (await rental.isIdleTooLong?.(found)) === true;
      if (isPast || unwantedLooks >= looksUntilUnwanted || isIdle) {
        await rental.end(found);
        return "ended";
      }
    } catch {
      // The network may be away for a while, and so may the disk; what was rented is not.
      if (context.now().getTime() - lastAnswerAt > longestSilenceMs) return "the API is gone";
    }
  }
}

/** Whether the journal alone says that it should end now. */
function isDue(context: RunPodContext, record: RentalRecord): boolean {
  if (record.isAbandoned) return true;
  if ((record.deadlineAt?.getTime() ?? 0) <= context.now().getTime()) return true;
  return !record.isReady && !record.waiters.some(context.isAlive);
}

function judgeAbsence<Found>(
  context: RunPodContext,
  rental: WatchedRental<Found>,
  record: RentalRecord,
): WatchOutcome | null {
  if (rental.isCreated()) {
    closeStem(context, record.stem, null);
    return "gone";
  }
  // What was asked for may still come.
  const ageMs = context.now().getTime() - (record.intendedAt?.getTime() ?? 0);
  return ageMs > lateCommitMs ? "never appeared" : null;
}

/** A stand-in that has closed took all of it along. Nothing is asked of it: only whether somebody listens. */
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
