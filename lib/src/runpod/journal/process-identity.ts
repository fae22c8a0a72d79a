import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { z } from "zod";

/** A process that cannot be taken for a later one with the same id. */
export const processIdentitySchema = z.object({
  pid: z.int().positive(),
  /** When it started, as its system counts that; only good for comparing. */
  startedAt: z.string(),
  host: z.string(),
});
export type ProcessIdentity = z.output<typeof processIdentitySchema>;

/** This process, or another one of this machine; `null` where it does not run. */
export function identifyProcess(pid: number = process.pid): ProcessIdentity | null {
  const startedAt = readStart(pid);
  return startedAt === null ? null : { pid, startedAt, host: hostname() };
}

/** Whether the very process still runs; one of another machine counts as gone. */
export function isProcessAlive(identity: ProcessIdentity): boolean {
  return identity.host === hostname() && readStart(identity.pid) === identity.startedAt;
}

function readStart(pid: number): string | null {
  return process.platform === "linux" ? readLinuxStart(pid) : readStartFromPs(pid);
}

function readLinuxStart(pid: number): string | null {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").slice(0, 8);
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command's name, in brackets, may hold blanks; the state and the start in clock ticks follow it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state, ticks] = [fields[0], fields[19]];
    return ticks === undefined || state === "Z" || state === "X" ? null : `${boot}-${ticks}`;
  } catch {
    return null;
  }
}

function readStartFromPs(pid: number): string | null {
  try {
    const started = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], {
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C" },
      stdio: ["ignore", "pipe", "ignore"],
    });
    return started.trim() || null;
  } catch {
    return null;
  }
}
