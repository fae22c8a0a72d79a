import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { connectEndpoint, describeEndpoint, type Endpoint, printChat } from "../../lib/src/endpoint/index.ts";
import { createPod, waitUntilReady } from "../../lib/src/runpod/index.ts";
import { startModelServer } from "../../rehearsal/src/index.ts";
import { readAdapters } from "../../rehearsal/src/model-server/adapters.ts";
import { startPodWorld } from "../runpod/pod-world.ts";
import { smallPlan } from "../runpod/sample-plans.ts";

const sql = { name: "sql", path: "somebody/sql" };

async function ask(endpoint: Endpoint, model: string): Promise<string> {
  const request = { messages: [{ role: "user" as const, content: "Hello" }], max_tokens: 12, temperature: 0 };
  return (await printChat(endpoint, { ...request, seed: 1, model }, { write: () => {} })).text;
}

describe("adapters of the rehearsal's server", () => {
  test("stand in its list with their parent, answer by name in their own words", async (t) => {
    const server = await startModelServer({ engine: "timed", model: "base", flags: { adapters: [sql] } });
    t.after(() => server.close());
    const endpoint = await connectEndpoint(server);
    assert.deepEqual([endpoint.model, endpoint.adapters], ["base", ["sql"]]);
    assert.match(
      describeEndpoint(endpoint),
      /^adapters +sql; not trained: the stand-in answers under each name$/m,
    );
    const { data } = await endpoint.client.models.list();
    const cards = data.map((card) => ({ parent: null, root: "", max_model_len: 0, ...card }));
    assert.deepEqual(
      cards.map(({ id, parent, root, max_model_len }) => [id, parent, root, max_model_len]).slice(1),
      [["sql", "base", "somebody/sql", null]],
    );
    assert.notEqual(await ask(endpoint, "sql"), await ask(endpoint, "base"));
    assert.equal(await ask(endpoint, "sql"), await ask(endpoint, "sql"));
    const { model } = await endpoint.client.chat.completions.create({
      ...{ model: "sql", messages: [{ role: "user", content: "Hello" }], max_tokens: 1 },
    });
    assert.equal(model, "sql");
    await assert.rejects(ask(endpoint, "other"), /does not exist/);
  });

  test("are those that a pod's arguments name, and readiness waits for them", async (t) => {
    const world = await startPodWorld(t);
    const context = world.open();
    const adapters = ["sql", "mails"].map((name) => ({ name, repository: `somebody/${name}`, rank: 16 }));
    const pod = await createPod(smallPlan({ adapters }), { context });
    const endpoint = await waitUntilReady(pod, { context });
    assert.deepEqual(endpoint.adapters, ["sql", "mails"]);
    assert.notEqual(await ask(endpoint, "mails"), await ask(endpoint, endpoint.model));
  });

  test("are read as vLLM reads them: name=path or JSON, up to the next flag", () => {
    const words = ["--lora-modules", "a=b/c", '{"name":"d","path":"e/f"}', "{", "null", "--port", "x=y"];
    assert.deepEqual(readAdapters(words), [
      { name: "a", path: "b/c" },
      { name: "d", path: "e/f" },
    ]);
    assert.deepEqual(readAdapters(["a=b"]), []);
  });
});
