import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import fc from "fast-check";
import { InputError, WorkbookError } from "../../../lib/src/errors.ts";
import { retryDelayMs } from "../../../lib/src/runpod/client/retry.ts";
import { createPod, createRunPodClient, listPods, sweepPods } from "../../../lib/src/runpod/index.ts";
import { sendJson, startLocalServer } from "../../helpers/local-server.ts";
import { startPodWorld } from "../pod-world.ts";
import { canaries, smallPlan } from "../sample-plans.ts";

const pod = { id: "pod1", name: "any", status: "RUNNING", cost: 0.44, createdAt: "2026-11-24T08:00:00Z" };

async function openClient(context: TestContext, answer: (path: string, call: number) => unknown) {
  let calls = 0;
  const { url, requests } = await startLocalServer(context, ({ path }, response) =>
    sendJson(response, answer(path, ++calls)),
  );
  const client = createRunPodClient({ apiUrl: `${url}/v2`, apiKey: canaries.runpod, sleep: async () => {} });
  return { client, requests };
}

describe("pages of a list", () => {
  test("end where a cursor leads in a circle, and what comes twice counts once", async (context) => {
    const next = ["a", "b", "a", "b"];
    const { client, requests } = await openClient(context, (_path, call) => ({
      pods: [pod, { ...pod, id: `pod${call}` }, pod],
      pagination: { hasNextPage: true, nextCursor: next[(call - 1) % 4] },
    }));
    assert.deepEqual(
      (await client.listPods()).map(({ id }) => id),
      ["pod1", "pod2", "pod3"],
    );
    assert.equal(requests.length, 3);
  });

  test("end where there is always another", async (context) => {
    const { client, requests } = await openClient(context, (_path, call) => ({
      pods: [{ ...pod, id: `pod${call}` }],
      pagination: { hasNextPage: true, nextCursor: `c${call}` },
    }));
    assert.equal((await client.listPods()).length, 100);
    assert.equal(requests.length, 100);
  });
});

test("a worker of odd status hides no other one", async (context) => {
  const workers = [
    { id: "w1", status: 3 },
    { id: "w2", status: "RUNNING" },
  ];
  const { client } = await openClient(context, () => ({ workers }));
  assert.deepEqual(await client.listWorkers("e1"), [{ ...workers[0], status: "unknown" }, workers[1]]);
});

describe("an id", () => {
  const odd = [
    "../templates",
    "..",
    ".",
    "",
    "a/b",
    "a?b=c",
    "a#b",
    "a%2fb",
    "a b",
    "a\u0000b",
    "\u001b[2Ja",
    "a\ud800",
    "a".repeat(500),
    "pod1\n",
  ];
  for (const id of odd) {
    test(`that leads elsewhere, or into a terminal, is no answer: ${JSON.stringify(id).slice(0, 20)}`, async (context) => {
      const { client } = await openClient(context, (path) =>
        path === "/v2/pods" ? { pods: [{ ...pod, id }] } : { ...pod, id },
      );
      for (const answer of [client.listPods(), client.getPod("pod1")]) {
        await assert.rejects(answer, (error) => {
          assert.ok(error instanceof WorkbookError);
          assert.match(error.message, /lacks required fields: (pods\.0\.)?id /);
          assert.doesNotMatch(error.message, /[\u0000-\u001f]/);
          return true;
        });
      }
    });
  }

  test("never leads out of its path, whoever gives it", async (context) => {
    const { client, requests } = await openClient(context, () => pod);
    for (const id of ["", ".", "..", "..."]) assert.throws(() => client.deletePod(id), InputError);
    for (const id of ["../templates", "a/../../b", "a?b", "a#b", "%2e%2e", "a\\..\\b"]) {
      await client.deletePod(id);
      assert.match(requests.at(-1)?.path ?? "", /^\/v2\/pods\/[^/?#]+$/, id);
    }
  });
});

describe("what the API says beside what is needed", () => {
  test("an unknown status, an unreadable time and more fields keep nobody from ending a pod", async (context) => {
    const world = await startPodWorld(context);
    const odd: typeof fetch = async (input, init) => {
      const answer = await fetch(input, init);
      const text = answer.status === 204 ? null : await answer.text();
      const changed = text
        ?.replace(/"status":"[A-Z]+"/g, '"status":"MIGRATING","more":{"__proto__":{"isAdmin":true}}')
        .replace(/"createdAt":"[^"]+"/g, '"createdAt":"some day"');
      return new Response(changed ?? null, { status: answer.status, headers: answer.headers });
    };
    const workbook = world.open({ parts: { fetch: odd } });
    const { id } = await createPod(smallPlan(), { context: workbook });
    const [listed] = await listPods({ context: workbook });
    assert.equal(listed?.status, "MIGRATING");
    assert.equal((await sweepPods({ context: workbook, everything: true })).ended[0]?.id, id);
    assert.deepEqual(world.rehearsal.ledger().running, []);
  });

  test("names of fields reach no terminal as they are", async (context) => {
    const { client } = await openClient(context, () => ({ ...pod, env: { "\u001b]52;c;x\u0007": 5 } }));
    await assert.rejects(
      client.updateTemplate("pod1", {}),
      (error: Error) => !/[\u0000-\u001f]/.test(error.message),
    );
  });

  test("a Retry-After of years, or of no time at all, is a minute at most", () => {
    const values = [
      "31536000",
      "1e308",
      "Infinity",
      "-1",
      "NaN",
      "Fri, 31 Dec 9999 23:59:59 GMT",
      "soon",
      "",
    ];
    for (const retryAfter of values) {
      const waitMs = retryDelayMs({ attempt: 1, method: "GET", status: 429, retryAfter }, () => 1);
      assert.ok(waitMs !== null && waitMs >= 0 && waitMs <= 60_000, `${retryAfter}: ${waitMs}`);
    }
  });

  test("whatever JSON comes is an answer or a RunPodError", async (context) => {
    let answer: unknown = null;
    const { client } = await openClient(context, () => answer);
    const shaped = fc.record(
      {
        pods: fc.array(
          fc.oneof(
            fc.jsonValue(),
            fc.record({
              id: fc.string(),
              name: fc.string(),
              status: fc.string(),
              cost: fc.double(),
              createdAt: fc.string(),
            }),
          ),
        ),
        pagination: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.jsonValue(), shaped), async (value) => {
        answer = value;
        for (const call of [client.listPods, client.listEndpoints, () => client.getPod("pod1")]) {
          await call().catch((error: unknown) => assert.equal((error as Error).name, "RunPodError"));
        }
      }),
      { numRuns: 40 },
    );
  });
});
