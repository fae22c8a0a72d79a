import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { connectEndpoint } from "../../lib/src/endpoint/index.ts";
import { WorkbookError } from "../../lib/src/errors.ts";
import { startModelServerProcess } from "../../rehearsal/src/index.ts";

describe("a model server in a process of its own", () => {
  test("answers as one in this process does, until it is killed", async (context) => {
    const server = await startModelServerProcess({ engine: "timed", model: "small", apiKey: "sk-test" });
    context.after(() => server.kill());
    assert.notEqual(server.pid, process.pid);
    assert.equal((await connectEndpoint(server)).model, "small");
    await server.kill();
    await assert.rejects(fetch(server.baseUrl));
    await server.kill();
  });

  test("ends with the process that started it, even where that is killed", async () => {
    const starter = fork(new URL("./start-server-and-wait.ts", import.meta.url), {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    const [pid] = await once(starter, "message");
    starter.kill("SIGKILL");
    await once(starter, "exit");
    while (isAlive(pid)) await delay(10);
  });

  test("that cannot start says why, in the words of the process", async () => {
    await assert.rejects(
      startModelServerProcess({ engine: "llama", modelFile: "no-such-model.gguf" }),
      (error: unknown) => error instanceof WorkbookError && /no-such-model\.gguf/.test(error.message),
    );
  });
});

function isAlive(pid: unknown): boolean {
  try {
    return process.kill(Number(pid), 0);
  } catch {
    return false;
  }
}
