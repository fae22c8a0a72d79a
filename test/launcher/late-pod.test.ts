import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { endEverything } from "../../bin/commands/money/end-everything.ts";
import { withPodsEnded } from "../../bin/commands/money/paid-run.ts";
import { startRehearsal } from "../../rehearsal/src/index.ts";
import { makeFolder, setEnvironment } from "../helpers/environment.ts";
import { startLocalServer } from "../helpers/local-server.ts";

/** An account in front of which a call that rents waits at a gate; who rented has been killed meanwhile. */
async function openSlowAccount(context: TestContext) {
  const rehearsal = await startRehearsal({ engine: "timed" });
  context.after(() => rehearsal.close());
  const { origin } = new URL(rehearsal.runpodApiUrl);
  const gate = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const passed = Promise.withResolvers<void>();
  const proxy = await startLocalServer(context, async ({ method, path, headers, body }, response) => {
    const isRenting = method === "POST" && path === "/v2/pods";
    if (isRenting) asked.resolve();
    if (isRenting) await gate.promise;
    const { authorization = "", "content-type": type = "application/json" } = headers;
    const answer = await fetch(`${origin}${path}`, {
      method,
      headers: { authorization, "content-type": type },
      ...(body === "" ? {} : { body }),
    });
    if (isRenting) passed.resolve();
    response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text());
  });
  setEnvironment(context, {
    WORKBOOK_IGNORE_ENV_FILE: "1",
    WORKBOOK_TARGET: "runpod",
    WORKBOOK_STATE: join(makeFolder(context), "state"),
    RUNPOD_API_KEY: "rpa_canary_not_a_key",
    RUNPOD_API_URL: `${proxy.url}/v2`,
    RUNPOD_PROXY_URL: rehearsal.runpodProxyUrl,
  });
  const script = join(import.meta.dirname, "rent-a-pod.ts");
  const child = spawn(process.execPath, ["--conditions=workbook-source", script], { stdio: "ignore" });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  await asked.promise;
  child.kill("SIGKILL");
  await ended;
  return {
    rehearsal,
    /** Lets the call that rents have its effect. */
    async letPass() {
      gate.resolve();
      await passed.promise;
    },
  };
}

describe("while a pod is being rented by somebody who was killed", () => {
  test("ending everything waits for it, and ends it as soon as it is there", async (context) => {
    const { rehearsal, letPass } = await openSlowAccount(context);
    const said: string[] = [];
    const sleep = async () => letPass();
    const swept = await endEverything(undefined, { sleep, say: (text) => said.push(text) });
    assert.match(said.join(), /^Something was being rented\. Waiting for up to 20 s/);
    assert.deepEqual([swept.ended.length, swept.mayStillCome.length], [1, 0]);
    const { pods, running } = rehearsal.ledger();
    assert.deepEqual([pods.length, running.length], [1, 0]);
  });

  test("nobody is told that none runs: what may still come is named", async (context) => {
    await openSlowAccount(context);
    const named =
      /workbook-\w+-\w{6} was being rented\. It has not appeared so far, and may until \d\d:\d\d UTC: its watchdog ends it/;
    const { pods } = await withPodsEnded("runpod", async () => ({}), { sleep: async () => {}, say() {} });
    assert.match(pods, named);
    assert.doesNotMatch(pods, /No pod/);
    const listed = await runCommand("pods");
    assert.match(listed.printed, named);
    assert.doesNotMatch(listed.printed, /No pod/);
  });
});

async function runCommand(name: string): Promise<{ printed: string }> {
  const path = fileURLToPath(new URL(`../../bin/commands/${name}.ts`, import.meta.url));
  const { promise, resolve } = Promise.withResolvers<{ printed: string }>();
  execFile(process.execPath, ["--conditions=workbook-source", path], (_error, stdout, stderr) =>
    resolve({ printed: stdout + stderr }),
  );
  return promise;
}
