import { openEndpointRecords, openRecords } from "../journal/journal-state.ts";
import type { RunPodContext } from "./context.ts";

/** Gives each open pod and endpoint of the journal whose watchdog is gone a new one; every command does this first. */
export function rearmWatchdogs(context: RunPodContext): void {
  const journal = context.journal.read();
  for (const record of [...openRecords(journal), ...openEndpointRecords(journal)]) {
    if (record.watchdog !== null && context.isAlive(record.watchdog)) continue;
    armWatchdog(context, { stem: record.stem, idleMinutes: record.idleMinutes });
  }
}

/** Starts a watchdog for a pod or an endpoint and puts it on record; returns whether one runs now. */
export function armWatchdog(
  context: RunPodContext,
  { stem, idleMinutes }: { stem: string; idleMinutes: number | null },
): boolean {
  const watchdog = context.watch({ stem, idleMinutes });
  if (watchdog === null) return false;
  context.journal.append({ kind: "watched", stem, watchdog });
  return true;
}
