import { type ChildProcess, spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { makeFolder } from "../helpers/environment.ts";

const projectRoot = fileURLToPath(new URL("../..", import.meta.url));

/** The tools that a pretended machine can have on its PATH; `real …` is the machine's own. */
export type Tool = "python3" | "npm" | "uv" | "real python3" | "real npm";

/** How a launcher ended. */
export interface Outcome {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

/** A launcher that runs. */
export interface Run {
  child: ChildProcess;
  ended: Promise<Outcome>;
}

/** A copy of the launcher in a checkout with next to nothing else in it, on a machine that has just these tools. */
export interface FakeCheckout {
  root: string;
  /** What the launcher and the stand-ins find in their environment. */
  environment: Readonly<Record<string, string | undefined>>;
  /** What the stand-ins were called with, in order: `npm ci …`, `pip install …`, `venv …`, `uv …`. */
  calls(): string[];
  /** Starts a command of the launcher; `pretend` makes it believe in another Node version or platform. */
  launch(command: readonly string[], options?: LaunchOptions): Run;
  /** Runs a command of the launcher to its end. */
  run(command: readonly string[], options?: LaunchOptions): Promise<Outcome>;
  /** Moves the checkout, as its user might, to a folder of another name. */
  move(name?: string): void;
}

/** On what machine and with which variables the launcher runs. */
export interface LaunchOptions {
  environment?: Readonly<Record<string, string>>;
  pretend?: { node?: string; platform?: string };
}

/** Makes a checkout that is gone when the test ends; by default on a machine with Python and npm. */
export function makeFakeCheckout(
  context: TestContext,
  tools: readonly Tool[] = ["python3", "npm"],
  /** For one that lies elsewhere, on a small disk for example. */
  elsewhere: { root?: string } = {},
): FakeCheckout {
  const folder = realpathSync(makeFolder(context));
  const callsFile = join(folder, "calls");
  const path = join(folder, "path");
  mkdirSync(path);
  for (const tool of tools) writeTool(path, tool);
  let root = elsewhere.root ?? join(folder, "checkout");
  copyLauncher(root);

  const ownEnvironment = {
    PATH: path,
    HOME: folder,
    FAKE_CALLS: callsFile,
    NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"],
  };
  const calls = () => (existsSync(callsFile) ? readFileSync(callsFile, "utf8").trimEnd().split("\n") : []);
  const launch = (
    command: readonly string[],
    { environment = {}, pretend = {} }: LaunchOptions = {},
  ): Run => {
    const preload = `data:text/javascript,${encodeURIComponent(pretence(pretend))}`;
    const child = spawn(process.execPath, ["--import", preload, join(root, "bin/workbook.mjs"), ...command], {
      cwd: root,
      env: { ...ownEnvironment, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    return { child, ended: outcomeOf(child) };
  };
  return {
    get root() {
      return root;
    },
    environment: ownEnvironment,
    calls,
    launch,
    run: (command, options) => launch(command, options).ended,
    move(name = "elsewhere") {
      const moved = join(folder, name);
      renameSync(root, moved);
      root = moved;
    },
  };
}

/** Waits until something can be read off; the runner's own time limit is the limit. */
export async function until<Result>(read: () => Result | undefined): Promise<Result> {
  for (;;) {
    const result = read();
    if (result !== undefined) return result;
    await delay(20);
  }
}

/** Tells whether a process is there; one that has ended and that nobody has asked about yet is not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const status = `/proc/${pid}/status`;
  return !existsSync(status) || !/^State:\s+Z/m.test(readFileSync(status, "utf8"));
}

function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const outcome = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (text: string) => {
      outcome[name] += text;
    });
  }
  return new Promise((resolve) => child.on("close", (exitCode) => resolve({ exitCode, ...outcome })));
}

function pretence({ node, platform }: { node?: string; platform?: string }): string {
  return [
    node === undefined
      ? ""
      : `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${node}" } });`,
    platform === undefined ? "" : `Object.defineProperty(process, "platform", { value: "${platform}" });`,
  ].join("\n");
}

function writeTool(path: string, tool: Tool): void {
  const name = tool.replace("real ", "");
  const quoted = (part: string) => `'${part.replaceAll("'", String.raw`'\''`)}'`;
  const script = (...command: string[]) =>
    writeFileSync(join(path, name), `#!/bin/sh\nexec ${command.join(" ")} "$@"\n`, { mode: 0o755 });
  if (tool === "real python3") script(quoted(realPython()));
  else if (tool === "real npm") script(quoted(process.execPath), quoted(realNpm()));
  else
    script(
      quoted(process.execPath),
      quoted(join(projectRoot, "test/launcher/fakes", `${name.replace("3", "")}.ts`)),
      '"$0"',
    );
}

/** The Python behind the project's own environment. */
function realPython(): string {
  return realpathSync(join(projectRoot, ".venv/bin/python"));
}

/** The npm that belongs to the Node which runs the tests. */
export function realNpm(): string {
  const installation = dirname(dirname(realpathSync(process.execPath)));
  return join(installation, "lib/node_modules/npm/bin/npm-cli.js");
}

function copyLauncher(root: string): void {
  const copied = [
    ...["bin", ".npmrc", "package.json", "package-lock.json", "tsconfig.json", ".env.example"],
    ...["lib/package.json", "lib/tsconfig.json", "rehearsal/left-out", "jupyter/kernel"],
    ...["rehearsal/package.json", "rehearsal/tsconfig.json"],
    ...["requirements.txt", "requirements-node.txt", "requirements-model.txt", "requirements-router.txt"].map(
      (file) => `jupyter/${file}`,
    ),
  ];
  for (const file of copied) {
    cpSync(join(projectRoot, file), join(root, file), { recursive: true });
  }
  for (const name of ["lib", "rehearsal"]) {
    mkdirSync(join(root, name, "src"));
    writeFileSync(join(root, name, "src/index.ts"), "export const tokens = 1;\n");
  }
  for (const name of ["file-lock", "file-problem", "process-identity", "write-whole"]) {
    cpSync(join(projectRoot, `lib/src/files/${name}.mjs`), join(root, `lib/src/files/${name}.mjs`));
  }
}
