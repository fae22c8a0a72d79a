import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { endRehearsal, ensureRehearsal, findRehearsal } from "../../rehearsal/src/index.ts";
import type { RehearsalOptions } from "../../rehearsal/src/rehearsal-process.ts";
import { makeFolder, setEnvironment } from "../helpers/environment.ts";
import { sendJson, startLocalServer } from "../helpers/local-server.ts";

/** A state folder of its own, whose rehearsal ends with the test. */
function makeState(t: TestContext): { stateFolder: string; options: RehearsalOptions; file: string } {
  // Hooks run in the order in which they are made: the process ends before its folder goes.
  let stateFolder = "";
  t.after(() => endRehearsal({ stateFolder }));
  stateFolder = makeFolder(t);
  return {
    stateFolder,
    options: { stateFolder, engine: "timed" },
    file: join(stateFolder, "rehearsal", "process.json"),
  };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function waitUntilGone(pid: number): Promise<void> {
  while (isAlive(pid)) await delay(20);
}

/** A process that has nothing to do with the rehearsal. */
function startBystander(t: TestContext): ChildProcess & { pid: number } {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  t.after(() => child.kill("SIGKILL"));
  assert.ok(child.pid);
  return Object.assign(child, { pid: child.pid });
}

function writeDescription(file: string, parts: { pid: number; baseUrl: string }): void {
  mkdirSync(join(file, ".."), { recursive: true });
  const rest = {
    startedAt: "2026-11-24T00:00:00Z",
    apiKey: "sk-rehearsal",
    model: "m",
    rehearsalModel: null,
    runpodApiUrl: "http://127.0.0.1:9/v2",
    runpodProxyUrl: "http://127.0.0.1:9/proxy/{podId}/{port}",
    huggingFaceUrl: "http://127.0.0.1:9",
  };
  writeFileSync(file, JSON.stringify({ ...rest, ...parts }));
}

describe("the rehearsal's own process", () => {
  test("is started once, found by the next caller, and ended", async (t) => {
    const { stateFolder, options, file } = makeState(t);
    assert.equal(await findRehearsal(stateFolder), null);
    const first = await ensureRehearsal(options);
    assert.equal(first.started, true);
    assert.equal(first.model, "meta-llama/Llama-3.1-8B-Instruct");
    assert.match(first.baseUrl, /^http:\/\/127\.0\.0\.1:\d+\/v1$/);
    const second = await ensureRehearsal(options);
    assert.deepEqual(second, { ...first, started: false });
    assert.equal((await findRehearsal(stateFolder))?.pid, first.pid);
    assert.notEqual(first.pid, process.pid);
    assert.equal(statSync(file).mode & 0o077, 0);

    await endRehearsal({ stateFolder });
    await waitUntilGone(first.pid);
    assert.equal(await findRehearsal(stateFolder), null);
    assert.throws(() => readFileSync(file), { code: "ENOENT" });
    await endRehearsal({ stateFolder });
  });

  test("is started once by callers that come at the same moment, also from another process", async (t) => {
    const { options } = makeState(t);
    const library = new URL("../../rehearsal/src/index.ts", import.meta.url).href;
    const code = `import { ensureRehearsal } from ${JSON.stringify(library)};
      const { pid, started } = await ensureRehearsal(${JSON.stringify(options)});
      process.stdout.write(JSON.stringify({ pid, started }));`;
    const other = spawn(process.execPath, ["--input-type=module-typescript", "-e", code]);
    const output = other.stdout.setEncoding("utf8").toArray();
    const here = [ensureRehearsal(options), ensureRehearsal(options), ensureRehearsal(options)];
    const all = [...(await Promise.all(here)), JSON.parse((await output).join(""))];
    assert.equal(new Set(all.map(({ pid }) => pid)).size, 1);
    assert.equal(all.filter(({ started }) => started).length, 1);
  });

  test("makes room for one that serves another model", async (t) => {
    const { stateFolder, options } = makeState(t);
    const first = await ensureRehearsal(options);
    const second = await ensureRehearsal({ ...options, model: "Qwen/Qwen3-8B" });
    assert.equal(second.started, true);
    assert.equal(second.model, "Qwen/Qwen3-8B");
    await waitUntilGone(first.pid);
    assert.equal((await findRehearsal(stateFolder))?.pid, second.pid);
  });

  test("ends by itself after its idle time, and is not found any more", async (t) => {
    const { stateFolder, options } = makeState(t);
    const { pid } = await ensureRehearsal({ ...options, idleLimitMs: 200 });
    await waitUntilGone(pid);
    assert.equal(await findRehearsal(stateFolder), null);
  });

  test("forgets the journals of stand-ins that are gone, and nothing else", async (t) => {
    const { stateFolder } = makeState(t);
    const folder = join(stateFolder, "rehearsal");
    for (const name of ["127.0.0.1-9", "executed"]) mkdirSync(join(folder, name), { recursive: true });
    await ensureRehearsal({ stateFolder, engine: "timed" });
    assert.deepEqual(
      ["127.0.0.1-9", "executed"].map((name) => existsSync(join(folder, name))),
      [false, true],
    );
  });

  test("ends by itself when its state folder is gone", { timeout: 300_000 }, async (t) => {
    const { stateFolder, options } = makeState(t);
    const { pid } = await ensureRehearsal(options);
    rmSync(stateFolder, { recursive: true });
    await waitUntilGone(pid);
  });

  test("is started anew where the last one was killed and has left its file behind", async (t) => {
    const { stateFolder, options, file } = makeState(t);
    const first = await ensureRehearsal(options);
    process.kill(first.pid, "SIGKILL");
    await waitUntilGone(first.pid);
    assert.match(readFileSync(file, "utf8"), new RegExp(`"pid": ${first.pid}`));
    assert.equal(await findRehearsal(stateFolder), null);
    const second = await ensureRehearsal(options);
    assert.equal(second.started, true);
    assert.notEqual(second.pid, first.pid);
  });

  test("is started where a starter was killed and has left its lock behind", async (t) => {
    const { stateFolder, options } = makeState(t);
    const bystander = startBystander(t);
    mkdirSync(join(stateFolder, "rehearsal"));
    writeFileSync(join(stateFolder, "rehearsal", "starting"), String(bystander.pid));
    bystander.kill("SIGKILL");
    await waitUntilGone(bystander.pid);
    assert.equal((await ensureRehearsal(options)).started, true);
  });

  test("gets no key of the environment", async (t) => {
    setEnvironment(t, {
      OPENAI_API_KEY: "sk-canary",
      RUNPOD_API_KEY: "rpa_canary",
      HF_TOKEN: "hf_canary",
      AWS_SECRET_ACCESS_KEY: "canary",
    });
    const { options } = makeState(t);
    const { pid } = await ensureRehearsal(options);
    const isLinux = process.platform === "linux";
    if (isLinux) assert.doesNotMatch(readFileSync(`/proc/${pid}/environ`, "utf8"), /canary/);
  });

  test("says why it does not start, with the end of its log", async (t) => {
    const { options, stateFolder } = makeState(t);
    const rehearsalModel = join(stateFolder, "none.gguf");
    await assert.rejects(ensureRehearsal({ ...options, engine: "llama", rehearsalModel }), {
      name: "WorkbookError",
      message:
        /^The rehearsal's server ended with code 1\. The end of its log: [\s\S]*REHEARSAL_MODEL names a file that is not there[\s\S]*Run `npm run setup`, then try again\.$/,
    });
  });
});

describe("a file in the state folder that describes no rehearsal of ours", () => {
  test("never gets a foreign process killed: its pid belongs to something else by now", async (t) => {
    const { stateFolder, file } = makeState(t);
    const bystander = startBystander(t);
    writeDescription(file, { pid: bystander.pid, baseUrl: "http://127.0.0.1:9/v1" });
    assert.equal(await findRehearsal(stateFolder), null);
    await endRehearsal({ stateFolder });
    assert.equal(isAlive(bystander.pid), true);
  });

  test("never gets a foreign process killed: another server has its port by now", async (t) => {
    const { stateFolder, file } = makeState(t);
    const bystander = startBystander(t);
    const server = await startLocalServer(t, (_request, response) =>
      sendJson(response, { version: "0.32.0", rehearsal: { pid: bystander.pid + 1 } }),
    );
    writeDescription(file, { pid: bystander.pid, baseUrl: `${server.url}/v1` });
    assert.equal(await findRehearsal(stateFolder), null);
    await endRehearsal({ stateFolder });
    assert.equal(isAlive(bystander.pid), true);
    assert.equal(server.requests.length, 2);
  });

  test("never leads away from this machine", async (t) => {
    const { stateFolder, file } = makeState(t);
    const server = await startLocalServer(t, (_request, response) =>
      sendJson(response, { rehearsal: { pid: process.pid } }),
    );
    const elsewhere = server.url.replace("127.0.0.1", "localhost");
    writeDescription(file, { pid: process.pid, baseUrl: `${elsewhere}/v1` });
    assert.equal(await findRehearsal(stateFolder), null);
    assert.equal(server.requests.length, 0);
    writeDescription(file, { pid: process.pid, baseUrl: `${server.url}/v1` });
    assert.equal((await findRehearsal(stateFolder))?.pid, process.pid);
    rmSync(file);
  });

  test("counts as none where it is damaged", async (t) => {
    const { stateFolder, file } = makeState(t);
    mkdirSync(join(stateFolder, "rehearsal"));
    for (const content of ["", "{", "null", '{"pid":1}']) {
      writeFileSync(file, content);
      assert.equal(await findRehearsal(stateFolder), null);
    }
  });
});
