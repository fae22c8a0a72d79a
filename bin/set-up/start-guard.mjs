import { spawn } from "node:child_process";
import { Socket } from "node:net";
import { fileURLToPath } from "node:url";

/** @type {import("node:child_process").ChildProcess | undefined} */
let guard;

/** The process that ends the children of this one, should it be killed; it lives as long as it has any to end. */
export function startGuard() {
  if (guard !== undefined) return guard;
  const script = fileURLToPath(new URL("guard.mjs", import.meta.url));
  guard = spawn(process.execPath, [script], { detached: true, stdio: ["pipe", "ignore", "ignore"] });
  // Without a guard all works but an end by SIGKILL.
  guard.on("error", () => {}).unref();
  guard.stdin?.on("error", () => {});
  if (guard.stdin instanceof Socket) guard.stdin.unref();
  return guard;
}
