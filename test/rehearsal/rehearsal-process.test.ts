import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { identifyProcess } from "../../lib/src/files/process-identity.mjs";
import { endRehearsal, ensureRehearsal, findRehearsal, leaveRehearsal } from "../../rehearsal/src/index.ts";
import type { RehearsalOptions } from "../../rehearsal/src/rehearsal-process.ts";
import { makeFolder, setEnvironment } from "../helpers/environment.ts";
import { sendJson, startLocalServer } from "../helpers/local-server.ts";
import { mountSmallDisk } from "../helpers/small-disk.ts";

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

/** The processes whose command line names a folder. */
function findByFolder(folder: string): string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(folder);
    } catch {
      return false;
    }
  });
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

/** Code of a process that opens the rehearsal, as a command or as what it has started, and ends it when it is told to. */
function userCode(options: RehearsalOptions, { isCommand }: { isCommand: boolean }): string {
  const [library, identity] = ["rehearsal/src/index.ts", "lib/src/files/process-identity.mjs"].map((file) =>
    JSON.stringify(new URL(`../../${file}`, import.meta.url).href),
  );
  return `import { ensureRehearsal, leaveRehearsal } from ${library};
    import { identifyProcess } from ${identity};
    if (${isCommand}) process.env["WORKBOOK_COMMAND"] = JSON.stringify(identifyProcess());
    const open = () => ensureRehearsal(${JSON.stringify(options)}).then(({ pid }) => pid, ({ message }) => message);
    console.log(await open());
    process.stdin.once("data", async () => {
      await leaveRehearsal(${JSON.stringify(options)});
      console.log(await open());
      process.exit();
    });`;
}

/** Starts such a process; `said` is what it says next: the rehearsal's process id, or why there is none. */
function startUser(t: TestContext, options: RehearsalOptions, { isCommand = true } = {}) {
  const code = userCode(options, { isCommand });
  const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", code], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  t.after(() => child.kill("SIGKILL"));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const said = async () => String((await lines.next()).value);
  return {
    child,
    said,
    leave: async () => {
      child.stdin.write("leave");
      const what = await said();
      if (child.exitCode === null) await once(child, "exit");
      return what;
    },
  };
}

describe("a rehearsal that several commands use", () => {
  test("stays when the one that started it leaves, and ends with the last one", async (t) => {
    const { stateFolder, options } = makeState(t);
    const first = startUser(t, options);
    const pid = Number(await first.said());
    const second = startUser(t, options);
    assert.equal(Number(await second.said()), pid);
    assert.equal(Number(await first.leave()), pid, "it is there for the other one");
    assert.equal((await findRehearsal(stateFolder))?.pid, pid);
    assert.match(await second.leave(), /^The command that started this process has ended/);
    assert.equal(isAlive(pid), false);
    assert.equal(existsSync(join(stateFolder, "rehearsal", "starting")), false);
  });

  test("stays for a kernel that no command has started, and ends when that has ended too", async (t) => {
    const { options } = makeState(t);
    const command = startUser(t, options);
    const pid = Number(await command.said());
    const kernel = startUser(t, options, { isCommand: false });
    assert.equal(Number(await kernel.said()), pid);
    await command.leave();
    assert.equal(isAlive(pid), true);
    kernel.child.kill("SIGKILL");
    await waitUntilGone(pid);
  });

  test("is not taken away from one command by another that wants another model", async (t) => {
    const { options } = makeState(t);
    const first = startUser(t, options);
    const pid = Number(await first.said());
    const second = startUser(t, { ...options, model: "Qwen/Qwen3-8B" });
    assert.match(
      await second.said(),
      new RegExp(
        `^The rehearsal serves meta-llama/\\S+ to another command \\(process ${first.child.pid}\\)\\. .*WORKBOOK_STATE`,
      ),
    );
    assert.equal(isAlive(pid), true);
  });

  test("ends soon after its command was killed", async (t) => {
    const { options } = makeState(t);
    const command = startUser(t, options);
    const pid = Number(await command.said());
    command.child.kill("SIGKILL");
    await waitUntilGone(pid);
  });

  test("is not waited for by a command that leaves while it is just starting", async (t) => {
    const { stateFolder, options } = makeState(t);
    setEnvironment(t, { WORKBOOK_COMMAND: JSON.stringify(identifyProcess()) });
    const opening = assert.rejects(ensureRehearsal(options), /^WorkbookError: The rehearsal's server ended/);
    while (!existsSync(join(stateFolder, "rehearsal/rehearsal.log"))) await delay(1);
    await leaveRehearsal(options);
    await opening;
    assert.equal(existsSync(join(stateFolder, "rehearsal/starting")), false);
  });

  test("goes with a starter that is killed while it is just starting", async (t) => {
    const { stateFolder, options } = makeState(t);
    const command = startUser(t, options);
    // The log is opened just before the process is started.
    while (!existsSync(join(stateFolder, "rehearsal/rehearsal.log"))) await delay(1);
    command.child.kill("SIGKILL");
    const { started, pid } = await ensureRehearsal(options);
    assert.equal(started, true);
    await endRehearsal(options);
    assert.equal(isAlive(pid), false);
    if (process.platform === "linux") while (findByFolder(stateFolder).length > 0) await delay(20);
  });
});

describe("a rehearsal whose folder cannot be used", () => {
  test("says at once which file and why, and starts when the cause is gone", async (t) => {
    const { options, stateFolder } = makeState(t);
    writeFileSync(join(stateFolder, "rehearsal"), "in the way");
    await assert.rejects(ensureRehearsal(options), {
      name: "WorkbookError",
      message:
        /^The rehearsal cannot be opened: \S+\/rehearsal\/users\S* could not be opened or written: .*\((ENOTDIR|EEXIST)\)\. Rename/,
    });
    rmSync(join(stateFolder, "rehearsal"));
    assert.equal((await ensureRehearsal(options)).started, true);
  });

  for (const content of ["", "{", "null"]) {
    test(`starts where its lock is ${content === "" ? "empty" : content}`, async (t) => {
      const { options, stateFolder } = makeState(t);
      mkdirSync(join(stateFolder, "rehearsal"));
      writeFileSync(join(stateFolder, "rehearsal", "starting"), content);
      assert.equal((await ensureRehearsal(options)).started, true);
    });
  }

  test("on a full disk says so, and starts once there is room", async (t) => {
    const disk = mountSmallDisk(t);
    if (disk === null) return;
    const stateFolder = join(disk.folder, "state");
    t.after(() => endRehearsal({ stateFolder }));
    disk.fill();
    const message =
      /^The rehearsal cannot be opened: \S+ could not be opened or written: the disk is full \(ENOSPC\)\. Make room/;
    await assert.rejects(ensureRehearsal({ stateFolder, engine: "timed" }), {
      name: "WorkbookError",
      message,
    });
    disk.empty();
    assert.equal((await ensureRehearsal({ stateFolder, engine: "timed" })).started, true);
    await endRehearsal({ stateFolder });
    disk.lock();
    await assert.rejects(ensureRehearsal({ stateFolder, engine: "timed" }), /can only be read \(EROFS\)/);
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
