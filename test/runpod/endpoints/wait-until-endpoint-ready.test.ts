import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  createEndpoint,
  createPod,
  EndpointNotReadyError,
  listPods,
  waitUntilReady,
} from "../../../lib/src/runpod/index.ts";
import { canaries, smallPlan } from "../sample-plans.ts";
import { endpointCanary, smallEndpoint, startEndpointWorld } from "./endpoint-world.ts";

const isProblem = (problem: string, pattern: RegExp) => (error: unknown) => {
  assert.ok(error instanceof EndpointNotReadyError, String(error));
  assert.equal(error.problem, problem, error.message);
  assert.match(error.message, pattern);
  return true;
};

describe("waitUntilReady", () => {
  test("sends the restricted key to endpoints and the account's to the API, never the other way round", async (context) => {
    const { open, rehearsal } = await startEndpointWorld(context);
    const sent: { host: string; key: string }[] = [];
    const watching: typeof fetch = async (input, init) => {
      const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : {}));
      const address = input instanceof Request ? input.url : String(input);
      sent.push({ host: new URL(address).host, key: headers.get("authorization") ?? "" });
      return fetch(input, init);
    };
    const workbook = open({ parts: { fetch: watching } });
    const endpoint = await createEndpoint(smallEndpoint(), { context: workbook });
    await waitUntilReady(endpoint, { context: workbook });
    const apiHost = new URL(rehearsal.runpodApiUrl).host;
    const keysOf = (isApi: boolean) => [
      ...new Set(sent.filter(({ host }) => (host === apiHost) === isApi).map(({ key }) => key)),
    ];
    assert.deepEqual(keysOf(true), [`Bearer ${canaries.runpod}`]);
    assert.deepEqual(keysOf(false), [`Bearer ${endpointCanary}`]);
  });

  test("falls back to the next pool where the first has no stock", async (context) => {
    const { open, rehearsal } = await startEndpointWorld(context, {
      faults: [
        { kind: "no-capacity", gpuTypeId: "NVIDIA A40" },
        { kind: "no-capacity", gpuTypeId: "NVIDIA RTX A6000" },
      ],
    });
    const workbook = open();
    const endpoint = await createEndpoint(smallEndpoint({ pools: ["AMPERE_48", "ADA_48_PRO"] }), {
      context: workbook,
    });
    await waitUntilReady(endpoint, { context: workbook });
    const [entry] = rehearsal.ledger().endpoints;
    // 1.90 $ an hour of an L40 for the whole seconds that were billed.
    assert.ok((entry?.costUsd ?? 0) > ((entry?.workerSeconds ?? 0) * 1.9) / 3_600 - 1e-9);
  });

  test("says that it is throttled where no pool has a GPU, and comes up when one is free again", async (context) => {
    const { open, rehearsal } = await startEndpointWorld(context, { faults: [{ kind: "no-capacity" }] });
    const workbook = open();
    const endpoint = await createEndpoint(smallEndpoint(), { context: workbook });
    await assert.rejects(
      waitUntilReady(endpoint, { context: workbook, timeoutMinutes: 5 }),
      isProblem("throttled", /no GPU of its pools is free.*second pool.*still there/),
    );
    assert.equal(rehearsal.ledger().totalUsd, 0, "what never started costs nothing");
    rehearsal.setFaults([]);
    await waitUntilReady(endpoint, { context: workbook });
  });

  test("gives up early where a worker's log says why it will never start", async (context) => {
    const { open } = await startEndpointWorld(context, {
      faults: [{ kind: "crash-loop", reason: "cuda-out-of-memory" }],
    });
    const workbook = open();
    const endpoint = await createEndpoint(smallEndpoint(), { context: workbook });
    await assert.rejects(
      waitUntilReady(endpoint, { context: workbook }),
      isProblem("out-of-memory", /its worker \w+ does not start\..*deleteEndpoint/),
    );
  });

  test("outlasts a worker that dies while it starts: another one comes", async (context) => {
    const { open, rehearsal } = await startEndpointWorld(context, {
      faults: [{ kind: "dies", afterMs: 20_000, times: 1 }],
    });
    const workbook = open();
    const endpoint = await createEndpoint(smallEndpoint(), { context: workbook });
    await waitUntilReady(endpoint, { context: workbook });
    assert.equal(rehearsal.ledger().endpoints[0]?.coldStarts, 2);
  });

  test("waits no longer than it was told, and not past the deadline", async (context) => {
    const { open } = await startEndpointWorld(context, { faults: [{ kind: "never-ready" }] });
    const workbook = open();
    const endpoint = await createEndpoint(smallEndpoint({ deadlineMinutes: 4 }), { context: workbook });
    await assert.rejects(
      waitUntilReady(endpoint, { context: workbook, timeoutMinutes: 60 }),
      // Its deadline is after 240 s, and a busy machine looks a little later; it was told to wait for 3,600.
      isProblem("too-slow", /was not ready within [2-9]\d\d s; its last state: cold start/),
    );
  });

  test("says so where the key is refused, the wait is interrupted, or the endpoint is gone", async (context) => {
    const { open } = await startEndpointWorld(context);
    const workbook = open();
    const endpoint = await createEndpoint(smallEndpoint(), { context: workbook });
    workbook.connection.endpointKey = "wrong";
    await assert.rejects(
      waitUntilReady(endpoint, { context: workbook }),
      isProblem("key-refused", /refuses RUNPOD_ENDPOINT_KEY \(HTTP 401\)/),
    );
    workbook.connection.endpointKey = endpointCanary;
    await assert.rejects(
      waitUntilReady(endpoint, { context: workbook, signal: AbortSignal.abort() }),
      isProblem("interrupted", /was interrupted.*still there/),
    );
    await assert.rejects(
      waitUntilReady({ ...endpoint, id: "none" }, { context: workbook }),
      isProblem("endpoint-gone", /does not exist/),
    );
    await assert.rejects(
      waitUntilReady(endpoint, { context: open({ workbook: "two" }) }),
      /not made by this workbook/,
    );
    await assert.rejects(
      waitUntilReady(endpoint, { context: workbook, timeoutMinutes: 0 }),
      /timeoutMinutes is 0/,
    );
  });

  test("notices that the endpoint is deleted meanwhile, and waits for nothing", async (context) => {
    const { open, rehearsal } = await startEndpointWorld(context, { faults: [{ kind: "never-ready" }] });
    let looks = 0;
    const workbook = open({
      parts: {
        startProgress: () => ({
          update() {
            looks++;
            if (looks === 3) deleteBehindItsBack();
          },
          done() {},
        }),
      },
    });
    const endpoint = await createEndpoint(smallEndpoint(), { context: workbook });
    const deleteBehindItsBack = () => {
      void fetch(`${rehearsal.runpodApiUrl}/serverless/${endpoint.id}`, {
        method: "DELETE",
        headers: { authorization: `Bearer ${canaries.runpod}` },
      });
    };
    await assert.rejects(
      waitUntilReady(endpoint, { context: workbook }),
      isProblem("endpoint-gone", /does not exist any more/),
    );
    assert.ok(looks < 50, `${looks} looks`);
    assert.equal(workbook.journal.read().endpoints.get(endpoint.stem)?.isEnded, true);
  });

  test("gives up where vLLM refuses a chat, and goes on where the balancer has lost its worker", async (context) => {
    const { open } = await startEndpointWorld(context);
    const lost = [{ error: "no workers available" }];
    const refusal = { error: { message: "no chat template", type: "BadRequestError", code: 400 } };
    let isRefusing = false;
    const answering: typeof fetch = async (input, init) => {
      const address = input instanceof Request ? input.url : String(input);
      const body = address.endsWith("/chat/completions") ? (lost.pop() ?? (isRefusing && refusal)) : false;
      return body === false ? fetch(input, init) : Response.json(body, { status: 400 });
    };
    const workbook = open({ parts: { fetch: answering } });
    const endpoint = await createEndpoint(smallEndpoint(), { context: workbook });
    await waitUntilReady(endpoint, { context: workbook });
    assert.deepEqual(lost, []);
    isRefusing = true;
    await assert.rejects(
      waitUntilReady(endpoint, { context: workbook }),
      isProblem("no-answer", /refused a first chat of one token \(HTTP 400\).*chat template.*still there/),
    );
  });

  test("opens one that is up at once, by its id alone", async (context) => {
    const { open } = await startEndpointWorld(context);
    const workbook = open();
    const { id } = await createEndpoint(smallEndpoint(), { context: workbook });
    await waitUntilReady(id, { context: workbook });
    const opened = await waitUntilReady(id, { context: open() });
    assert.equal(opened.model, "Qwen/Qwen2.5-7B-Instruct");
    assert.ok(!JSON.stringify(opened).includes(endpointCanary));
  });

  test("leaves pods to themselves, and pods leave it", async (context) => {
    const { open } = await startEndpointWorld(context);
    const workbook = open();
    const pod = await createPod(smallPlan(), { context: workbook });
    const endpoint = await createEndpoint(smallEndpoint(), { context: workbook });
    await waitUntilReady(endpoint, { context: workbook });
    assert.deepEqual(
      (await listPods({ context: workbook })).map(({ id }) => id),
      [pod.id],
    );
    const journal = workbook.journal.read();
    assert.deepEqual([journal.pods.size, journal.endpoints.size], [1, 1]);
  });
});
