import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { type FakeCheckout, isRunning, makeFakeCheckout, until } from "./fake-checkout.ts";

/** The process ids of a stand-in that hangs and of its child. */
async function hangingPids(checkout: FakeCheckout): Promise<number[]> {
  const line = await until(() => checkout.calls().find((call) => call.startsWith("hanging")));
  return line.split(" ").slice(1).map(Number);
}

const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

describe("an interrupted set-up", () => {
  for (const [signal, tool] of [
    ["SIGINT", "NPM"],
    ["SIGTERM", "PIP"],
    ["SIGHUP", "VENV"],
  ] as const) {
    test(`${signal} in the middle of ${tool.toLowerCase()} ends its whole family, and the next run repairs`, async (context) => {
      const checkout = makeFakeCheckout(context);
      const run = checkout.launch(["start"], { environment: { [`FAKE_${tool}`]: "hang" } });
      const pids = await hangingPids(checkout);
      assert.equal(pids.length, 2);
      run.child.kill(signal);
      const { exitCode, stderr } = await run.ended;
      assert.deepEqual([exitCode, stderr], [exitCodes[signal], ""]);
      for (const pid of pids) await until(() => !isRunning(pid) || undefined);

      const repaired = await checkout.run(["setup"]);
      assert.equal(repaired.exitCode, 0, repaired.stderr);
      assert.match((await checkout.run(["setup"])).stdout, /nothing to do/);
    });
  }

  test("a set-up that was killed outright is repaired as well", async (context) => {
    const checkout = makeFakeCheckout(context);
    const run = checkout.launch(["setup"], { environment: { FAKE_NPM: "hang" } });
    const pids = await hangingPids(checkout);
    run.child.kill("SIGKILL");
    await run.ended;
    for (const pid of pids) process.kill(pid, "SIGKILL");
    const repaired = await checkout.run(["setup"]);
    assert.equal(repaired.exitCode, 0, repaired.stderr);
    assert.match(repaired.stdout, /✓ npm packages/);
  });
});

describe("an interrupted command", () => {
  test("Ctrl-C reaches what runs in the foreground, waits for it, and ends with 130", async (context) => {
    const checkout = makeFakeCheckout(context);
    const script = join(checkout.root, "slow.mjs");
    writeFileSync(
      script,
      `import { writeFileSync } from "node:fs";
      const timer = setInterval(() => {}, 1_000);
      process.on("SIGINT", () => {
        clearInterval(timer);
        writeFileSync("ended", "cleaned up");
      });
      writeFileSync("started", String(process.pid));`,
    );
    const run = checkout.launch(["run", script]);
    const pid = await until(() => readNumber(join(checkout.root, "started")));
    run.child.kill("SIGINT");
    assert.equal((await run.ended).exitCode, 130);
    assert.equal(readFileSync(join(checkout.root, "ended"), "utf8"), "cleaned up");
    assert.equal(isRunning(pid), false);
  });

  test("Ctrl-C ends at once what would ask back, as Jupyter does", async (context) => {
    const checkout = makeFakeCheckout(context);
    writeFileSync(
      join(checkout.root, "asks-back.mjs"),
      `import { writeFileSync } from "node:fs";
      setInterval(() => {}, 1_000);
      process.on("SIGINT", () => console.log("Really?"));
      process.on("SIGTERM", () => process.exit(0));
      writeFileSync("started", String(process.pid));`,
    );
    writeFileSync(
      join(checkout.root, "foreground.mjs"),
      `import { runInForeground } from "./bin/set-up/child-processes.mjs";
      import { runStage } from "./bin/set-up/stage.mjs";
      await runStage(() => runInForeground(process.execPath, ["asks-back.mjs"], { kind: "process" }));`,
    );
    const run = checkout.launch(["run", "foreground.mjs"]);
    const pid = await until(() => readNumber(join(checkout.root, "started")));
    run.child.kill("SIGINT");
    const { exitCode, stdout } = await run.ended;
    assert.equal(exitCode, 130);
    assert.doesNotMatch(stdout, /Really/);
    assert.equal(isRunning(pid), false);
  });

  test("takes its live line back", async (context) => {
    const checkout = makeFakeCheckout(context);
    writeFileSync(
      join(checkout.root, "live.mjs"),
      `import { createProgress } from "./bin/set-up/progress.mjs";
      import { runStage } from "./bin/set-up/stage.mjs";
      process.stdout.isTTY = true;
      await runStage(() => createProgress().during("work", () => new Promise(() => setInterval(() => {}, 1_000))));`,
    );
    const run = checkout.launch(["run", "live.mjs"]);
    run.child.stdout?.on("data", (text) => text.includes("… work") && run.child.kill("SIGINT"));
    const { exitCode, stdout } = await run.ended;
    assert.equal(exitCode, 130);
    assert.ok(stdout.endsWith("\r\x1b[2K"), stdout);
  });

  test("that fails once more while it cleans up still cleans up to the end", async (context) => {
    const checkout = makeFakeCheckout(context);
    writeFileSync(
      join(checkout.root, "fails-twice.mjs"),
      `import { writeFileSync } from "node:fs";
      import { setTimeout as delay } from "node:timers/promises";
      import { beforeEnd } from "./bin/set-up/child-processes.mjs";
      import { runStage } from "./bin/set-up/stage.mjs";
      await runStage(() => {
        beforeEnd(async () => {
          setTimeout(() => { throw new Error("two"); });
          await delay(300);
          writeFileSync("ended", "cleaned up");
        });
        setTimeout(() => { throw new Error("one"); });
        return new Promise(() => setInterval(() => {}, 1_000));
      });`,
    );
    const { exitCode, stderr } = await checkout.run(["run", "fails-twice.mjs"]);
    assert.equal(exitCode, 1);
    assert.match(stderr, /Error: one[\s\S]*Error: two/);
    assert.equal(readFileSync(join(checkout.root, "ended"), "utf8"), "cleaned up");
  });

  test("whose reader has gone, as in `npm start | head`, cleans up and says nothing", async (context) => {
    const checkout = makeFakeCheckout(context);
    const run = checkout.launch(["setup"], { environment: { FAKE_PIP: "hang" } });
    const pids = await hangingPids(checkout);
    run.child.stdout?.destroy();
    const { exitCode, stderr } = await run.ended;
    assert.deepEqual([exitCode, stderr], [141, ""]);
    for (const pid of pids) await until(() => !isRunning(pid) || undefined);
    assert.equal(existsSync(join(checkout.root, ".workbook/set-up.lock")), false);
  });
});

function readNumber(file: string): number | undefined {
  try {
    return Number(readFileSync(file, "utf8")) || undefined;
  } catch {
    return undefined;
  }
}
