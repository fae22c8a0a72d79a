import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { inspect } from "node:util";
import { connectEndpoint, printChat } from "../../lib/src/endpoint/index.ts";
import { InputError, WorkbookError } from "../../lib/src/errors.ts";
import { measureThroughput, type RequestRecord } from "../../lib/src/measure/index.ts";
import { readServerCounters } from "../../lib/src/measure/server-counters.ts";
import { isRouterInstalled, startRouter } from "../../lib/src/scale-out/index.ts";
import { makeFolder } from "../helpers/environment.ts";
import { routerSkip, startRoutedWorkers } from "../helpers/router-workers.ts";

const quick = { timeToFirstTokenMs: 5, timePerOutputTokenMs: 5, stepGrowthPerSequence: 0, maxSequences: 8 };
const quiet = { write: () => {} };

describe("the router", { skip: routerSkip }, () => {
  test("answers like any endpoint, and each of its workers takes its turn", async (context) => {
    const { endpoint, endpoints, router } = await startRoutedWorkers(context, { workers: 2, profile: quick });
    assert.equal(endpoint.model, "small");
    assert.match(router.baseUrl, /^http:\/\/127\.0\.0\.1:\d+\/v1$/);
    for (let turn = 0; turn < 4; turn++) {
      const request = {
        messages: [{ role: "user" as const, content: "Hello" }],
        max_tokens: 8,
        ignore_eos: true,
      };
      const answer = await printChat(endpoint, request, quiet);
      assert.equal(answer.usage?.completion_tokens, 8);
    }
    const written = await Promise.all(endpoints.map((worker) => readServerCounters(worker)));
    assert.deepEqual(
      written.map((counters) => counters?.generationTokens),
      [16, 16],
    );
    assert.deepEqual(
      (await router.listWorkers()).map(({ isHealthy }) => isHealthy),
      [true, true],
    );
  });

  test("refuses whoever has not the workers' key, at every path, and lets nobody add a worker", async (context) => {
    const { router } = await startRoutedWorkers(context, { workers: 1, profile: quick });
    const root = router.baseUrl.replace("/v1", "");
    const ask = async (path: string, init: RequestInit = {}) => {
      const response = await fetch(`${root}${path}`, init);
      await response.body?.cancel();
      return response.status;
    };
    assert.equal(await ask("/v1/models"), 401);
    assert.equal(await ask("/v1/models", { headers: { authorization: "Bearer sk-other" } }), 401);
    assert.equal(await ask("/workers"), 401);
    assert.equal(await ask("/add_worker?url=http://127.0.0.1:9", { method: "POST" }), 401);
    assert.equal(await ask("/v1/models", { headers: { authorization: `Bearer ${router.apiKey}` } }), 200);
  });

  test("holds no key: neither its arguments nor its environment nor its printed form have one", async (context) => {
    const { router } = await startRoutedWorkers(context, { workers: 1, profile: quick });
    assert.equal(router.apiKey, "sk-workers");
    const of = (file: string) => readFileSync(`/proc/${router.pid}/${file}`, "utf8");
    assert.match(of("cmdline"), /start_router\.py/);
    for (const place of [of("cmdline"), of("environ"), inspect(router), JSON.stringify(router)]) {
      assert.doesNotMatch(place, /sk-workers/);
    }
  });

  test("shares out so evenly that four workers can do at least 0.9 of four times the work of one", async (context) => {
    const { endpoint, endpoints } = await startRoutedWorkers(context, {
      workers: 4,
      profile: quick,
    });
    const measurement = await measureThroughput(endpoint, {
      streams: [16],
      requestsPerStream: 3,
      promptTokens: 40,
      outputTokens: 16,
      maxTokens: Infinity,
      workers: endpoints,
      write: () => {},
    });
    const [level] = measurement.levels;
    assert.equal(level?.requests.completed, 48);
    // All the workers' counters together, although the router shows one of them at a time.
    assert.equal(level?.server?.generationTokens, 48 * 16);
    const written = await Promise.all(endpoints.map((worker) => readServerCounters(worker)));
    const tokens = written.map((counters) => counters?.generationTokens ?? 0);
    // The busiest worker is done last: mean ÷ largest is the highest efficiency that this sharing allows.
    const mean = tokens.reduce((sum, count) => sum + count, 0) / tokens.length;
    assert.ok(mean / Math.max(...tokens) >= 0.9, `${tokens}`);
  });

  test("loses with a worker that is killed the streams of that worker, each with its reason, and no other", async (context) => {
    const slow = { ...quick, timePerOutputTokenMs: 20 };
    const { endpoint, router, servers } = await startRoutedWorkers(context, { workers: 3, profile: slow });
    const [victim] = servers;
    assert.ok(victim !== undefined);
    const records: RequestRecord[] = [];
    const measuring = measureThroughput(endpoint, {
      streams: [6],
      requestsPerStream: 4,
      promptTokens: 40,
      outputTokens: 60,
      warmUp: false,
      rampMs: 0,
      maxTokens: Infinity,
      onRecord: (record) => records.push(record),
      write: () => {},
    });
    // Both of its streams have begun: one that has not is simply sent to another worker.
    let running = 0;
    for (let written = 0; running < 2 || written < 20; ) {
      await delay(5);
      const counters = await readServerCounters(victim);
      [running, written] = [counters?.runningRequests ?? 0, counters?.generationTokens ?? 0];
    }
    await victim.kill();
    await measuring;
    const failed = records.filter(({ outcome }) => outcome === "failed");
    assert.equal(failed.length, running);
    for (const { error } of failed) assert.match(error ?? "", /cut in the middle of the answer/);
    assert.equal(records.filter(({ outcome }) => outcome === "completed").length, 24 - running);
    // What comes afterwards never notices, and soon the router knows.
    const answer = await printChat(
      endpoint,
      { messages: [{ role: "user", content: "Hi" }], max_tokens: 4 },
      quiet,
    );
    assert.equal(answer.usage?.completion_tokens, 4);
    const victimUrl = victim.baseUrl.replace("/v1", "");
    const isKnownDead = async () =>
      (await router.listWorkers()).some(({ url, isHealthy }) => url === victimUrl && !isHealthy);
    while (!(await isKnownDead())) await delay(50);
    assert.equal((await connectEndpoint(router)).model, "small");
  });

  test("ends when it is closed, and with the process that started it, even where that is killed", async (context) => {
    const { router, servers } = await startRoutedWorkers(context, { workers: 1, profile: quick });
    await router.close();
    assert.equal(isAlive(router.pid), false);
    await router.close();

    const starter = fork(new URL("./start-and-wait.ts", import.meta.url), [JSON.stringify(servers)], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    const [pid] = await once(starter, "message");
    assert.equal(isAlive(pid), true);
    starter.kill("SIGKILL");
    await once(starter, "exit");
    while (isAlive(pid)) await delay(10);
  });

  test("says what went wrong where a port is taken, and where a key is refused, without the key", async (context) => {
    const { endpoints, router } = await startRoutedWorkers(context, { workers: 1, profile: quick });
    const port = Number(new URL(router.baseUrl).port);
    await assert.rejects(startRouter({ endpoints, port }), (error: unknown) => {
      assert.ok(error instanceof InputError);
      assert.match(error.message, new RegExp(`nothing can listen on port ${port}`));
      return true;
    });
    const [worker] = endpoints;
    const wrongKey = [{ baseUrl: worker?.baseUrl ?? "", model: "small", apiKey: "sk-canary-wrong" }];
    await assert.rejects(startRouter({ endpoints: wrongKey }), (error: unknown) => {
      assert.ok(error instanceof WorkbookError);
      assert.match(error.message, /no worker that accepts the key/);
      assert.doesNotMatch(inspect(error), /canary/);
      return true;
    });
  });
});

test("set-up has installed the router wherever PyPI has it", { skip: routerSkip }, () => {
  assert.equal(isRouterInstalled(), true);
});

describe("where the router is not installed", () => {
  const endpoints = [{ baseUrl: "http://127.0.0.1:9/v1", apiKey: "EMPTY", model: "small" }];
  const isExplained = (error: unknown) =>
    error instanceof WorkbookError && /vllm-router is not installed: .*npm run setup/.test(error.message);

  test("says so, and where it can be had: without a Python, and with one that lacks the package", async (context) => {
    const folder = makeFolder(context);
    await assert.rejects(startRouter({ endpoints, python: join(folder, "python") }), isExplained);
    const bare = join(folder, "bare");
    writeFileSync(bare, '#!/bin/sh\nexec python3 -I -S "$@"\n', { mode: 0o755 });
    await assert.rejects(startRouter({ endpoints, python: bare }), isExplained);
  });
});

function isAlive(pid: unknown): boolean {
  try {
    return process.kill(Number(pid), 0);
  } catch {
    return false;
  }
}
