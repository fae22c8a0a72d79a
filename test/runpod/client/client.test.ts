import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { inspect } from "node:util";
import fc from "fast-check";
import { SettingsError } from "../../../lib/src/errors.ts";
import { retryDelayMs } from "../../../lib/src/runpod/client/retry.ts";
import { createRunPodClient, RunPodError } from "../../../lib/src/runpod/index.ts";
import {
  findClosedPort,
  type ReceivedRequest,
  sendJson,
  startLocalServer,
} from "../../helpers/local-server.ts";
import { canaries } from "../sample-plans.ts";

type Reply = { status?: number; body?: unknown; headers?: Record<string, string>; cut?: boolean };

/** A client of a server that gives the replies in turn, the last one again and again. */
async function openClient(context: TestContext, replies: readonly Reply[]) {
  let next = 0;
  const { url, requests } = await startLocalServer(context, (_request, response) => {
    const reply = replies[Math.min(next++, replies.length - 1)] ?? {};
    if (reply.cut === true) {
      response.destroy();
      return;
    }
    for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
    sendJson(response, reply.body ?? {}, reply.status ?? 200);
  });
  const sleeps: number[] = [];
  const client = createRunPodClient({
    apiUrl: `${url}/v2`,
    apiKey: canaries.runpod,
    sleep: async (ms) => {
      sleeps.push(ms);
    },
    random: () => 0.5,
  });
  return { client, requests, sleeps };
}

const pod = {
  id: "pod1",
  name: "any",
  status: "RUNNING",
  cost: 0.44,
  createdAt: "2026-11-24T08:00:00Z",
  somethingNew: { from: "a later contract" },
};

async function errorOf(promise: Promise<unknown>): Promise<RunPodError> {
  const error = await promise.then(
    () => assert.fail("it succeeded"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof RunPodError, String(error));
  return error;
}

describe("a request to Runpod's API", () => {
  test("carries the key as a bearer token, and a user agent of its own", async (context) => {
    const { client, requests } = await openClient(context, [{ body: { pods: [pod] } }]);
    const [first] = await client.listPods();
    assert.equal(first?.id, "pod1");
    const [request] = requests as [ReceivedRequest];
    assert.equal(request.path, "/v2/pods");
    assert.equal(request.headers.authorization, `Bearer ${canaries.runpod}`);
    assert.match(request.headers["user-agent"] ?? "", /^serving-workbook\//);
  });

  test("goes only to https or to this machine, with a key that can be one", () => {
    const make = (apiUrl: string, apiKey: string) => () => createRunPodClient({ apiUrl, apiKey });
    assert.throws(make("http://api.runpod.io/v2", canaries.runpod), /a key goes only to https/);
    assert.throws(make("http://127.0.0.1.example.com/v2", canaries.runpod), SettingsError);
    assert.throws(
      make("https://api.runpod.io/v2", "  "),
      /RUNPOD_API_KEY is not set: the workbook cannot call/,
    );
    assert.throws(make("https://api.runpod.io/v2", canaries.huggingFace), /looks like a key of Hugging Face/);
    assert.throws(make("https://api.runpod.io/v2", "sk-canary"), /OpenAI/);
    assert.throws(make("https://api.runpod.io/v2", "rpa_canary\nX: y"), /characters that no key has/);
    for (const url of ["https://api.runpod.io/v2", "http://localhost:1/v2", "http://[::1]:1/v2"]) {
      assert.doesNotThrow(make(url, canaries.runpod));
    }
  });

  test("follows no redirect, which could carry the key elsewhere", async (context) => {
    const elsewhere = await startLocalServer(context, (_request, response) =>
      sendJson(response, { pods: [] }),
    );
    const { client } = await openClient(context, [
      { status: 307, headers: { location: `${elsewhere.url}/v2/pods` } },
    ]);
    await errorOf(client.listPods());
    assert.deepEqual(elsewhere.requests, []);
  });

  test("reads a list to its last page", async (context) => {
    const { client, requests } = await openClient(context, [
      { body: { pods: [pod], pagination: { nextCursor: "c2", hasNextPage: true } } },
      { body: { pods: [{ ...pod, id: "pod2" }], pagination: { nextCursor: null, hasNextPage: false } } },
    ]);
    assert.deepEqual(
      (await client.listPods()).map(({ id }) => id),
      ["pod1", "pod2"],
    );
    assert.equal(requests[1]?.path, "/v2/pods?cursor=c2");
  });
});

describe("a call that fails", () => {
  test("is repeated after a 429 for every method, as long as the server asks for, at most a minute", async (context) => {
    const storm = { status: 429, headers: { "retry-after": "7" }, body: { detail: "rate limit exceeded" } };
    const { client, requests, sleeps } = await openClient(context, [
      storm,
      { ...storm, headers: { "retry-after": "900" } },
      { status: 201, body: pod },
    ]);
    await client.updatePod("pod1", { name: "other" });
    assert.equal(requests.length, 3);
    assert.deepEqual(sleeps, [7_000, 60_000]);
  });

  test("is repeated after 5xx and broken connections only where that is harmless, at most three times", async (context) => {
    for (const reply of [{ status: 503 }, { cut: true }]) {
      const reading = await openClient(context, [reply]);
      await errorOf(reading.client.getPod("pod1"));
      assert.equal(reading.requests.length, 4);
      assert.deepEqual(reading.sleeps, [750, 1_500, 3_000]);
      const ending = await openClient(context, [reply, { status: 200 }]);
      await ending.client.deletePod("pod1");
      assert.equal(ending.requests.length, 2);
      for (const write of ["createSecret", "updateSecret"] as const) {
        const writing = await openClient(context, [reply]);
        const error = await errorOf(
          write === "createSecret"
            ? writing.client.createSecret({ name: "a", value: "b" })
            : writing.client.updateSecret("a", { value: "b" }),
        );
        assert.equal(writing.requests.length, 1);
        assert.ok(error.mayHaveHappened);
      }
    }
  });

  test("is never repeated for another refusal", async (context) => {
    for (const status of [400, 401, 402, 403, 404, 409, 410, 413, 422]) {
      const { client, requests } = await openClient(context, [{ status }]);
      const error = await errorOf(client.getPod("pod1"));
      assert.equal(requests.length, 1);
      assert.equal(error.status, status);
      assert.equal(error.mayHaveHappened, false);
    }
  });

  test("waits within its bounds, whatever the server says", () => {
    fc.assert(
      fc.property(
        fc.record({
          attempt: fc.integer({ min: 1, max: 6 }),
          method: fc.constantFrom("GET", "POST", "PATCH", "DELETE"),
          status: fc.option(fc.integer({ min: 400, max: 599 })),
          retryAfter: fc.option(fc.oneof(fc.string(), fc.nat().map(String), fc.constant("-5"))),
        }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (failed, dice) => {
          const waitMs = retryDelayMs(failed, () => dice);
          if (waitMs === null) return;
          assert.ok(waitMs >= 0 && waitMs <= 60_000, String(waitMs));
          assert.ok(failed.attempt < 4);
          const isWrite = failed.method === "POST" || failed.method === "PATCH";
          assert.ok(!isWrite || failed.status === 429);
        },
      ),
    );
  });

  test("says which call, what the API said, and what to do, in whatever form the API says it", async (context) => {
    const bodies = [
      {
        title: "Unprocessable",
        status: 422,
        detail: "Request validation failed.",
        errors: ["body.gpu: is required"],
      },
      { error: "Request validation failed.; body.gpu: is required" },
      { message: "Request validation failed.; body.gpu: is required" },
      { errors: [{ message: "Request validation failed.; body.gpu: is required" }] },
    ];
    for (const body of bodies) {
      const headers = { "x-request-id": "request-17" };
      const { client } = await openClient(context, [{ status: 422, body, headers }]);
      const error = await errorOf(client.getPod("pod1"));
      assert.match(
        error.message,
        /GET \/pods\/pod1 with HTTP 422 and said: Request validation failed\.; body\.gpu: is required/,
      );
      assert.equal(error.requestId, "request-17");
      assert.equal(error.problem, "invalid-request");
      assert.ok(error.remedy.length > 10);
    }
  });

  const problems = [
    [401, "unauthorized", "key-refused"],
    [403, "access denied", "access-denied"],
    [403, "error code: 1010", "edge-refused"],
    [400, "There are no longer any instances available with the requested specifications.", "no-capacity"],
    [402, "balance is too low", "balance-too-low"],
    [400, "spend limit reached", "spend-limit"],
    [404, "not found", "not-found"],
    [409, "conflict", "conflict"],
    [410, "gone", "api-retired"],
    [500, "internal server error", "server-error"],
  ] as const;
  for (const [status, detail, problem] of problems) {
    test(`is told apart: ${status} "${detail}" is ${problem}`, async (context) => {
      const { client } = await openClient(context, [{ status, body: { title: "No", status, detail } }]);
      assert.equal((await errorOf(client.getPod("pod1"))).problem, problem);
    });
  }

  test("names a field that is needed and missing, and an answer that is no JSON", async (context) => {
    const { id: _id, ...incomplete } = pod;
    const { client } = await openClient(context, [{ body: incomplete }]);
    assert.match((await errorOf(client.getPod("pod1"))).message, /lacks required fields: id /);
    const { url } = await startLocalServer(context, (_request, response) => response.end("<html>"));
    const lost = createRunPodClient({ apiUrl: url, apiKey: canaries.runpod });
    assert.equal((await errorOf(lost.getPod("pod1"))).problem, "unreadable-answer");
  });

  test("cannot have happened where nothing listens, and is interrupted by its signal", async (context) => {
    const apiUrl = `http://127.0.0.1:${await findClosedPort()}/v2`;
    const client = createRunPodClient({ apiUrl, apiKey: canaries.runpod, sleep: async () => {} });
    const refused = await errorOf(client.createSecret({ name: "a", value: "b" }));
    assert.equal(refused.problem, "no-answer");
    assert.equal(refused.mayHaveHappened, false);
    const hanging = await startLocalServer(context, () => {});
    const waiting = createRunPodClient({ apiUrl: hanging.url, apiKey: canaries.runpod });
    const interrupted = await errorOf(waiting.listPods({ signal: AbortSignal.timeout(50) }));
    assert.equal(interrupted.problem, "interrupted");
  });

  test("shows neither the key nor anything like one, wherever the server repeats it", async (context) => {
    const said = `${canaries.runpod} sk-canary-of-a-pod hf_canary_of_somebody \u001b[31m`;
    const { client } = await openClient(context, [
      {
        status: 401,
        body: { title: said, detail: said, errors: [said] },
        headers: { "x-request-id": "rpa_canary_id" },
      },
    ]);
    const shown = inspect(await errorOf(client.getPod("pod1")), { depth: 10, showHidden: true });
    assert.ok(!/canary/.test(shown), shown);
    assert.ok(!shown.includes("\u001b"));
    assert.ok(!inspect(client, { depth: 10, showHidden: true }).includes(canaries.runpod));
  });
});

describe("the account", () => {
  test("is asked for at /graphql of the same origin, and what it does not tell is null", async (context) => {
    const { client, requests } = await openClient(context, [
      { body: { data: { myself: { id: "u1", clientBalance: 12.5, currentSpendPerHr: 0.44 } } } },
    ]);
    assert.deepEqual(await client.fetchAccount(), {
      id: "u1",
      balanceUsd: 12.5,
      spendUsdPerHour: 0.44,
      spendLimitUsdPerHour: null,
    });
    assert.equal(requests[0]?.path, "/graphql");
  });

  test("adds up the bill of one pod only", async (context) => {
    const records = [
      { podId: "pod1", totalAmount: 0.25 },
      { podId: "pod1", totalAmount: 0.5 },
      { podId: "another", totalAmount: 99 },
    ];
    const { client } = await openClient(context, [{ body: { records } }]);
    assert.equal(await client.podBilling("pod1"), 0.75);
    assert.equal(await client.podBilling("never-billed"), null);
  });
});
