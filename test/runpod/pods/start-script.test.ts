import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
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

/** Starts a pod's command with a `vllm` and, where one is given, a timer of the test's own. */
function startPod(
  context: TestContext,
  parts: {
    vllm: string;
    /** Other programs that the image has. */
    tools?: Record<string, string>;
    timer?: string;
    environment?: Record<string, string>;
    limits?: string;
    constants?: string;
  },
) {
  const { vllm, tools = {}, timer, environment = {}, limits = ":", constants = "" } = parts;
  const folder = makeFolder(context);
  for (const [name, text] of Object.entries({ vllm, ...tools })) {
    writeFileSync(join(folder, name), `#!/usr/bin/env python3\n${text}`, { mode: 0o755 });
  }
  // What lies where it starts is not its library.
  writeFileSync(join(folder, "tempfile.py"), "raise SystemExit(7)");
  const { entrypoint, cmd } = guardedCommand(["org/model", "--hf-overrides", '{"a": "b c"}']);
  if (timer !== undefined) entrypoint[4] = timer;
  entrypoint[2] = entrypoint[2]?.replace("\nmain()\n", `\n${constants}\nmain()\n`) ?? "";
  const pod = spawn("sh", ["-c", `${limits}; exec "$@"`, "sh", ...entrypoint, ...cmd], {
    cwd: folder,
    env: { PATH: `${folder}:${process.env["PATH"]}`, VLLM_API_KEY: "sk-canary", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  context.after(() => {
    pod.kill("SIGKILL");
    // What it started outlives it where it is not the first process of a container.
    for (const [, pid] of said.matchAll(/^(?:vLLM|timer) (\d+)$/gm)) endProcess(Number(pid));
  });
  for (const output of [pod.stdout, pod.stderr]) {
    output.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  }
  const ended = new Promise<number | null>((resolve) => pod.on("exit", resolve));
  return { pod, ended, said: () => said };
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}

async function until(isSo: () => boolean): Promise<void> {
  for (let looks = 0; looks < 2_400; looks++) {
    if (isSo()) return;
    await delay(50);
  }
  assert.fail("it did not come about");
}

const announce = (name: string) => `import os\nprint("${name}", os.getpid(), flush=True)\n`;
const sleep = "import time\ntime.sleep(600)\n";

/** What `nvidia-smi topo -p2p r` prints for three cards, in its own form (club-3090#1124): the first two are a pair. */
function topology(near: string, far: string): string {
  return [
    " \tGPU0\tGPU1\tGPU2\t",
    ` GPU0\tX\t${near}\t${far}\t`,
    ` GPU1\t${near}\tX\t${far}\t`,
    ` GPU2\t${far}\t${far}\tX\t`,
    "\nLegend:\n\n  X    = Self\n  OK   = Status Ok\n  CNS  = Chipset not supported",
  ].join("\n");
}

describe("the start script of a pod", () => {
  test("starts vLLM with the plan's arguments as they are, and the guard as its middleware", async (context) => {
    const vllm = `import json, sys
from workbook_key_guard import KeyGuard
print(json.dumps({"arguments": sys.argv[1:], "guard": KeyGuard.__name__}))
`;
    const { ended, said } = startPod(context, { vllm });
    assert.equal(await ended, 0);
    await until(() => said().includes("}\n"));
    const started = said()
      .split("\n")
      .find((line) => line.startsWith("{"));
    assert.deepEqual(JSON.parse(started ?? ""), {
      arguments: [
        ...["serve", "org/model", "--hf-overrides", '{"a": "b c"}'],
        ...["--middleware", "workbook_key_guard.KeyGuard"],
      ],
      guard: "KeyGuard",
    });
    assert.ok(!said().includes("sk-canary"));
  });

  test("prints which cards reach each other's memory, beside the start of vLLM", async (context) => {
    const { said } = startPod(context, {
      vllm: `${announce("vLLM")}${sleep}`,
      tools: { "nvidia-smi": `print(${JSON.stringify(topology("OK", "CNS"))})` },
    });
    const line = "workbook: peer-to-peer: GPU0 X OK CNS; GPU1 OK X CNS; GPU2 CNS CNS X\n";
    await until(() => said().includes(line) && said().includes("vLLM"));
  });

  for (const [tool, text] of [
    ["has one card", `print("\\tGPU0\\t\\n GPU0\\tX\\t\\n\\nLegend:\\n\\n  X    = Self")`],
    ["hangs", sleep],
    ["fails", "import sys\nprint('No devices were found')\nsys.exit(6)"],
    ["writes what is no text", `import sys\nsys.stdout.buffer.write(b"\\xff\\xfe GPU0")`],
  ] as const) {
    test(`starts vLLM, and says nothing of its cards, where nvidia-smi ${tool}`, async (context) => {
      const { ended, said } = startPod(context, {
        vllm: "print('up', flush=True)",
        tools: { "nvidia-smi": text },
      });
      assert.equal(await ended, 0);
      await until(() => said().includes("up\n"));
      assert.doesNotMatch(said(), /peer-to-peer/);
    });
  }

  test("does not serve without a key", async (context) => {
    const { ended, said } = startPod(context, { vllm: sleep, environment: { VLLM_API_KEY: "" } });
    assert.equal(await ended, 1);
    await until(() => said().includes("VLLM_API_KEY is not set"));
  });

  test("starts the timer again when it was killed, as often as that happens", async (context) => {
    const { said } = startPod(context, {
      vllm: `${announce("vLLM")}${sleep}`,
      timer: `${announce("timer")}${sleep}`,
    });
    await until(() => said().includes("vLLM"));
    const pids = () => [...said().matchAll(/timer (\d+)/g)].map(([, pid]) => Number(pid));
    for (const [round, signal] of (["SIGKILL", "SIGTERM", "SIGSEGV"] as const).entries()) {
      await until(() => pids().length === round + 1);
      process.kill(pids()[round] ?? 0, signal);
    }
    await until(() => pids().length === 4);
  });

  test("passes the end on: to vLLM the signal, and from it the exit code", async (context) => {
    const failing = startPod(context, { vllm: "import sys\nsys.exit(3)\n" });
    assert.equal(await failing.ended, 3);
    const { pod, ended, said } = startPod(context, { vllm: `${announce("vLLM")}${sleep}` });
    await until(() => said().includes("vLLM"));
    pod.kill("SIGTERM");
    assert.equal(await ended, 128 + 15);
  });

  test("runs the timer where no disk has room", async (context) => {
    const timer = "print('the timer runs', flush=True)\n";
    const { ended, said } = startPod(context, { vllm: sleep, timer, limits: "ulimit -f 0" });
    assert.equal(await ended, 1);
    await until(() => said().includes("the timer runs"));
    await until(() => /vLLM could not be started: .*No usable temporary directory/.test(said()));
  });

  test("stays until the timer has done its work where the log takes nothing, the environment has no PATH, or it is late", async (context) => {
    const late = { WORKBOOK_DEADLINE: new Date(Date.now() - 5_000).toISOString() };
    for (const parts of [
      { limits: "exec 2>/dev/full", environment: { VLLM_API_KEY: "" } },
      { limits: 'set -- env -u PATH "$@"' },
      { constants: "SECONDS_FOR_THE_TIMER = 0", environment: late },
    ]) {
      const timer = "import os, time\ntime.sleep(1)\nprint('its parent is', os.getppid(), flush=True)\n";
      const { pod, said } = startPod(context, { vllm: "1 / 0", timer, ...parts });
      await until(() => said().includes("its parent is"));
      assert.match(said(), new RegExp(`its parent is ${pod.pid}\n`), JSON.stringify(parts));
    }
  });

  test("does not keep a vLLM that failed waiting before the deadline", async (context) => {
    const { ended, said } = startPod(context, {
      vllm: "import os, time\nwhile not os.path.exists('started'):\n    time.sleep(0.05)\n1 / 0",
      constants: "SECONDS_FOR_THE_TIMER = 0",
      timer: `${announce("timer")}open("started", "w").close()\n${sleep}`,
      environment: { WORKBOOK_DEADLINE: new Date(Date.now() + 3_600_000).toISOString() },
    });
    assert.equal(await ended, 1);
    await until(() => said().includes("timer "));
  });

  test("fits into what the API and the system take: 100 kB a call, 128 kB an argument", () => {
    assert.ok(JSON.stringify(guardedCommand([])).length < 30_000);
  });

  test("ends the pod with the pod's own key, though vLLM fails at once, and not before a later deadline in its name", async (context) => {
    const { open, rehearsal } = await startPodWorld(context, {
      // The stand-in's own timer is off: what ends the pod is the script.
      faults: [{ kind: "no-pod-deadline" }],
      clock: { nowMs: Date.now },
    });
    const workbook = open();
    const rented = await createPod(smallPlan(), { context: workbook });
    await extendPod(rented, { context: workbook, minutes: 60 });
    const text = readFileSync(join(podFolder, "deadline_timer.py"), "utf8");
    const { said } = startPod(context, {
      vllm: "import sys\nsys.exit(3)\n",
      timer: announce("timer") + text.replace("LONGEST_SLEEP_SECONDS = 30", "LONGEST_SLEEP_SECONDS = 0.1"),
      environment: {
        WORKBOOK_API_URL: rehearsal.runpodApiUrl,
        RUNPOD_POD_ID: rented.id,
        RUNPOD_API_KEY: canaries.runpod,
        // Past already: only the name holds the timer back.
        WORKBOOK_DEADLINE: new Date(Date.now() - 1_000).toISOString(),
      },
    });
    await until(() => said().includes("has been moved"));
    assert.deepEqual(rehearsal.ledger().running, [rented.id]);
    await workbook.client.updatePod(rented.id, { name: "somebody renamed it" });
    await until(() => rehearsal.ledger().running.length === 0);
    assert.ok(!said().includes(canaries.runpod));
  });
});
