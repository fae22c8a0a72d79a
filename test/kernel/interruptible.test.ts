import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { describe, type TestContext, test } from "node:test";
import { interruptible } from "../../lib/src/kernel/index.ts";

const library = new URL("../../lib/src/kernel/interruptible.ts", import.meta.url).href;

/** Runs code in a process of its own, since an interrupt meant for it must not reach the test runner. */
async function runInProcess(t: TestContext, code: string): Promise<{ output: string; code: number | null }> {
  const source = `import { interruptible } from ${JSON.stringify(library)};
    const say = (words) => process.stdout.write(words + "\\n");
    const interrupt = () => process.kill(process.pid, "SIGINT");
    const untilAborted = (signal) => new Promise((_, reject) =>
      signal.addEventListener("abort", () => reject(new Error("call gave up"))));
    setTimeout(() => process.exit(9), 300_000).unref();
    const stayAlive = setInterval(() => {}, 1_000);
    ${code}
    clearInterval(stayAlive);`;
  const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", source], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => child.kill("SIGKILL"));
  const closed = new Promise<number | null>((resolve) => child.once("close", resolve));
  return { output: await text(child.stdout), code: await closed };
}

describe("a call in a kernel", () => {
  test("is cancelled by an interrupt, of which the kernel hears nothing", async (t) => {
    const { output, code } = await runInProcess(
      t,
      `process.on("SIGINT", () => say("kernel"));
       const call = interruptible(async (signal) => { interrupt(); await untilAborted(signal); }, { isKernel: true });
       await call.catch((error) => say(error.message));
       say("listeners " + process.listenerCount("SIGINT"));
       process.once("SIGINT", () => say("again"));
       await new Promise((resolve) => { process.once("SIGINT", resolve); interrupt(); });`,
    );
    assert.equal(output, "call gave up\nlisteners 1\nkernel\nagain\n");
    assert.equal(code, 0);
  });

  test("that ignores the first interrupt leaves the second to the kernel", async (t) => {
    const { output } = await runInProcess(
      t,
      `const { promise, resolve } = Promise.withResolvers();
       process.on("SIGINT", () => { say("kernel"); resolve(); });
       await interruptible(async (signal) => {
         signal.addEventListener("abort", () => { say("first"); interrupt(); });
         interrupt();
         await promise;
       }, { isKernel: true });
       say("listeners " + process.listenerCount("SIGINT"));`,
    );
    assert.equal(output, "first\nkernel\nlisteners 1\n");
  });

  test("is cancelled together with the others that run, and the last one gives the signal back", async (t) => {
    const { output } = await runInProcess(
      t,
      `process.on("SIGINT", () => say("kernel"));
       const calls = ["a", "b"].map((name) =>
         interruptible(untilAborted, { isKernel: true }).catch(() => say(name + " gave up")));
       await interruptible(async () => {}, { isKernel: true });
       interrupt();
       await Promise.all(calls);
       say("listeners " + process.listenerCount("SIGINT"));`,
    );
    assert.equal(output, "a gave up\nb gave up\nlisteners 1\n");
  });

  test("gives the signal back where it fails by itself", async (t) => {
    const { output } = await runInProcess(
      t,
      `const kernel = () => {};
       process.on("SIGINT", kernel);
       await interruptible(async () => { throw new Error("its own"); }, { isKernel: true })
         .catch((error) => say(error.message));
       say(String(process.listeners("SIGINT").includes(kernel)) + process.listenerCount("SIGINT"));`,
    );
    assert.equal(output, "its own\ntrue1\n");
  });
});

describe("a call outside a kernel", () => {
  test("leaves Ctrl-C as it is", async (t) => {
    const { output, code } = await runInProcess(
      t,
      `await interruptible(async () => { say("before"); interrupt(); await new Promise(() => {}); });
       say("after");`,
    );
    assert.equal(output, "before\n");
    assert.equal(code, null);
  });

  test("gives its result, and is cancelled by the caller's signal", async () => {
    assert.equal(await interruptible(async () => 7), 7);
    const controller = new AbortController();
    const cancelled = await interruptible(
      async (signal) => {
        controller.abort();
        return signal.aborted;
      },
      { signal: controller.signal },
    );
    assert.equal(cancelled, true);
  });
});
