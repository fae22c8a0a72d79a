import { spawn } from "node:child_process";
import { Socket } from "node:net";
import { createInterface } from "node:readline";
import { z } from "zod";
import { held, unlessEnding, whileRunning } from "../../set-up/child-processes.mjs";
import { LauncherError } from "../../set-up/launcher-error.mjs";
import { inProject, projectRoot, python } from "../../set-up/project.mjs";

const failureSchema = z.array(z.string()).nullable();

/** Hears of the page that was asked for: null, or the lines that say why there is none. */
type Listener = (failure: string[] | null) => void;

let ask: ((folder: string, listener: Listener) => void) | null = null;

/** Writes `report.html` beside the `report.ipynb` in a folder; all pages come from one nbconvert, which ends with this process. */
export async function convertPage(folder: string): Promise<void> {
  await unlessEnding();
  ask ??= startConverter();
  const { promise, resolve } = Promise.withResolvers<string[] | null>();
  ask(folder, resolve);
  const failure = await promise;
  if (failure !== null)
    throw new LauncherError("nbconvert could not write the page.", { lastLines: failure.slice(-15) });
}

function startConverter(): NonNullable<typeof ask> {
  const script = [inProject("jupyter/convert.py"), inProject("jupyter/templates")];
  const child = spawn(...held(python, script), {
    cwd: projectRoot,
    // A Ctrl-C is this process's business.
    detached: true,
    stdio: ["pipe", "pipe", "pipe", "pipe"],
    // Whatever the user has set for their own nbconvert must not change the page.
    env: { ...process.env, JUPYTER_NO_CONFIG: "1", JUPYTER_PLATFORM_DIRS: "1" },
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  void whileRunning(() => ({ pid: child.pid, kind: "group", ended, hold: child.stdio[3] }));
  const listeners: Listener[] = [];
  let complaints = "";
  const holdOpen = (change: "ref" | "unref") => {
    child[change]();
    const streams = [child.stdin, child.stdout, child.stderr];
    for (const stream of streams) if (stream instanceof Socket && !stream.destroyed) stream[change]();
  };
  const answer = (failure: string[] | null) => {
    listeners.shift()?.(failure);
    if (listeners.length === 0) holdOpen("unref");
  };
  const fail = (reason: string) => {
    ask = null;
    while (listeners.length > 0) answer([...complaints.trimEnd().split("\n"), reason]);
  };
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaints = (complaints + text).slice(-20_000);
  });
  createInterface(child.stdout).on("line", (line) => answer(failureSchema.parse(JSON.parse(line))));
  // A process that has ended is told of by `close`.
  child.stdin.on("error", () => {});
  child.on("error", (error) => fail(`${python} could not be started: ${error.message}`));
  child.on("close", (code, signal) => fail(`It ended with ${signal ?? `exit code ${code}`}.`));
  return (folder, listener) => {
    holdOpen("ref");
    listeners.push(listener);
    child.stdin.write(`${folder}\n`);
  };
}
