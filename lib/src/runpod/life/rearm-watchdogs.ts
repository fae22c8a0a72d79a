import { openRecords } from "../journal/index.ts";
import type { RunPodContext } from "./context.ts";

/** Gives each open pod of the journal whose watchdog is gone a new one; every command does this first. */
export function rearmWatchdogs(context: RunPodContext): void {
  for (const record of openRecords(context.journal.read())) {
    if (record.watchdog !== null && context.isAlive(record.watchdog)) continue;
    armWatchdog(context, { stem: record.stem, idleMinutes: record.idleMinutes });
  }
}

/** Starts a pod's watchdog and puts it on record; returns whether one runs now. */
export function armWatchdog(
  context: RunPodContext,
  { stem, idleMinutes }: { stem: string; idleMinutes: number | null },
): boolean {
  const watchdog = context.watch({ stem, idleMinutes });
  if (watchdog === null) return false;
  context.journal.append({ kind: "watched", stem, watchdog });
  return true;
}
