import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { connectEndpoint, streamChat } from "../../../lib/src/endpoint/index.ts";
import { findOpenRoutes } from "../../../lib/src/runpod/pods/call-without-key.ts";
import { guardedCommand } from "../../../lib/src/runpod/pods/pod-body.ts";
import { findClosedPort } from "../../helpers/local-server.ts";
import { collectLog, realVllmHome } from "../../helpers/real-vllm.ts";
import { startPodWorld } from "../pod-world.ts";

const skip =
  realVllmHome === "" ? "REAL_VLLM_HOME is not set: the start script was not tried on a real vLLM." : false;
const key = "sk-canary-not-a-key";

/** Every route that the server itself documents, so that one which a newer vLLM adds is tried too. */
async function listRoutes(root: string): Promise<{ method: string; path: string }[]> {
  const answer = await fetch(`${root}/openapi.json`, { headers: { authorization: `Bearer ${key}` } });
  const { paths } = z.object({ paths: z.record(z.string(), z.looseObject({})) }).parse(await answer.json());
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
  );
  assert.ok(routes.length > 10, "vLLM names its routes");
  return routes;
}

describe("the start script on a real vLLM", { skip }, () => {
  test("closes every door but two, and lets streams with the key through", async (context) => {
    const port = await findClosedPort();
    const { entrypoint, cmd } = guardedCommand([
      ...[join(realVllmHome, "smollm2"), "--served-model-name", "smollm2", "--enforce-eager"],
      ...["--host", "127.0.0.1", "--port", String(port), "--max-model-len", "2048", "--max-num-seqs", "8"],
    ]);
    const [program = "", ...rest] = [...entrypoint, ...cmd];
    const server = spawn(program, rest, {
      env: {
        ...process.env,
        PATH: `${join(realVllmHome, "venv/bin")}:${process.env["PATH"]}`,
        ...{ VLLM_API_KEY: key, VLLM_CPU_KVCACHE_SPACE: "1", HF_HUB_OFFLINE: "1", VLLM_NO_USAGE_STATS: "1" },
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    context.after(() => server.kill("SIGTERM"));
    const log = collectLog(server);
    const root = `http://127.0.0.1:${port}`;
    const statusOf = async (path: string, headers: Record<string, string> = {}) =>
      (await fetch(root + path, { headers }).catch(() => null))?.status ?? null;
    for (let looks = 0; (await statusOf("/health")) !== 200; looks++) {
      assert.ok(looks < 360 && server.exitCode === null, log().slice(-3_000));
      await delay(500);
    }
    assert.equal(await statusOf("/ping"), 200);
    for (const path of ["/v1/models", "/metrics", "/docs", "/openapi.json", "/version", "/load"]) {
      assert.equal(await statusOf(path), 401, path);
      assert.equal(await statusOf(path, { authorization: "Bearer sk-wrong" }), 401, path);
      assert.equal(await statusOf(path, { authorization: `Bearer ${key}` }), 200, path);
    }
    for (const path of ["/metrics", "/v1/models"]) {
      assert.equal((await fetch(root + path, { method: "OPTIONS" })).status, 401, path);
    }
    for (const { method, path } of await listRoutes(root)) {
      if (["/health", "/ping"].includes(path)) continue;
      assert.equal((await fetch(root + path, { method })).status, 401, `${method} ${path}`);
    }
    const asks = { origin: "https://chat.example", "access-control-request-method": "GET" };
    const preflight = await fetch(`${root}/v1/models`, { method: "OPTIONS", headers: asks });
    assert.equal(await preflight.text(), "Disallowed CORS origin", "vLLM itself answers");
    const { open } = await startPodWorld(context);
    const workbook = open();
    workbook.connection.proxyUrl = root;
    assert.deepEqual(await findOpenRoutes(workbook, "any"), []);
    const endpoint = await connectEndpoint({ baseUrl: `${root}/v1`, apiKey: key });
    let texts = 0;
    for await (const event of streamChat(endpoint, {
      messages: [{ role: "user", content: "Hello" }],
      max_tokens: 12,
      ignore_eos: true,
    })) {
      if (event.type === "text") texts++;
    }
    assert.ok(texts >= 5, `${texts} pieces of text came`);
    assert.ok(!log().includes(key), "the key is not in the log");
  });
});
