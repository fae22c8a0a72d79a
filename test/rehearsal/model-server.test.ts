import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { startModelServer } from "../../rehearsal/src/index.ts";
import { openTimedServer, waitForRunning } from "../helpers/timed-server.ts";

describe("the vLLM-shaped server", () => {
  test("listens on this machine only, at the port that was asked for", async (t) => {
    const first = await startModelServer({ engine: "timed" });
    await first.close();
    const port = Number(new URL(first.baseUrl).port);
    const second = await startModelServer({ engine: "timed", port });
    t.after(() => second.close());
    assert.equal(second.baseUrl, `http://127.0.0.1:${port}/v1`);
  });

  test("says which port is taken", async (t) => {
    const { server } = await openTimedServer(t);
    const port = Number(new URL(server.baseUrl).port);
    await assert.rejects(startModelServer({ engine: "timed", port }), {
      name: "WorkbookError",
      message: `The model server could not listen on 127.0.0.1:${port}. Choose another port, or 0 for any free one.`,
    });
  });

  test("is never idle while it answers", async (t) => {
    const { server, endpoint } = await openTimedServer(t);
    const controller = new AbortController();
    const chatting = endpoint.client.chat.completions
      .create(
        { model: "small", messages: [{ role: "user", content: "Hello" }], max_tokens: 5_000, stream: false },
        { signal: controller.signal },
      )
      .catch(() => null);
    await waitForRunning(server, 1);
    assert.equal(server.idleMs(), 0);
    controller.abort();
    await chatting;
    await waitForRunning(server, 0);
    while (server.idleMs() === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  test("ends together with the answers that it is giving", async () => {
    const server = await startModelServer({ engine: "timed", model: "small" });
    const answering = fetch(`${server.baseUrl}/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${server.apiKey}`, "content-type": "application/json" },
      body: JSON.stringify({ messages: [{ role: "user", content: "Hello" }], ignore_eos: true }),
    }).then((response) => response.text());
    const outcome = answering.catch((error: unknown) => error);
    await waitForRunning(server, 1);
    await server.close();
    assert.ok((await outcome) instanceof Error);
    await assert.rejects(fetch(server.baseUrl));
  });
});
