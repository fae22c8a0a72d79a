import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { Socket } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { WorkbookError } from "../errors.ts";
import { findProjectRoot } from "../project-root.ts";

/** The router's own process. */
export type RouterProcess = Awaited<ReturnType<typeof startRouterProcess>>;

/** The arguments of `vllm_router_rs.Router` by their own names; nothing secret is among them. */
export type RouterConfiguration = Readonly<Record<string, string | number | boolean | readonly string[]>> & {
  policy: string;
};

// The same way from lib/src/scale-out and from lib/dist/scale-out.
const startScript = fileURLToPath(new URL("../../router/start_router.py", import.meta.url));
const gentleEndMs = 2_000;
const mostCharacters = 4_000;

/**
 * Starts the router with a Python that has its package; it ends with this process, however that ends.
 *
 * @throws WorkbookError where Python or the router's package is missing.
 */
export async function startRouterProcess(options: {
  /** Default: the one of the project's own environment. */
  python?: string | undefined;
  configuration: RouterConfiguration;
}) {
  const { PATH, SSL_CERT_FILE, SSL_CERT_DIR } = process.env;
  const python = options.python ?? join(pythonEnvironment(), "bin", "python");
  const child = spawn(python, [startScript], {
    stdio: ["pipe", "pipe", "pipe"],
    // The router reads a file .env in its working folder, and a log level and proxies from its environment: it gets none.
    cwd: dirname(startScript),
    env: { PATH, SSL_CERT_FILE, SSL_CERT_DIR },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-mostCharacters);
    });
  }
  await once(child, "spawn").catch((cause) => {
    throw notInstalled("there is no Python to start it with", cause);
  });
  if (child.pid === undefined) throw notInstalled("Python did not start");
  child.stdin.on("error", () => {});
  child.stdin.write(`${JSON.stringify({ starter: process.pid, configuration: options.configuration })}\n`);
  // A program can end without ending the router first.
  child.unref();
  for (const stream of [child.stdin, child.stdout, child.stderr])
    if (stream instanceof Socket) stream.unref();
  return {
    pid: child.pid,
    /** The end of its output, for people. */
    lastLines: () => lastLinesOf(output),
    /** `null` while it runs. */
    exitCode: () => child.exitCode ?? (child.signalCode === null ? null : 1),
    end: () => end(child),
  };
}

/** Says whether set-up has installed the router, which PyPI has for Linux on x64 alone. */
export function isRouterInstalled(): boolean {
  const libraries = join(pythonEnvironment(), "lib");
  return (
    existsSync(libraries) &&
    readdirSync(libraries).some((version) =>
      existsSync(join(libraries, version, "site-packages", "vllm_router_rs.abi3.so")),
    )
  );
}

function pythonEnvironment(): string {
  return join(findProjectRoot(import.meta.dirname), ".venv");
}

/** Says that the router cannot run here, and what can be done. */
export function notInstalled(reason: string, cause?: unknown): WorkbookError {
  return new WorkbookError(`The router vllm-router is not installed: ${reason}.`, {
    remedy:
      "Run `npm run setup`. PyPI has the package only for Linux on x64; elsewhere run it in a container, or on a small CPU pod.",
    cause,
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  // The router waits for answers under way; `close` does not.
  await Promise.race([exited, delay(gentleEndMs, undefined, { ref: false })]);
  if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  await exited;
}

// Its log is coloured, and begins with lines for its developers.
function lastLinesOf(output: string): string {
  return stripVTControlCharacters(output)
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("DEBUG"))
    .slice(-4)
    .join("\n");
}
