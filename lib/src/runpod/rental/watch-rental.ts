import { connect } from "node:net";
import { isLoopbackUrl } from "../../network.ts";
import type { RentalRecord } from "../journal/journal-state.ts";
import type { RunPodContext } from "./context.ts";
import { endRental, recordEnd } from "./end-rental.ts";
import { judgeFound } from "./judge-all.ts";
import { lateEffectMs, type RentalKind, type Rented } from "./rental-kind.ts";

/** After this long without an answer from the API there is nothing left to watch. */
const longestSilenceMs = 48 * 3_600_000;
/** Between two looks a notebook may take up waiting again, so one look is not enough. */
const looksUntilUnwanted = 3;

/** Why a watchdog has ended. */
export type WatchOutcome = "ended" | "gone" | "never appeared" | "the API is gone";

/**
 * Watches a pod or an endpoint until it is gone: ends it at its deadline, or when nobody wants it any more.
 *
 * `idleMinutes` without work end a pod too; `null` never does.
 */
export async function watchRental<Found extends Rented>(
  context: RunPodContext,
  kind: RentalKind<Found>,
  options: { stem: string; idleMinutes: number | null; intervalMs: number },
): Promise<WatchOutcome> {
  const { stem, idleMinutes, intervalMs } = options;
  const { apiUrl } = context.connection;
  const isLoopback = isLoopbackUrl(apiUrl);
  const isIdleTooLong = idleMinutes === null ? undefined : kind.watchIdleness?.(context, idleMinutes);
  let unwantedLooks = 0;
  let lastAnswerAt = context.now().getTime();
  for (; ; await context.sleep(intervalMs)) {
    try {
      if (isLoopback && (await refusesConnections(apiUrl))) return "the API is gone";
      const journal = context.journal.read();
      const record = kind.recordsOf(journal).find((one) => one.stem === stem);
      if (record === undefined || record.isEnded) return "gone";
      // A rehearsal ends when nobody has called it for a while: its watchdog calls only when there is something to do.
      if (isLoopback && isIdleTooLong === undefined && !isDue(context, record)) continue;
      const all = await kind.list(context.client);
      lastAnswerAt = context.now().getTime();
      const found = all.find((one) => kind.readLabels(one)?.stem === stem);
      if (found === undefined) {
        // The record is that of before the list, which may be older than an answer.
        if (record.id !== null) {
          recordEnd(context, stem, null);
          return "gone";
        }
        // What was asked for may still come.
        const ageMs = context.now().getTime() - (record.intendedAt?.getTime() ?? 0);
        if (ageMs > lateEffectMs) return "never appeared";
        continue;
      }
      const { verdict, deadlineAt } = judgeFound(context, kind, { found, journal }).judgement;
      const isPast = (deadlineAt?.getTime() ?? Number.POSITIVE_INFINITY) <= context.now().getTime();
      unwantedLooks = verdict === "end" ? unwantedLooks + 1 : 0;
      const isIdle = (await isIdleTooLong?.(found)) === true;
      if (isPast || unwantedLooks >= looksUntilUnwanted || isIdle) {
        await endRental(context, kind, found);
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
