import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createRunPodClient } from "../../../lib/src/runpod/client/client.ts";
import { sendJson, startLocalServer } from "../../helpers/local-server.ts";

const escapes = "\x1b[2J\x1b]0;title\x07\x1b]52;c;Y2xpcA==\x07\x9b31m\x9d0;x\x9c\n\u2028";
const name = `a${escapes}b${"c".repeat(100_000)}`;
const control = /[\x00-\x1f\x7f-\x9f\u2028]/;

const pod = {
  id: "a1",
  name,
  status: name,
  gpu: { id: name, count: 1 },
  cost: 1,
  createdAt: "2026-11-27 (\x1b[2J)",
};
const gpu = {
  id: "a1",
  name,
  memory: 48,
  secure: true,
  community: true,
  pool: name,
  price: { secure: 1 },
  availability: name,
  cudaVersions: [{ version: name }],
};
const workers = { min: 0, max: 1 };
const endpoint = {
  id: "a1",
  name,
  type: name,
  gpu: { pools: [name] },
  workers,
  createdAt: "2026-11-27 (\x1b[2J)",
};
const volume = { id: "a1", name, size: 1, dataCenter: name };
const answers: Record<string, unknown> = {
  "/v2/pods": { pods: [pod] },
  "/v2/serverless": { endpoints: [endpoint] },
  "/v2/serverless/1/workers": { workers: [{ id: "a1", status: name }] },
  "/v2/templates": { templates: [{ id: "a1", name }] },
  "/v2/network-volumes": { networkVolumes: [volume] },
  "/v2/catalog/gpus": { gpus: [gpu] },
  "/graphql": { data: { myself: { id: name } } },
  "/v2/templates/odd": { id: "a1", name, env: { [name]: 1 } },
};

describe("the names in Runpod's answers", () => {
  test("steer no terminal, and are no longer than a name", async (t) => {
    const { url } = await startLocalServer(t, ({ path }, response) =>
      sendJson(response, answers[path.split("?")[0] ?? ""] ?? {}),
    );
    const client = createRunPodClient({ apiUrl: `${url}/v2`, apiKey: "rpa_canary_not_a_key" });
    const found = await Promise.all([
      client.listPods(),
      client.listEndpoints(),
      client.listWorkers("1"),
      client.listTemplates(),
      client.listNetworkVolumes(),
      client.listGpuTypes(),
      client.fetchAccount(),
    ]);
    const texts = found.flatMap(listTexts);
    assert.equal(texts.length, 5 + 5 + 2 + 2 + 3 + 5 + 1);
    for (const text of texts) {
      assert.doesNotMatch(text, control);
      assert.match(text, /^(a|2026-)/);
      assert.ok(text.length <= 301, `${text.length} characters`);
    }
    await assert.rejects(client.updateTemplate("odd", {}), (error: Error) => {
      assert.match(error.message, /lacks required fields: env\.a/);
      assert.doesNotMatch(error.message, control);
      return error.message.length < 1_000;
    });
  });
});

function listTexts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(listTexts) : [];
}
