import { connect } from "node:net";
import { isLoopbackUrl } from "../../network/index.ts";
import { checkClock } from "./clock-check.ts";
import { isOwnKey, type RunPodContext } from "./context.ts";
import { endRental, recordEnd } from "./end-rental.ts";
import { findRental } from "./find-rental.ts";
import { judgeAgain, judgeAsked } from "./judge-all.ts";
import { type KnownRental, lateEffectMs, type RentalKind, type Rented } from "./rental-kind.ts";

/** After this long without an answer from the API there is nothing left to watch. */
const longestSilenceMs = 48 * 3_600_000;
/** One look is not enough: between two a notebook may take up waiting again, and an answer may be odd. */
const looksUntilSure = 3;

/** Why a watchdog has ended. */
export type WatchOutcome = "ended" | "gone" | "never appeared" | "the API is gone";

/**
 * Watches a pod or an endpoint until it is gone: ends it at its deadline, or when nobody wants it any more.
 *
 * What the journal said last goes on counting where it is lost; without any the name tells the deadline. It counts its
 * own looks where the clock of this machine could be set meanwhile. `idleMinutes` without work end a pod too; `null`
 * never does.
 */
export async function watchRental<Found extends Rented>(
  context: RunPodContext,
  kind: RentalKind<Found>,
  options: { stem: string; idleMinutes: number | null; intervalMs: number },
): Promise<WatchOutcome> {
  const { stem, idleMinutes, intervalMs } = options;
  const { apiUrl } = context.connection;
  const isLoopback = isLoopbackUrl(apiUrl);
  const isIdle = idleMinutes === null ? undefined : kind.watchIdleness?.(context);
  const looks = { unwanted: 0, past: 0, absent: 0, idle: 0, silent: 0, closed: 0 };
  let record: KnownRental | undefined;
  // Where the journal does not tell the id, what was seen does.
  let seenId: string | null = null;
  for (; ; await context.sleep(intervalMs)) {
    try {
      looks.closed = isLoopback && (await refusesConnections(apiUrl)) ? looks.closed + 1 : 0;
      if (looks.closed >= looksUntilSure) return "the API is gone";
      if (looks.closed > 0) continue;
      record = readAgain(context, kind, { stem, before: record });
      const records = record === undefined ? [] : [record];
      // A rehearsal ends when nobody has called it for a while: its watchdog calls only when there is something to do.
      const isQuiet = context.target === "rehearsal" && isIdle === undefined;
      if (isQuiet && record !== undefined && !isDue(context, record)) continue;
      const id: string | null = record?.id ?? seenId;
      const all: Found[] = await findAll(context, kind, { stem, id });
      looks.silent = 0;
      if (all.length === 0) {
        looks.absent++;
        const isEnded = record?.isEnded === true;
        if (looks.absent < (isEnded && id !== null ? 1 : looksUntilSure)) continue;
        // With the key of another account everything looks gone.
        if (record !== undefined && !isOwnKey(context, record)) return "gone";
        if (id !== null) recordEnd(context, kind, { id, stem });
        if (id !== null || isEnded) return "gone";
        // What was asked for may still come.
        if (looks.absent * intervalMs > lateEffectMs) return "never appeared";
        continue;
      }
      looks.absent = 0;
      seenId = all[0]?.id ?? null;
      const judged = await Promise.all(all.map((found) => judgeAsked(context, kind, { found, records })));
      const seconds = judged.filter(({ judgement }) => judgement.state === "second");
      // One that resists must not keep the others.
      for (const { found } of seconds) await endRental(context, kind, found).catch(() => {});
      const main = judged.filter((one) => !seconds.includes(one));
      const again = await Promise.all(main.map((one) => judgeAgain(context, kind, { judged: one, records })));
      const isUnwanted = again.some(({ judgement }) => judgement.verdict === "end");
      looks.unwanted = isUnwanted ? looks.unwanted + 1 : 0;
      looks.idle = main[0] !== undefined && (await isIdle?.(main[0].found)) === true ? looks.idle + 1 : 0;
      looks.past = again.some(({ judgement }) => judgement.state === "past") ? looks.past + 1 : 0;
      // Where the API and this machine do not agree on the time, either may be wrong for a moment.
      const isPast = looks.past >= (checkClock(context).state === "off" ? looksUntilSure : 1);
      const isIdleTooLong = looks.idle > 0 && looks.idle * intervalMs >= (idleMinutes ?? 0) * 60_000;
      if (!isPast && looks.unwanted < looksUntilSure && !isIdleTooLong) continue;
      const endings = await Promise.allSettled(again.map(({ found }) => endRental(context, kind, found)));
      if (endings.every(({ status }) => status === "fulfilled")) return "ended";
    } catch {
      // The network may be away for a while, and so may the disk; what was rented is not.
      looks.silent++;
      if (looks.silent * intervalMs > longestSilenceMs) return "the API is gone";
    }
  }
}

/** What the journal says now of what is watched; where it says nothing any more, what it said last. */
function readAgain<Found extends Rented>(
  context: RunPodContext,
  kind: RentalKind<Found>,
  { stem, before }: { stem: string; before: KnownRental | undefined },
): KnownRental | undefined {
  try {
    const record = kind.recordsOf(context.journal.read()).find((one) => one.stem === stem);
    if (record === undefined) return before;
    if (before === undefined || record.intendedAt !== null) return record;
    // The journal was lost, and has been begun anew.
    const { id, deadlineAt, waiters } = record;
    return {
      ...record,
      id: id ?? before.id,
      deadlineAt: deadlineAt ?? before.deadlineAt,
      intendedAt: before.intendedAt,
      waiters: [...before.waiters, ...waiters],
      isReady: before.isReady || record.isReady,
    };
  } catch {
    return before;
  }
}

/** All that bear the stem; the one on record is asked for itself where no list has it. */
async function findAll<Found extends Rented>(
  context: RunPodContext,
  kind: RentalKind<Found>,
  { stem, id }: { stem: string; id: string | null },
): Promise<Found[]> {
  const listed = await kind.list(context.client).catch((error: unknown) => {
    if (id === null) throw error;
    return [];
  });
  const all = listed.filter((one) => one.id === id || kind.readLabels(one)?.stem === stem);
  if (id === null || all.some((one) => one.id === id)) return all;
  const found = await findRental(context, kind, id);
  return found === null ? all : [...all, found];
}

/** Whether the journal alone says that it should end now. */
function isDue(context: RunPodContext, record: KnownRental): boolean {
  if (record.isAbandoned || record.isEnded) return true;
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
