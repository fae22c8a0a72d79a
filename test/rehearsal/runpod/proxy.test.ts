import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import type { StandInOptions } from "../../../rehearsal/src/index.ts";
import { goodPod, guardedPod, openRehearsedAccount } from "../../helpers/rehearsed-account.ts";

type Context = Parameters<typeof openRehearsedAccount>[0];

const key = { authorization: "Bearer sk-canary-not-a-key", "content-type": "application/json" };
const question = {
  model: "Qwen/Qwen2.5-7B-Instruct",
  messages: [{ role: "user", content: "Hello" }],
  max_tokens: 8,
  ignore_eos: true,
};

/** A pod that answers. */
async function openReadyPod(context: Context, options: { pod?: object } & StandInOptions = {}) {
  const { pod, ...rest } = options;
  const account = await openRehearsedAccount(context, rest);
  const id = await account.create(pod);
  account.rehearsal.advance(100_000);
  return { ...account, id, open: (path: string, request?: RequestInit) => account.visit(id, path, request) };
}

function ask(body: object): RequestInit {
  return { method: "POST", headers: key, body: JSON.stringify({ ...question, ...body }) };
}

async function statusesOf(
  open: (path: string, request?: RequestInit) => Promise<Response>,
  request: RequestInit,
): Promise<Record<string, number>> {
  const statuses: Record<string, number> = {};
  for (const path of [
    "/health",
    "/ping",
    "/v1/models",
    "/metrics",
    "/version",
    "/tokenize",
    "/invocations",
  ]) {
    const method = path === "/tokenize" || path === "/invocations" ? "POST" : "GET";
    const body = method === "POST" ? JSON.stringify({ ...question, prompt: "Hello" }) : null;
    const response = await open(path, { ...request, method, body });
    await response.body?.cancel();
    statuses[path] = response.status;
  }
  return statuses;
}

describe("the proxy in front of rehearsed pods", () => {
  test("knows nothing of a pod that is not there, has ended, or has not opened the port", async (context) => {
    const { call, visit, id } = await openReadyPod(context);
    const closed = await openReadyPod(context, { pod: { ...goodPod, ports: ["8000"] } });
    await call("DELETE", `/pods/${id}`);
    for (const response of [
      await visit("nobody", "/health"),
      await visit(id, "/health"),
      await closed.open("/health"),
    ]) {
      assert.equal(response.status, 404);
      assert.equal(await response.text(), "");
    }
  });

  test("answers with a page of its own while nothing listens", async (context) => {
    const { rehearsal, create, visit } = await openRehearsedAccount(context);
    const id = await create();
    rehearsal.advance(50_000);
    const response = await visit(id, "/v1/models");
    assert.equal(response.status, 502);
    assert.equal(response.headers.get("content-type"), "text/html; charset=UTF-8");
    assert.match(await response.text(), /^<!DOCTYPE html>[\s\S]*Bad gateway/);
  });

  test("passes a stream on piece by piece, and an address of the server as one of its own", async (context) => {
    const { open, id } = await openReadyPod(context);
    const response = await open(
      "/v1/chat/completions",
      ask({ stream: true, stream_options: { include_usage: true } }),
    );
    assert.equal(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
    const text = await response.text();
    assert.match(text, /"completion_tokens":8/);
    assert.ok(text.split("\n\n").length > 8);
    assert.ok(text.endsWith("data: [DONE]\n\n"));
    const moved = await open("/v1/models/", { headers: key, redirect: "manual" });
    assert.deepEqual([moved.status, moved.headers.get("location")], [307, `/proxy/${id}/8000/v1/models`]);
  });

  test("gives up on a silent pod with 524, and the pod goes on", { timeout: 300_000 }, async (context) => {
    const { open, rehearsal } = await openReadyPod(context, {
      firstByteTimeoutMs: 20,
      profile: { timePerOutputTokenMs: 40, timeToFirstTokenMs: 1 },
    });
    const response = await open("/v1/chat/completions", ask({}));
    assert.equal(response.status, 524);
    assert.match(await response.text(), /A timeout occurred/);
    const generated = async () => {
      const page = await (await open("/metrics", { headers: key })).text();
      return Number(/^vllm:generation_tokens_total\{.*\} (\d+)$/m.exec(page)?.[1]);
    };
    while ((await generated()) < 8) await delay(10);
    assert.equal(rehearsal.ledger().running.length, 1);
  });

  test("ends the generation when its client goes away", { timeout: 300_000 }, async (context) => {
    const { open } = await openReadyPod(context, {
      profile: { timePerOutputTokenMs: 5, timeToFirstTokenMs: 1 },
    });
    const client = new AbortController();
    const request = { ...ask({ stream: true, max_tokens: 5_000 }), signal: client.signal };
    const response = await open("/v1/chat/completions", request);
    await response.body?.getReader().read();
    client.abort();
    const running = async () => {
      const page = await (await open("/metrics", { headers: key })).text();
      return Number(/^vllm:num_requests_running\{.*\} (\d+)$/m.exec(page)?.[1]);
    };
    while ((await running()) !== 0) await delay(5);
  });

  test("answers as a fault says, as often as it says", async (context) => {
    const { open, rehearsal } = await openReadyPod(context);
    rehearsal.addFault({ kind: "proxy-error", status: 503, times: 2 });
    const statuses = [await open("/health"), await open("/health"), await open("/health")];
    assert.deepEqual(
      statuses.map(({ status }) => status),
      [503, 503, 200],
    );
  });

  test("keeps pods apart: each has its own model, key and count", async (context) => {
    const { create, visit, id, rehearsal } = await openReadyPod(context);
    const other = await create({
      ...goodPod,
      args: "Qwen/Qwen3-8B",
      cmd: [],
      env: { VLLM_API_KEY: "sk-other" },
    });
    rehearsal.advance(100_000);
    const modelOf = async (podId: string, apiKey: string) => {
      const response = await visit(podId, "/v1/models", { headers: { authorization: `Bearer ${apiKey}` } });
      if (response.status !== 200) return response.status;
      return z.object({ data: z.array(z.object({ id: z.string() })) }).parse(await response.json()).data[0]
        ?.id;
    };
    assert.equal(await modelOf(id, "sk-canary-not-a-key"), "Qwen/Qwen2.5-7B-Instruct");
    assert.equal(await modelOf(other, "sk-other"), "Qwen/Qwen3-8B");
    assert.equal(await modelOf(other, "sk-canary-not-a-key"), 401);
  });
});

describe("the doors of a rehearsed pod", () => {
  const open = { "/health": 200, "/ping": 200 };

  test("stand open beside /v1 as a plain vLLM leaves them", async (context) => {
    const pod = await openReadyPod(context);
    assert.deepEqual(await statusesOf(pod.open, { headers: { "content-type": "application/json" } }), {
      ...open,
      "/v1/models": 401,
      "/metrics": 200,
      "/version": 200,
      "/tokenize": 200,
      "/invocations": 200,
    });
  });

  test("are shut where the payload carries the start script, and open to the key", async (context) => {
    const pod = await openReadyPod(context, { pod: guardedPod });
    const shut = {
      "/v1/models": 401,
      "/metrics": 401,
      "/version": 401,
      "/tokenize": 401,
      "/invocations": 401,
    };
    const withoutKey = await statusesOf(pod.open, { headers: { "content-type": "application/json" } });
    assert.deepEqual(withoutKey, { ...open, ...shut });
    assert.deepEqual(await statusesOf(pod.open, { headers: key }), {
      ...open,
      "/v1/models": 200,
      "/metrics": 200,
      "/version": 200,
      "/tokenize": 200,
      "/invocations": 200,
    });
  });

  test("are open to anybody where no key was given, or a fault keeps it from being asked for", async (context) => {
    const faults = [{ kind: "key-not-enforced" }] as const;
    const forgetful = await openReadyPod(context, { faults, pod: guardedPod });
    const keyless = await openReadyPod(context, { pod: { ...goodPod, env: {} } });
    for (const { open: visit } of [forgetful, keyless]) {
      assert.equal((await visit("/v1/models")).status, 200);
      assert.equal((await visit("/metrics")).status, 200);
    }
  });

  test("lead to another model where a fault says so", async (context) => {
    const faults = [{ kind: "wrong-model", model: "facebook/opt-125m" }] as const;
    const pod = await openReadyPod(context, { faults });
    const models = await (await pod.open("/v1/models", { headers: key })).text();
    assert.match(models, /"id":"facebook\/opt-125m"/);
  });
});
