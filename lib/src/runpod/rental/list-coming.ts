import { openEndpointRecords, openRecords } from "../journal/journal-state.ts";
import type { RentalRecord } from "../journal/rental-records.ts";
import { checkClock } from "./clock-check.ts";
import type { RunPodContext } from "./context.ts";
import { type AccountOptions, openRunPod } from "./open-runpod.ts";
import { lateEffectMs } from "./rental-kind.ts";

/** What was asked for and has not shown so far: its stem, and the ISO time from which on it will not come any more. */
export interface Coming {
  stem: string;
  until: string;
}

/** Lists what the journal has as asked for, and not as rented, while it may still come. It asks nobody. */
export async function listComing(options: AccountOptions = {}): Promise<Coming[]> {
  const context = await openRunPod(options);
  const journal = context.journal.read();
  const unanswered = [
    ...openRecords(journal).filter(({ podId }) => podId === null),
    ...openEndpointRecords(journal).filter(({ endpointId }) => endpointId === null),
  ];
  return unanswered.flatMap((record) => {
    const { stem } = record;
    const until = mayAppearUntil(context, record);
    return until === null ? [] : [{ stem, until: until.toISOString() }];
  });
}

/** Until when something that was asked for, and never seen, may still appear; `null`: it will not any more. */
export function mayAppearUntil(context: RunPodContext, record: RentalRecord): Date | null {
  if (record.intendedAt === null) return null;
  const { now } = checkClock(context);
  // Who asked for it, lives and has not given it up may be asking at this moment.
  const isAsking = !record.isAbandoned && record.waiters.some(context.isAlive);
  const until = new Date((isAsking ? now : record.intendedAt).getTime() + lateEffectMs);
  return until > now ? until : null;
}
