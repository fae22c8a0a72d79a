import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { z } from "zod";
import { type Rehearsal, type StandInOptions, startRehearsal } from "../../rehearsal/src/index.ts";

/** An answer of the stand-in's API, its body parsed. */
export interface ApiAnswer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

/** A clock that stands still until somebody advances the rehearsal. */
export const stoppedClock = { nowMs: () => Date.UTC(2026, 10, 24, 12) };

/** A key that is obviously none. */
export const canaryKey = "rpa_canary_not_a_key";

/** A pod that is good: one A40 with an open model behind a key. */
export const goodPod = {
  name: "test-pod",
  image: "vllm/vllm-openai:v0.33.0",
  gpu: { id: "NVIDIA A40", count: 1 },
  disk: 50,
  ports: ["8000/http"],
  env: { VLLM_API_KEY: "sk-canary-not-a-key" },
  cmd: ["Qwen/Qwen2.5-7B-Instruct", "--max-model-len", "8192"],
};

/** The same pod with a start script that closes its side doors and ends it at its deadline, an hour after noon. */
export const guardedPod = {
  ...goodPod,
  entrypoint: ["python3", "-c", "run('vllm', 'serve', '--middleware', 'guard.Guard')"],
  env: { ...goodPod.env, WORKBOOK_DEADLINE: "2026-11-24T13:00:00Z" },
};

/** An endpoint that is good: one worker of an A40 or A6000 at most, behind the load balancer. */
export const goodEndpoint = {
  name: "test-endpoint",
  type: "LOAD_BALANCER",
  image: "vllm/vllm-openai:v0.33.0",
  args: "Qwen/Qwen2.5-7B-Instruct --port 8000",
  disk: 50,
  ports: ["8000/http"],
  env: { PORT: "8000", PORT_HEALTH: "8000", HEALTH_CHECK_PATH: "/health" },
  gpu: { pools: ["AMPERE_48"], count: 1 },
  workers: { min: 0, max: 1, idleTimeout: 10 },
  scaling: { type: "REQUEST_COUNT", requestCount: 4 },
};

/** Starts quick stand-ins without a model, whose time only tests move, and gives what calls them. */
export async function openRehearsedAccount(
  context: TestContext,
  options: StandInOptions = {},
): Promise<{
  rehearsal: Rehearsal;
  /** Calls the API with a good key; `path` is what follows `/v2`. */
  call: (
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ) => Promise<ApiAnswer>;
  /** Creates a pod and gives its id. */
  create: (body?: object) => Promise<string>;
  /** Calls a pod through the proxy, port 8000. */
  visit: (podId: string, path: string, request?: RequestInit) => Promise<Response>;
}> {
  const rehearsal = await startRehearsal({
    engine: "timed",
    profile: { timeToFirstTokenMs: 1, timePerOutputTokenMs: 1 },
    clock: stoppedClock,
    bootMs: 100_000,
    ...options,
  });
  context.after(() => rehearsal.close());
  const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(rehearsal.runpodApiUrl + path, {
      method,
      headers: { authorization: `Bearer ${canaryKey}`, "content-type": "application/json", ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const parsed: unknown = text === "" ? {} : JSON.parse(text);
    return {
      status: response.status,
      headers: response.headers,
      body: z.record(z.string(), z.unknown()).parse(parsed),
    };
  };
  const create = async (body: object = goodPod) => {
    const answer = await call("POST", "/pods", body);
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return z.string().parse(answer.body["id"]);
  };
  const visit = (podId: string, path: string, request: RequestInit = {}) =>
    fetch(rehearsal.runpodProxyUrl.replace("{podId}", podId).replace("{port}", "8000") + path, request);
  return { rehearsal, call, create, visit };
}
