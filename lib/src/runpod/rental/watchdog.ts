import { spawn } from "node:child_process";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { identifyProcess, type ProcessIdentity } from "../../files/index.ts";
import { withoutKeys } from "../../words/index.ts";

/** What a watchdog is told, through its standard input: a key must not stand in a list of processes. */
export const watchOrderSchema = z.object({
  target: z.enum(["runpod", "rehearsal"]),
  stem: z.string(),
  stateFolder: z.string(),
  projectRoot: z.string(),
  apiUrl: z.string(),
  proxyUrl: z.string(),
  apiKey: z.string(),
  /** `null`: an idle pod runs until its deadline. */
  idleMinutes: z.number().nullable(),
});
export type WatchOrder = z.output<typeof watchOrderSchema>;

/** Starts the process that outlives this one and ends a pod or an endpoint at its deadline; `null` where it cannot be started. */
export function startWatchdog(order: WatchOrder): ProcessIdentity | null {
  const main = fileURLToPath(new URL(`../watchdog-main${extname(import.meta.url)}`, import.meta.url));
  const child = spawn(process.execPath, [main], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
    cwd: order.projectRoot,
    env: withoutKeys(process.env),
  });
  // Without a watchdog the timer inside the pod and the next sweep remain.
  child.once("error", () => {});
  child.stdin?.on("error", () => {});
  child.stdin?.end(JSON.stringify(order));
  child.unref();
  return child.pid === undefined ? null : identifyProcess(child.pid);
}
