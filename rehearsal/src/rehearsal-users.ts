import { readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  identifyProcess,
  isProcessAlive,
  type ProcessIdentity,
  parseIdentity,
  writeWhole,
} from "workbook/files";
import { parseJson } from "workbook/words";
import { z } from "zod";

// Whoever opens the rehearsal is entered in its folder `users`, under its process id; a name that ends in `.left` says
// that the process ends and starts nothing any more.

export const identitySchema = z.object({ pid: z.int(), startedAt: z.string(), host: z.string() });
const userSchema = identitySchema.extend({ command: identitySchema.nullable() });

/** A process, and the command of the launcher that it belongs to or is. */
type RehearsalUser = z.output<typeof userSchema>;

/** The command of the launcher that this process belongs to or is, as its environment says; `null` outside of any. */
export function readCommand(): ProcessIdentity | null {
  return parseIdentity(process.env["WORKBOOK_COMMAND"] ?? "");
}

/** Enters this process as a user; what it ends is kept while it lives. */
export function enterUser(folder: string): void {
  const user = { ...identifyProcess(), command: readCommand() };
  const path = userPath(folder, process.pid);
  if (readUser(path)?.startedAt !== user.startedAt) writeWhole(path, JSON.stringify(user), { mode: 0o600 });
}

/** Lists the users that live and do not belong to a command, by default that of this process; entries of the dead are removed. */
export function listOtherUsers(folder: string, own = readCommand()): RehearsalUser[] {
  return listEntries(folder).flatMap((name) => {
    const path = join(folder, "users", name);
    const user = readUser(path);
    if (user === null || !isProcessAlive(user)) rmSync(path, { force: true });
    else if (
      !name.endsWith(".left") &&
      !(own === null ? user.pid === process.pid : isSame(user.command, own))
    )
      return [user];
    return [];
  });
}

/** Notes that this command starts and uses nothing any more. */
export function leaveUsers(folder: string): void {
  enterUser(folder);
  const left = leftPath(folder, process.pid);
  renameSync(userPath(folder, process.pid), left);
  process.once("exit", () => rmSync(left, { force: true }));
}

/** Whether the command has ended or is about to: what it started must not start anything any more. */
export function hasLeft(folder: string, command: ProcessIdentity): boolean {
  return !isProcessAlive(command) || isSame(readUser(leftPath(folder, command.pid)), command);
}

function isSame(one: ProcessIdentity | null, other: ProcessIdentity): boolean {
  return one?.pid === other.pid && one.startedAt === other.startedAt;
}

function listEntries(folder: string): string[] {
  try {
    return readdirSync(join(folder, "users"));
  } catch {
    return [];
  }
}

function readUser(path: string): RehearsalUser | null {
  try {
    return userSchema.safeParse(parseJson(readFileSync(path, "utf8"))).data ?? null;
  } catch {
    return null;
  }
}

function userPath(folder: string, pid: number): string {
  return join(folder, "users", String(pid));
}

function leftPath(folder: string, pid: number): string {
  return `${userPath(folder, pid)}.left`;
}
