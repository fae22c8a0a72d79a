import assert from "node:assert/strict";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { claimFolder } from "../../bin/commands/claim-folder.ts";
import { identifyProcess } from "../../lib/src/files/process-identity.mjs";
import { makeFolder } from "../helpers/environment.ts";
import { mountSmallDisk } from "../helpers/small-disk.ts";
import { type FakeCheckout, isRunning, makeFakeCheckout, until } from "./fake-checkout.ts";

const slow = { FAKE_NPM: "slow", FAKE_PIP: "slow", FAKE_VENV: "slow" };
const waiting = "Another command is setting up this checkout: waiting for it.";

function toolsOf(checkout: FakeCheckout): string[] {
  return checkout
    .calls()
    .map((call) => call.split(" ")[0] ?? "")
    .sort();
}

describe("two set-ups of one checkout", () => {
  test("do everything once: the second waits, says so, and finds it done", async (t) => {
    const checkout = makeFakeCheckout(t);
    const first = checkout.launch(["setup"], { environment: slow });
    await until(() => checkout.calls()[0]);
    const outcomes = [await checkout.run(["setup"], { environment: slow }), await first.ended];
    for (const { exitCode, stderr } of outcomes) assert.deepEqual([exitCode, stderr], [0, ""]);
    assert.match(outcomes[0]?.stdout ?? "", new RegExp(`^${waiting}\nSet-up: nothing to do`));
    assert.doesNotMatch(outcomes[1]?.stdout ?? "", /waiting/);
    assert.deepEqual(toolsOf(checkout), ["npm", "pip", "pip", "pip", "venv"]);
    assert.equal(existsSync(join(checkout.root, ".workbook/set-up.lock")), false);
  });

  test("of which the first is killed: the second begins when npm and pip have ended too", async (t) => {
    const checkout = makeFakeCheckout(t);
    const run = checkout.launch(["setup"], { environment: { FAKE_NPM: "hang" } });
    const line = await until(() => checkout.calls().find((call) => call.startsWith("hanging")));
    const hanging = line.split(" ").slice(1).map(Number);
    run.child.kill("SIGKILL");
    const { exitCode, stdout, stderr } = await checkout.run(["setup"]);
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /✓ npm packages/);
    assert.deepEqual(hanging.filter(isRunning), []);
  });

  const leftLocks = {
    "is empty": "",
    "is damaged": '{"pid": 1',
    "names a process that is gone": JSON.stringify({ ...identifyProcess(), startedAt: "earlier" }),
  };
  for (const [how, content] of Object.entries(leftLocks)) {
    test(`are not held up by a lock that ${how}`, async (t) => {
      const checkout = makeFakeCheckout(t);
      mkdirSync(join(checkout.root, ".workbook"));
      writeFileSync(join(checkout.root, ".workbook/set-up.lock"), content);
      const { exitCode, stdout } = await checkout.run(["setup"]);
      assert.equal(exitCode, 0);
      assert.doesNotMatch(stdout, /waiting/);
    });
  }

  test("do not even look at the lock where there is nothing to do", async (t) => {
    const checkout = makeFakeCheckout(t);
    await checkout.run(["setup"]);
    writeFileSync(join(checkout.root, ".workbook/set-up.lock"), JSON.stringify(identifyProcess()));
    assert.match((await checkout.run(["setup"])).stdout, /^Set-up: nothing to do/);
  });
});

describe("a set-up beside an open JupyterLab", () => {
  /** A Lab that runs until it is ended. */
  async function openLab(checkout: FakeCheckout) {
    await checkout.run(["setup"]);
    writeFileSync(join(checkout.root, "bin/commands/lab.ts"), "setInterval(() => {}, 1_000);");
    const lab = checkout.launch(["lab"]);
    const state = join(checkout.root, ".workbook");
    await until(() => readdirSync(state).find((name) => name.endsWith(".running")));
    return lab;
  }

  test("waits before it replaces Python's packages, and says what to do", async (t) => {
    const checkout = makeFakeCheckout(t);
    const lab = await openLab(checkout);
    appendFileSync(join(checkout.root, "jupyter/requirements.txt"), "\n");
    const setUp = checkout.launch(["setup"]);
    let said = "";
    setUp.child.stdout?.on("data", (text: string) => {
      said += text;
    });
    await until(() => /set-up then goes on by itself/.exec(said) ?? undefined);
    const before = checkout.calls().length;
    lab.child.kill("SIGTERM");
    const { exitCode, stdout } = await setUp.ended;
    assert.equal(exitCode, 0);
    assert.match(
      stdout,
      /^`npm run lab` runs in this folder and uses Python packages that set-up has to replace\.\n/,
    );
    assert.match(stdout, /✓ JupyterLab and nbconvert/);
    assert.equal(checkout.calls().length, before + 1);
  });

  test("builds the library at once, and says when kernels take it up", async (t) => {
    const checkout = makeFakeCheckout(t);
    const lab = await openLab(checkout);
    appendFileSync(join(checkout.root, "lib/src/index.ts"), "\n");
    const { stdout } = await checkout.run(["setup"]);
    assert.match(stdout, /✓ library/);
    assert.match(
      stdout,
      /JupyterLab is open in this folder: its kernels take up what is new at Kernel → Restart\./,
    );
    lab.child.kill("SIGKILL");
    await lab.ended;
    appendFileSync(join(checkout.root, "jupyter/requirements.txt"), "\n");
    assert.match((await checkout.run(["setup"])).stdout, /^Setting up:\n {2}✓ JupyterLab and nbconvert/);
  });
});

describe("a set-up that cannot write", () => {
  test("says which file and why, in place of a stack", async (t) => {
    const checkout = makeFakeCheckout(t);
    writeFileSync(join(checkout.root, ".workbook"), "");
    const { exitCode, stderr } = await checkout.run(["setup"]);
    assert.equal(exitCode, 1);
    assert.match(
      stderr,
      /^\n\S+\/\.workbook(\/set-up\.lock)? could not be opened or written: a file is in the way \(EEXIST\)\.\n/,
    );
    assert.doesNotMatch(stderr, /^ +at /m);
  });

  test("on a full disk says so, and is repaired once there is room", async (t) => {
    const disk = mountSmallDisk(t);
    if (disk === null) return;
    const root = join(disk.folder, "checkout");
    const checkout = makeFakeCheckout(t, undefined, { root });
    disk.fill();
    const { exitCode, stderr } = await checkout.run(["setup"]);
    assert.equal(exitCode, 1);
    assert.match(
      stderr,
      /\/checkout\/\S+ could not be opened or written: the disk is full \(ENOSPC\)\.\nMake room there/,
    );
    assert.doesNotMatch(stderr, /^ +at /m);
    disk.empty();
    assert.equal((await checkout.run(["setup"])).exitCode, 0);
    disk.lock();
    assert.match((await checkout.run(["setup"])).stdout, /nothing to do/);
    const started = await checkout.run(["test"]);
    assert.match(
      started.stderr,
      /could not be opened or written: it lies on a disk that can only be read \(EROFS\)/,
    );
  });
});

describe("the folder of a run", () => {
  test("is its own, also for a second run in the same second", (t) => {
    const parent = join(makeFolder(t), "reports");
    const folders = [1, 2, 3].map(() => claimFolder(parent, "2026-11-27T14-03-22", { mode: 0o700 }));
    assert.deepEqual(
      folders.map((folder) => folder.slice(parent.length + 1)),
      ["2026-11-27T14-03-22", "2026-11-27T14-03-22-2", "2026-11-27T14-03-22-3"],
    );
    for (const folder of folders) assert.equal(statSync(folder).mode & 0o777, 0o700);
  });

  test("that cannot be made fails with the file system's own error", (t) => {
    const file = join(makeFolder(t), "reports");
    writeFileSync(file, "in the way");
    assert.throws(() => claimFolder(file, "run"), { code: "EEXIST" });
    assert.equal(readFileSync(file, "utf8"), "in the way");
  });
});
