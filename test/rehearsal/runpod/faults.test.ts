import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { RunPodFaultInput } from "../../../rehearsal/src/faults/runpod-faults.ts";
import { publishedPrice } from "../../helpers/prices.ts";
import { canaryKey, goodPod, openRehearsedAccount } from "../../helpers/rehearsed-account.ts";

describe("faults of the stand-in's API", () => {
  for (const [name, fault, status, words] of [
    ["a key that is not valid", { kind: "invalid-key" }, 401, /unauthorized/],
    ["a key that may only read", { kind: "read-only-key" }, 403, /access denied/],
    ["an empty account", { kind: "no-balance" }, 402, /balance is too low/],
    ["no capacity", { kind: "no-capacity" }, 400, /no longer any instances available/],
    ["no capacity for this card", { kind: "no-capacity", gpuTypeId: "NVIDIA A40" }, 400, /no longer any/],
    ["a card that the account may not use", { kind: "forbidden-gpu" }, 403, /access denied/],
    ["too many calls", { kind: "api-error", status: 429 }, 429, /rate limit exceeded/],
    ["trouble before anything is done", { kind: "api-error", status: 503 }, 503, /internal server error/],
    ["an old contract", { kind: "old-contract" }, 422, /body\.cmd: unknown field "cmd"/],
  ] as const) {
    test(`${name}: nothing is created`, async (context) => {
      const { rehearsal, call } = await openRehearsedAccount(context, { faults: [fault] });
      const answer = await call("POST", "/pods", goodPod);
      assert.equal(answer.status, status);
      assert.match(`${answer.body["detail"]} ${answer.body["errors"] ?? ""}`, words);
      assert.equal(answer.headers.get("retry-after"), status === 429 ? "1" : null);
      assert.deepEqual(rehearsal.ledger().pods, []);
    });
  }

  test("an answer that is lost by a 500: the pod is there", async (context) => {
    const { rehearsal, call } = await openRehearsedAccount(context, {
      faults: [{ kind: "answer-lost", times: 1 }],
    });
    assert.equal((await call("POST", "/pods", goodPod)).status, 500);
    assert.equal(rehearsal.ledger().running.length, 1);
    assert.equal((await call("POST", "/pods", goodPod)).status, 201);
  });

  for (const by of ["hang", "reset"] as const) {
    test(`an answer that is lost by a ${by}: the pod is there`, async (context) => {
      const { rehearsal } = await openRehearsedAccount(context, { faults: [{ kind: "answer-lost", by }] });
      const client = new AbortController();
      const request = fetch(`${rehearsal.runpodApiUrl}/pods`, {
        method: "POST",
        headers: { authorization: `Bearer ${canaryKey}`, "content-type": "application/json" },
        body: JSON.stringify(goodPod),
        signal: client.signal,
      });
      if (by === "hang") {
        while (rehearsal.ledger().running.length === 0)
          await new Promise((resolve) => setTimeout(resolve, 5));
        client.abort();
      }
      await assert.rejects(request, by === "hang" ? { name: "AbortError" } : { name: "TypeError" });
      assert.equal(rehearsal.ledger().running.length, 1);
      assert.equal(rehearsal.calls()[0]?.status, null);
    });
  }

  test("silence: the request is taken, and nothing is done", async (context) => {
    const { rehearsal, call } = await openRehearsedAccount(context, {
      faults: [{ kind: "silence", times: 1 }],
    });
    await assert.rejects(
      fetch(`${rehearsal.runpodApiUrl}/pods`, {
        method: "POST",
        headers: { authorization: `Bearer ${canaryKey}` },
        body: JSON.stringify(goodPod),
        signal: AbortSignal.timeout(50),
      }),
      { name: "TimeoutError" },
    );
    assert.deepEqual(rehearsal.ledger().pods, []);
    assert.equal((await call("GET", "/pods")).status, 200);
  });

  test("strike one operation alone, and only as often as they say", async (context) => {
    const faults: RunPodFaultInput[] = [{ kind: "api-error", status: 429, operation: "listPods", times: 2 }];
    const { rehearsal, call, create } = await openRehearsedAccount(context, { faults });
    await create();
    const statuses = [await call("GET", "/pods"), await call("GET", "/pods"), await call("GET", "/pods")];
    assert.deepEqual(
      statuses.map(({ status }) => status),
      [429, 429, 200],
    );
    assert.deepEqual(rehearsal.faults(), []);
  });

  test("an old contract: entrypoint and cmd are unknown in every body, and in every answer", async (context) => {
    const { call } = await openRehearsedAccount(context, { faults: [{ kind: "old-contract" }] });
    const { cmd, ...plain } = goodPod;
    const both = await call("POST", "/pods", { ...plain, cmd, entrypoint: ["sh"] });
    assert.deepEqual(both.body["errors"], [
      'body.entrypoint: unknown field "entrypoint"',
      'body.cmd: unknown field "cmd"',
    ]);
    const { status, body } = await call("POST", "/pods", { ...plain, args: "Qwen/Qwen2.5-7B-Instruct" });
    assert.deepEqual([status, "cmd" in body, body["args"]], [201, false, "Qwen/Qwen2.5-7B-Instruct"]);
    const template = { name: "t", image: "vllm/vllm-openai:v0.33.0", cmd };
    assert.equal((await call("POST", "/templates", template)).status, 422);
  });

  test("a deletion that is ignored, a price that is not the catalog's, secrets and balance that are not there", async (context) => {
    const faults: RunPodFaultInput[] = [
      { kind: "delete-ignored", times: 1 },
      { kind: "dearer-than-catalog", factor: 3 },
      { kind: "no-secrets" },
      { kind: "no-graphql" },
    ];
    const { rehearsal, call, create } = await openRehearsedAccount(context, { faults });
    const id = await create();
    assert.equal(
      (await call("GET", `/pods/${id}`)).body["cost"],
      publishedPrice("NVIDIA A40").usdPerHour * 3,
    );
    assert.equal((await call("DELETE", `/pods/${id}`)).status, 204);
    assert.equal((await call("GET", `/pods/${id}`)).status, 200);
    assert.equal((await call("DELETE", `/pods/${id}`)).status, 204);
    assert.equal((await call("GET", `/pods/${id}`)).status, 404);
    assert.equal((await call("GET", "/account/secrets")).status, 404);
    const balance = await fetch(new URL("/graphql", rehearsal.runpodApiUrl), {
      method: "POST",
      headers: { authorization: `Bearer ${canaryKey}` },
      body: JSON.stringify({ query: "query { myself { clientBalance } }" }),
    });
    assert.equal(balance.status, 410);
  });

  test("are refused where nobody knows them", async (context) => {
    const { rehearsal } = await openRehearsedAccount(context);
    assert.throws(() => rehearsal.addFault({ kind: "typo" } as never), /invalid_union|Invalid input/);
    assert.throws(
      () => rehearsal.addFault({ kind: "no-capacity", gpu: "A40" } as never),
      /unrecognized_keys/,
    );
  });
});

describe("the keys of the stand-in", () => {
  for (const [name, authorization, detail] of [
    ["no key", "", "missing bearer token"],
    ["a key without its scheme", canaryKey, "missing bearer token"],
    ["an empty key", "Bearer ", "missing bearer token"],
    ["a key of somebody else", "Bearer sk-something", "unauthorized"],
  ] as const) {
    test(`${name} is refused, without a word about limits`, async (context) => {
      const { call } = await openRehearsedAccount(context);
      const answer = await call("GET", "/pods", undefined, { authorization });
      assert.deepEqual(answer.body, { title: "Unauthorized", status: 401, detail });
      assert.equal(answer.headers.get("ratelimit"), null);
      assert.match(answer.headers.get("x-request-id") ?? "", /./);
    });
  }

  test("are kept nowhere", async (context) => {
    const { rehearsal, call, create } = await openRehearsedAccount(context);
    await create({ ...goodPod, env: {} });
    const { body } = await call("POST", "/account/secrets", { name: "hf", value: "hf_canary" });
    await call("PATCH", `/account/secrets/${body["id"]}`, { value: "hf_canary" });
    assert.equal(rehearsal.calls().length, 3);
    assert.doesNotMatch(JSON.stringify([rehearsal.ledger(), rehearsal.calls()]), /canary/);
  });
});

describe("what is left of GraphQL", () => {
  const ask = async (apiUrl: string, query: string) => {
    const response = await fetch(new URL("/graphql", apiUrl), {
      method: "POST",
      headers: { authorization: `Bearer ${canaryKey}`, "content-type": "application/json" },
      body: JSON.stringify({ query }),
    });
    assert.equal(response.status, 200);
    return (await response.json()) as Record<string, unknown>;
  };

  test("tells the balance and what runs per hour", async (context) => {
    const { rehearsal, create } = await openRehearsedAccount(context, { balanceUsd: 10 });
    await create();
    const answer = await ask(rehearsal.runpodApiUrl, "query { myself { clientBalance currentSpendPerHr } }");
    const { usdPerHour } = rehearsal.ledger();
    assert.deepEqual(answer, { data: { myself: { clientBalance: 10, currentSpendPerHr: usdPerHour } } });
    const wrong = await ask(rehearsal.runpodApiUrl, "query { myself { shoeSize } }");
    assert.match(JSON.stringify(wrong["errors"]), /Cannot query field .*shoeSize/);
  });

  test("ends a pod, and complains of one that is not there", async (context) => {
    const { rehearsal, create } = await openRehearsedAccount(context);
    const mutation = `mutation { podTerminate(input: { podId: "${await create()}" }) }`;
    assert.deepEqual(await ask(rehearsal.runpodApiUrl, mutation), { data: { podTerminate: null } });
    assert.deepEqual(rehearsal.ledger().running, []);
    assert.match(JSON.stringify(await ask(rehearsal.runpodApiUrl, mutation)), /not found/);
  });
});
