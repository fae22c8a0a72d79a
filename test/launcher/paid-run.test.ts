import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { globSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Rehearsal, startRehearsal } from "../../rehearsal/src/index.ts";
import { makeFolder } from "../helpers/environment.ts";

const start = fileURLToPath(new URL("../../bin/commands/start.ts", import.meta.url));
const key = "rpa_canary_not_a_key";

describe("npm start with a paid target", () => {
  test("rents nothing without a ceiling, and says how to set one", async (t) => {
    const account = await openAccount(t);
    const { exitCode, printed } = await account.start(["--yes"], {}).ended;
    assert.equal(exitCode, 1);
    assert.match(printed, /worst case {2}\$\d\.\d\d until the deadline after 60 minutes/);
    assert.match(printed, /Nothing is rented without a ceiling\.\nPut one into \.env/);
    assert.deepEqual(account.rehearsal.ledger().pods, []);
  });

  test("rents nothing where the budget does not cover the worst case, and says what is left", async (t) => {
    const account = await openAccount(t);
    const settings = { WORKBOOK_MAX_USD_PER_HOUR: "2", WORKBOOK_MAX_USD: "0.25" };
    const { exitCode, printed } = await account.start(["--yes"], settings).ended;
    assert.equal(exitCode, 1);
    assert.match(printed, /Of the budget of \$0\.25 \(WORKBOOK_MAX_USD\) \$0\.25 are left\./);
    assert.match(printed, /The budget does not cover the worst case of the pod\.\nEnd what you do not need/);
    assert.deepEqual(account.rehearsal.ledger().pods, []);
  });

  test("asks before it rents, and refuses where there is no terminal to ask on", async (t) => {
    const account = await openAccount(t);
    const { exitCode, printed } = await account.start([], { WORKBOOK_MAX_USD_PER_HOUR: "2" }).ended;
    assert.equal(exitCode, 1);
    assert.match(printed, /ceiling {5}\$2\.00 an hour/);
    assert.doesNotMatch(printed, /serverless/);
    assert.match(printed, /there is no terminal on which to ask you\.\nRun `npm start -- --yes`/);
    assert.deepEqual(account.rehearsal.ledger().pods, []);
  });

  test("shows the serverless endpoint too where WORKBOOK_SCALE_OUT lets a notebook make one", async (t) => {
    const account = await openAccount(t);
    const settings = { WORKBOOK_MAX_USD_PER_HOUR: "50", WORKBOOK_SCALE_OUT: "yes" };
    const { exitCode, printed } = await account.start([], settings).ended;
    assert.equal(exitCode, 1);
    assert.match(printed, /kind {8}serverless, load-balancer.*at most {5}\$\d+\.\d\d an hour with 1 worker/s);
    assert.match(printed, /ceiling {5}\$50\.00 an hour for the pod, and as much for the endpoint/);
  });

  test("interrupted, it leaves no pod that it has rented, and says so", async (t) => {
    const account = await openAccount(t);
    const run = account.start(["--yes"], { WORKBOOK_MAX_USD_PER_HOUR: "2" });
    let hasEnded = false;
    void run.ended.then(() => {
      hasEnded = true;
    });
    while (account.rehearsal.ledger().running.length === 0 && !hasEnded) await delay(50);
    run.interrupt();
    const { exitCode, printed } = await run.ended;
    assert.equal(exitCode, 130);
    // Which of the two is the reason hangs on whether the kernel that waited for the pod is gone already.
    const reason = "(everything is to end|the process that started it has ended)";
    // A kernel that was just renting has ended its pod itself, if it came to that.
    assert.match(
      printed,
      new RegExp(`\n(Ended r\\w+ \\(${reason}\\); .*\n)?No pod of this workbook runs\\.`),
    );
    const { pods, running } = account.rehearsal.ledger();
    assert.deepEqual([pods.length, running.length, pods[0]?.endedBy], [1, 0, "call"]);
    assert.equal(printed.includes(key), false);
  });

  test("ends the pod of a deployment that fails, and does not go on", async (t) => {
    const account = await openAccount(t);
    account.rehearsal.addFault({ kind: "wrong-model", model: "somebody/else" });
    const run = account.start(["--yes"], { WORKBOOK_MAX_USD_PER_HOUR: "2" });
    const { exitCode, printed } = await run.ended;
    assert.equal(exitCode, 1);
    assert.match(printed, /01-deploy failed in code cell \d/);
    assert.doesNotMatch(printed, /02-chat/);
    assert.deepEqual(account.rehearsal.ledger().running, []);
    // The reports, the executed notebooks, the journal and the logs of it, and what it printed.
    const written = readAllFiles(account.folder);
    assert.ok(
      ["01-deploy.html", "01-deploy.ipynb", "pods.jsonl"].every((name) => written.names.includes(name)),
    );
    assert.doesNotMatch(written.text + printed, /canary|\bsk-[\w-]{16,}/);
    // It holds what reports leave out.
    const copy = globSync("state/*/executed/*/01-deploy.ipynb", { cwd: account.folder })[0] ?? "";
    assert.equal(statSync(join(account.folder, copy)).mode & 0o777, 0o600);
    assert.equal(statSync(join(account.folder, copy, "..")).mode & 0o777, 0o700);
  });
});

interface Run {
  ended: Promise<{ exitCode: number | null; printed: string }>;
  interrupt(): void;
}

/** An account that the launcher takes for a real one: it knows only its address. */
async function openAccount(t: TestContext): Promise<{
  rehearsal: Rehearsal;
  /** Where the reports and the state are. */
  folder: string;
  start(options: string[], environment: Record<string, string>): Run;
}> {
  const rehearsal = await startRehearsal({ engine: "timed" });
  t.after(() => rehearsal.close());
  const folder = makeFolder(t);
  return {
    rehearsal,
    folder,
    start(options, environment) {
      const child = spawn(process.execPath, [start, "--reports", join(folder, "reports"), ...options], {
        stdio: ["ignore", "pipe", "pipe"],
        env: {
          ...process.env,
          WORKBOOK_IGNORE_ENV_FILE: "1",
          WORKBOOK_TARGET: "runpod",
          WORKBOOK_STATE: join(folder, "state"),
          WORKBOOK_MAX_USD_PER_HOUR: "",
          RUNPOD_API_KEY: key,
          RUNPOD_API_URL: rehearsal.runpodApiUrl,
          RUNPOD_PROXY_URL: rehearsal.runpodProxyUrl,
          HF_TOKEN: "hf_canary_not_a_key",
          HF_ENDPOINT: rehearsal.huggingFaceUrl,
          ...environment,
        },
      });
      let printed = "";
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (text: string) => {
          printed += text;
        });
      }
      const ended = new Promise<{ exitCode: number | null; printed: string }>((resolve) => {
        child.once("close", (exitCode) => resolve({ exitCode, printed }));
      });
      return { ended, interrupt: () => child.kill("SIGINT") };
    },
  };
}

function readAllFiles(folder: string): { names: string[]; text: string } {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  return {
    names: files.map(({ name }) => name),
    text: files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), "utf8")).join("\n"),
  };
}
