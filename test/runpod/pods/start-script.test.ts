import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { createPod, extendPod } from "../../../lib/src/runpod/index.ts";
import { guardedCommand } from "../../../lib/src/runpod/pods/pod-body.ts";
import { makeFolder } from "../../helpers/environment.ts";
import { startPodWorld } from "../pod-world.ts";
import { canaries, smallPlan } from "../sample-plans.ts";

const run = promisify(execFile);
const podFolder = join(import.meta.dirname, "../../../lib/pod");

describe("the key guard in a pod", () => {
  test("asks for the key everywhere but at /health and /ping", async () => {
    const harness = join(import.meta.dirname, "guard-harness.py");
    const environment = { ...process.env, VLLM_API_KEY: "sk-canary" };
    const { stdout } = await run("python3", [harness, podFolder], { env: environment });
    assert.deepEqual(JSON.parse(stdout), {
      health: [200, 3],
      ping: [200, 3],
      "no key": [401, 2],
      invocations: [401, 2],
      "wrong key": [401, 2],
      "bare key": [401, 2],
      "two keys": [401, 2],
      key: [200, 3],
      "upper case header": [200, 3],
      "below health": [401, 2],
      "double slash": [401, 2],
      preflight: [200, 3],
      "preflight elsewhere": [401, 2],
      "preflight below metrics": [401, 2],
      "preflight of a socket": ["websocket.close", 1],
      "GET like a preflight": [401, 2],
      OPTIONS: [401, 2],
      "OPTIONS of a route": [401, 2],
      "OPTIONS from a page": [401, 2],
      "OPTIONS with key": [200, 3],
      "health below a root path": [200, 3],
      "health beside a root path": [200, 3],
      "preflight below a root path": [200, 3],
      "metrics below a root path": [401, 2],
      "another root path": [401, 2],
      "twice below a root path": [401, 2],
      socket: ["websocket.close", 1],
      "socket with key": [200, 3],
      lifespan: [200, 3],
    });
  });
});

/** Runs the start command with a `vllm` that prints what it was started with. */
async function startWithFakeVllm(context: TestContext, environment: Record<string, string>) {
  const folder = makeFolder(context);
  const fake = join(folder, "vllm");
  const script = `import json, sys
from workbook_key_guard import KeyGuard
print(json.dumps({"arguments": sys.argv[1:], "guard": KeyGuard.__name__}))
`;
  writeFileSync(fake, `#!/usr/bin/env python3\n${script}`);
  chmodSync(fake, 0o755);
  const { entrypoint, cmd } = guardedCommand(["org/model", "--hf-overrides", '{"a": "b c"}']);
  const [program = "", ...rest] = [...entrypoint, ...cmd];
  const path = `${folder}:${process.env["PATH"]}`;
  return run(program, rest, { env: { PATH: path, ...environment } });
}

describe("the start script of a pod", () => {
  test("starts vLLM with the plan's arguments as they are, and the guard as its middleware", async (context) => {
    const { stdout } = await startWithFakeVllm(context, { VLLM_API_KEY: "sk-canary" });
    const started = stdout.split("\n").find((line) => line.startsWith("{")) ?? "";
    assert.deepEqual(JSON.parse(started), {
      arguments: [
        ...["serve", "org/model", "--hf-overrides", '{"a": "b c"}'],
        ...["--middleware", "workbook_key_guard.KeyGuard"],
      ],
      guard: "KeyGuard",
    });
    assert.ok(!stdout.includes("sk-canary"));
  });

  test("does not serve without a key", async (context) => {
    await assert.rejects(startWithFakeVllm(context, {}), /VLLM_API_KEY is not set/);
  });
});

describe("the deadline timer in a pod", () => {
  /** Runs the timer as the container would, until the test ends. */
  function startTimer(context: TestContext, environment: Record<string, string>) {
    const timer = spawn("python3", ["-u", join(podFolder, "deadline_timer.py")], {
      env: { PATH: process.env["PATH"], ...environment },
      stdio: ["ignore", "pipe", "inherit"],
    });
    context.after(() => timer.kill("SIGKILL"));
    const said: string[] = [];
    timer.stdout.setEncoding("utf8").on("data", (text: string) => said.push(text));
    return said;
  }

  async function until(isSo: () => boolean): Promise<void> {
    for (let looks = 0; looks < 6_000; looks++) {
      if (isSo()) return;
      await delay(50);
    }
    assert.fail("it did not come about");
  }

  test("ends the pod with the pod's own key, and not before a later deadline in its name", async (context) => {
    const { open, rehearsal } = await startPodWorld(context, {
      // The stand-in's own timer is off: what ends the pod is the script.
      faults: [{ kind: "no-pod-deadline" }],
      clock: { nowMs: Date.now },
    });
    const workbook = open();
    const pod = await createPod(smallPlan(), { context: workbook });
    await extendPod(pod, { context: workbook, minutes: 60 });
    const environment = {
      WORKBOOK_API_URL: rehearsal.runpodApiUrl,
      RUNPOD_POD_ID: pod.id,
      RUNPOD_API_KEY: canaries.runpod,
      // Past already: only the name holds the timer back.
      WORKBOOK_DEADLINE: new Date(Date.now() - 1_000).toISOString(),
    };
    const said = startTimer(context, environment);
    await until(() => said.join("").includes("has been moved"));
    assert.deepEqual(rehearsal.ledger().running, [pod.id]);
    await workbook.client.updatePod(pod.id, { name: "somebody renamed it" });
    startTimer(context, environment);
    await until(() => rehearsal.ledger().running.length === 0);
    assert.ok(!said.join("").includes(canaries.runpod));
  });

  test("says that it cannot, without a key, and sends none to an address that is not https", async (context) => {
    const said = startTimer(context, { WORKBOOK_DEADLINE: "2026-11-24T08:00:00Z" });
    await until(() => said.join("").includes("cannot end itself"));
    const plain = startTimer(context, {
      ...{ WORKBOOK_DEADLINE: "2026-11-24T08:00:00Z", RUNPOD_POD_ID: "pod", RUNPOD_API_KEY: "key" },
      WORKBOOK_API_URL: "http://api.example.com/v2",
    });
    await until(() => plain.join("").includes("goes only to https"));
  });
});
