import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { testEnvironment } from "../../bin/commands/test-environment.ts";
import { findClosedPort } from "../helpers/local-server.ts";

const projectRoot = fileURLToPath(new URL("../..", import.meta.url));

/** JupyterLab as `npm run lab` starts it, with copies of the notebooks: Lab saves by itself what it opens. */
export interface Lab {
  /** Where it listens, and what it lets in. */
  address: { origin: string; token: string };
  /** The command line of its server, as everybody on the machine can read it. */
  commandLine(): string;
  /** All that it has written to its terminal. */
  said(): string;
  /** Opens a notebook of the copies in the browser and waits until its kernel is there. */
  open(page: Page, notebook: string): Promise<void>;
  /** Reads one figure of the rehearsal's `/metrics`. */
  readMetric(name: string): Promise<number>;
  close(): Promise<void>;
}

/** Starts Lab on a folder of its own, which `close` removes; `cells` is the code of an additional notebook. */
export async function startLab(options: {
  cells: Readonly<Record<string, readonly string[]>>;
  environment?: Readonly<Record<string, string>>;
}): Promise<Lab> {
  const relativeFolder = `.workbook/lab-test-${process.pid}`;
  const folder = join(projectRoot, relativeFolder);
  const stateFolder = join(folder, "state");
  mkdirSync(folder, { recursive: true });
  for (const name of ["02-chat.ipynb", "questions.json", "04-cost.ipynb"])
    cpSync(join(projectRoot, "notebooks", name), join(folder, name));
  for (const [name, cells] of Object.entries(options.cells))
    writeFileSync(join(folder, name), JSON.stringify(notebookOf(cells)));

  const port = await findClosedPort();
  // Straight to Lab: set-up is not what is tested, and would change what other tests run on.
  const child = spawn(
    process.execPath,
    [
      "bin/commands/lab.ts",
      "--no-browser",
      `--ServerApp.port=${port}`,
      "--ContentsManager.allow_hidden=True",
    ],
    {
      cwd: projectRoot,
      env: { ...testEnvironment({ stateFolder, reportsFolder: null }), ...options.environment },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const close = async () => {
    if (child.exitCode === null) {
      child.kill("SIGTERM");
      await once(child, "exit");
    }
    rmSync(folder, { recursive: true, force: true });
  };
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  }
  try {
    const address = await readAddress(child, () => said);
    await untilListening(address.origin);
    return {
      address,
      said: () => said,
      commandLine() {
        const [file = ""] = globSync("jpserver-*.json", { cwd: join(stateFolder, "jupyter/runtime") });
        return execFileSync("ps", ["-o", "args=", "-p", /\d+/.exec(file)?.[0] ?? ""], { encoding: "utf8" });
      },
      async open(page, notebook) {
        await page.goto(
          `${address.origin}/lab/tree/${relativeFolder}/${notebook}?reset&token=${address.token}`,
        );
        await page.locator(".jp-Notebook .jp-Cell").first().waitFor();
        // Whoever runs a cell before there is a kernel is asked for one.
        await page.getByText("TypeScript | Idle").waitFor();
      },
      readMetric: (name) => readMetric(stateFolder, name),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Resolves with where Lab listens, as it says itself. */
async function readAddress(
  child: ChildProcess,
  readSaid: () => string,
): Promise<{ origin: string; token: string }> {
  for (;;) {
    const said = readSaid();
    if (child.exitCode !== null) throw new Error(`Lab ended with exit code ${child.exitCode}:\n${said}`);
    const [, origin, token] = /(http:\/\/127\.0\.0\.1:\d+)\/lab\S*\?token=(\w+)/.exec(said) ?? [];
    if (origin !== undefined && token !== undefined) return { origin, token };
    await delay(50);
  }
}

/** Lab prints its address before it listens there. */
async function untilListening(origin: string): Promise<void> {
  while (!(await fetch(`${origin}/api`).catch(() => null))) await delay(50);
}

function notebookOf(cells: readonly string[]): unknown {
  const code = { cell_type: "code", metadata: {}, outputs: [], execution_count: null };
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: "tslab", display_name: "TypeScript", language: "typescript" } },
    cells: cells.map((source, index) => ({ ...code, id: `cell-${index}`, source })),
  };
}

async function readMetric(stateFolder: string, name: string): Promise<number> {
  const described = JSON.parse(readFileSync(join(stateFolder, "rehearsal/process.json"), "utf8")) as {
    baseUrl: string;
    apiKey: string;
  };
  const response = await fetch(described.baseUrl.replace("/v1", "/metrics"));
  const lines = (await response.text()).split("\n").filter((line) => line.startsWith(`vllm:${name}{`));
  if (lines.length === 0) throw new Error(`/metrics has no vllm:${name}`);
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
}
