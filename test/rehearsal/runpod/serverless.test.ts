import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import type { StandInOptions } from "../../../rehearsal/src/index.ts";
import { canaryKey, goodEndpoint, openRehearsedAccount } from "../../helpers/rehearsed-account.ts";
import { workerPrice } from "../../helpers/worker-price.ts";

const secondMs = 1_000;
const chat = {
  model: "Qwen/Qwen2.5-7B-Instruct",
  messages: [{ role: "user", content: "Hello" }],
  max_tokens: 4,
  stream: true,
};

/** Makes an endpoint at the stand-in, and gives what calls it; a start takes 100 s of its time. */
async function openEndpoint(context: TestContext, body: object = {}, options: StandInOptions = {}) {
  const account = await openRehearsedAccount(context, options);
  const { rehearsal, call } = account;
  const made = await call("POST", "/serverless", { ...goodEndpoint, ...body });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const { id, requestUrls } = z
    .object({ id: z.string(), requestUrls: z.object({ base: z.string() }) })
    .parse(made.body);
  /** Asks for a chat and goes on at once; the answer's head comes when a worker takes it. */
  const ask = (more: object = {}, headers: Record<string, string> = {}) =>
    fetch(`${requestUrls.base}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${canaryKey}`, "content-type": "application/json", ...headers },
      body: JSON.stringify({ ...chat, ...more }),
    });
  const workers = async () => {
    const answer = await call("GET", `/serverless/${id}/workers`);
    return z.object({ workers: z.array(z.object({ id: z.string(), status: z.string() })) }).parse(answer.body)
      .workers;
  };
  /** What is asked over the network has reached the stand-in. */
  const untilWorkers = async (count: number) => {
    while ((await workers()).length < count) await delay(10);
    assert.equal((await workers()).length, count);
  };
  const entry = () => {
    const [first] = rehearsal.ledger().endpoints;
    assert.ok(first !== undefined);
    return first;
  };
  return { ...account, id, ask, workers, untilWorkers, entry };
}

describe("the stand-in's load balancer", () => {
  test("starts a worker for a request, lets it wait for the cold start, and bills start, work and idle time", async (context) => {
    const { rehearsal, ask, workers, untilWorkers, entry } = await openEndpoint(context);
    assert.deepEqual(await workers(), []);
    const asked = ask();
    await untilWorkers(1);
    assert.equal((await workers())[0]?.status, "INITIALIZING");
    rehearsal.advance(100 * secondMs);
    const answer = await asked;
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("x-runpod-worker-id"), (await workers())[0]?.id);
    assert.match(await answer.text(), /data: \[DONE\]/);
    rehearsal.advance(60 * secondMs);
    assert.deepEqual(await workers(), []);
    const { coldStarts, workerSeconds, costUsd } = entry();
    assert.deepEqual({ coldStarts, workerSeconds }, { coldStarts: 1, workerSeconds: 110 });
    // An A40 by the second, and 50 GB of disk at 0.10 USD a GB and month of 730 h.
    const { usdPerSecond } = workerPrice("AMPERE_48");
    assert.ok(Math.abs(costUsd - 110 * (usdPerSecond + (0.1 * 50) / 730 / 3_600)) < 1e-9);
    assert.equal(rehearsal.ledger().usdPerHour, 0);
  });

  test("keeps its minimum of workers, and starts a dead one anew", async (context) => {
    const { rehearsal, workers } = await openEndpoint(context, {
      workers: { min: 2, max: 3, idleTimeout: 1 },
    });
    rehearsal.advance(1_000 * secondMs);
    const before = await workers();
    assert.deepEqual(
      before.map(({ status }) => status),
      ["IDLE", "IDLE"],
    );
    rehearsal.losePod(before[0]?.id ?? "");
    const after = await workers();
    assert.deepEqual(after.map(({ status }) => status).sort(), ["IDLE", "INITIALIZING"]);
    assert.ok(!after.some(({ id }) => id === before[0]?.id));
  });

  test("starts one worker per so many requests at a time, up to its maximum", async (context) => {
    const { rehearsal, ask, untilWorkers, entry } = await openEndpoint(context, {
      workers: { min: 0, max: 3, idleTimeout: 10 },
      scaling: { type: "REQUEST_COUNT", requestCount: 2 },
    });
    const asked = Array.from({ length: 3 }, () => ask());
    await untilWorkers(2);
    asked.push(...Array.from({ length: 20 }, () => ask()));
    await untilWorkers(3);
    rehearsal.advance(100 * secondMs);
    const answers = await Promise.all(asked);
    assert.ok(answers.every(({ status }) => status === 200));
    await Promise.all(answers.map((answer) => answer.text()));
    assert.equal(new Set(answers.map(({ headers }) => headers.get("x-runpod-worker-id"))).size, 3);
    assert.equal(entry().coldStarts, 3);
  });

  test("starts faster with FlashBoot, but for the first time", async (context) => {
    const { rehearsal, ask, untilWorkers, workers } = await openEndpoint(context, { flashboot: "FLASHBOOT" });
    const first = ask();
    await untilWorkers(1);
    rehearsal.advance(99 * secondMs);
    assert.equal((await workers())[0]?.status, "INITIALIZING");
    rehearsal.advance(secondMs);
    await (await first).text();
    rehearsal.advance(11 * secondMs);
    const second = ask();
    await untilWorkers(1);
    rehearsal.advance(20 * secondMs);
    assert.equal((await second).status, 200);
    await (await second).text();
  });

  test("drops a request that finds no worker for two minutes", async (context) => {
    const { rehearsal, ask, untilWorkers } = await openEndpoint(context, {}, { bootMs: 1_000_000 });
    const asked = ask();
    await untilWorkers(1);
    rehearsal.advance(119 * secondMs);
    rehearsal.advance(secondMs);
    const answer = await asked;
    assert.deepEqual([answer.status, await answer.json()], [400, { error: "no workers available" }]);
  });

  test("breaks off what takes longer than 5.5 minutes", async (context) => {
    const profile = { timeToFirstTokenMs: 1, timePerOutputTokenMs: 50 };
    const { rehearsal, ask, untilWorkers } = await openEndpoint(context, {}, { profile });
    const asked = ask({ max_tokens: 1_000, ignore_eos: true });
    await untilWorkers(1);
    rehearsal.advance(100 * secondMs);
    const answer = await asked;
    assert.equal(answer.status, 200);
    rehearsal.advance(331 * secondMs);
    await assert.rejects(answer.text());
  });

  test("refuses bodies above 30 MB, a key of another form, and an endpoint that is not there", async (context) => {
    const { ask, call, id } = await openEndpoint(context);
    const large = await ask({ padding: "x".repeat(30_000_001) });
    assert.equal(large.status, 413);
    assert.equal((await ask({}, { authorization: "Bearer sk-other" })).status, 401);
    assert.equal((await call("DELETE", `/serverless/${id}`)).status, 204);
    assert.equal((await ask()).status, 404);
    assert.equal((await call("GET", `/serverless/${id}`)).status, 404);
  });

  test("does not find a server on another port, nor one whose health is asked elsewhere", async (context) => {
    const wrongPort = await openEndpoint(context, { env: { ...goodEndpoint.env, PORT: "80" } });
    const asked = wrongPort.ask();
    await wrongPort.untilWorkers(1);
    wrongPort.rehearsal.advance(100 * secondMs);
    assert.equal((await asked).status, 502);
    const wrongHealth = await openEndpoint(context, { env: { PORT: "8000", PORT_HEALTH: "80" } });
    const waited = wrongHealth.ask();
    await wrongHealth.untilWorkers(1);
    wrongHealth.rehearsal.advance(120 * secondMs);
    assert.equal((await waited).status, 400);
  });

  test("loses with a worker only what that worker was answering", async (context) => {
    const profile = { timeToFirstTokenMs: 1, timePerOutputTokenMs: 5 };
    const { rehearsal, ask, untilWorkers } = await openEndpoint(
      context,
      {
        workers: { min: 2, max: 2, idleTimeout: 10 },
        scaling: { type: "REQUEST_COUNT", requestCount: 1 },
      },
      { profile },
    );
    await untilWorkers(2);
    rehearsal.advance(100 * secondMs);
    const answers = await Promise.all([1, 2].map(() => ask({ max_tokens: 200, ignore_eos: true })));
    const [first, second] = answers;
    rehearsal.losePod(first?.headers.get("x-runpod-worker-id") ?? "");
    await assert.rejects(async () => first?.text());
    assert.match((await second?.text()) ?? "", /data: \[DONE\]/);
  });

  test("leaves workers throttled while no card of its pools is to be had, and bills nothing for them", async (context) => {
    const { rehearsal, workers, entry } = await openEndpoint(
      context,
      { workers: { min: 1, max: 1, idleTimeout: 10 } },
      { faults: [{ kind: "no-capacity" }] },
    );
    rehearsal.advance(60 * secondMs);
    assert.deepEqual(
      (await workers()).map(({ status }) => status),
      ["THROTTLED"],
    );
    assert.equal(entry().costUsd, 0);
    rehearsal.setFaults([]);
    rehearsal.advance(5 * secondMs);
    assert.deepEqual(
      (await workers()).map(({ status }) => status),
      ["INITIALIZING"],
    );
  });

  test("ends its workers when the account is empty, and starts none any more", async (context) => {
    const { rehearsal, workers } = await openEndpoint(
      context,
      { workers: { min: 1, max: 1, idleTimeout: 10 } },
      { balanceUsd: 0.5 },
    );
    rehearsal.advance(3_600 * secondMs);
    assert.deepEqual(await workers(), []);
    assert.ok(Math.abs(rehearsal.ledger().balanceUsd) < 0.001);
  });
});
