import { fork } from "node:child_process";
import { once } from "node:events";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { WorkbookError } from "workbook/errors";
import { z } from "zod";
import type { ModelServerOptions } from "./model-server.ts";

/** A vLLM-shaped server in a process of its own, which can die as a real one does. */
export interface ModelServerProcess {
  /** Ends in `/v1`. */
  readonly baseUrl: string;
  readonly apiKey: string;
  /** The model id that it serves. */
  readonly model: string;
  readonly pid: number;
  /** Ends the process at once, with whatever it was answering: what a crash looks like to its clients. */
  kill(): Promise<void>;
}

const readySchema = z.object({ baseUrl: z.string(), apiKey: z.string(), model: z.string() });

/**
 * Starts a vLLM-shaped server as a process of its own, which ends with this one.
 *
 * @throws WorkbookError with the end of its output where it does not start.
 */
export async function startModelServerProcess(options: ModelServerOptions = {}): Promise<ModelServerProcess> {
  const main = fileURLToPath(new URL(`./model-server-main${extname(import.meta.url)}`, import.meta.url));
  const child = fork(main, [JSON.stringify(options)], {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    // Another program's options, such as --test or an inspector's port, are not this one's.
    execArgv: [],
    env: { PATH: process.env["PATH"] },
  });
  let words = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    words = (words + text).slice(-2_000);
  });
  const exited = once(child, "exit");
  const [answer]: unknown[] = await Promise.race([once(child, "message"), exited]);
  const ready = readySchema.safeParse(answer);
  const { pid } = child;
  if (!ready.success || pid === undefined) {
    child.kill("SIGKILL");
    throw new WorkbookError(
      `A model server did not start. The end of its output: ${words.trim() || "none"}.`,
      {
        remedy: "Run `npm run setup`, then try again.",
      },
    );
  }
  // The caller's program can end without ending it first.
  child.unref();
  child.channel?.unref();
  return {
    ...ready.data,
    pid,
    async kill() {
      child.ref();
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await exited;
    },
  };
}
