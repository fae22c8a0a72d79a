import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createRunPodClient } from "../../../lib/src/runpod/client/client.ts";
import { listGpus } from "../../../lib/src/runpod/pods/list-gpus.ts";
import { planPod } from "../../../lib/src/runpod/pods/plan-pod.ts";
import { tableBundle } from "../../../lib/src/show/table.ts";
import { sendJson, startLocalServer } from "../../helpers/local-server.ts";
import { startPodWorld } from "../pod-world.ts";

const gpus = [
  {
    id: "NVIDIA H200",
    name: "H200 SXM",
    pool: "HOPPER_141",
    manufacturer: "NVIDIA",
    memory: 141,
    secure: true,
    community: false,
    price: { secure: 4.59, community: 0 },
    maxCount: { secure: 8, community: 0 },
    availability: "LOW",
  },
  {
    id: "NVIDIA A40",
    name: "A40",
    pool: "AMPERE_48",
    manufacturer: "NVIDIA",
    memory: 48,
    secure: true,
    community: true,
    price: { secure: 0.49, community: 0.35, serverless: 1.22 },
    maxCount: { secure: 10, community: 4 },
    availability: "HIGH",
    cudaVersions: [
      { version: "13.0", available: true },
      { version: "12.8", available: true },
      { version: "12.11", available: true },
      { version: "12.4", available: false },
    ],
  },
  {
    id: "NVIDIA Old",
    name: "Old",
    pool: null,
    manufacturer: "NVIDIA",
    memory: 16,
    secure: false,
    community: true,
    price: { secure: 0.1, community: 0.2 },
    maxCount: { secure: 0, community: 1 },
  },
];

async function startCatalogue(context: Parameters<typeof startLocalServer>[0], entries: unknown[] = gpus) {
  const server = await startLocalServer(context, (_, response) => sendJson(response, { gpus: entries }));
  const apiKey = "rpa_canary_not_a_key";
  const said: string[] = [];
  const say = (text: string) => said.push(text);
  return { server, said, client: createRunPodClient({ apiUrl: `${server.url}/v2`, apiKey, say }) };
}

describe("listGpus", () => {
  test("lists what Runpod offers, the cheapest first", async (t) => {
    const { client } = await startCatalogue(t);
    const offers = await listGpus({ client });
    assert.deepEqual(
      offers.map((offer) => offer.name),
      ["A40", "H200 SXM", "Old"],
    );
    assert.deepEqual(offers[0], {
      id: "NVIDIA A40",
      name: "A40",
      memoryGb: 48,
      secureUsdPerHour: 0.49,
      communityUsdPerHour: 0.35,
      stock: "HIGH",
      cudaVersions: ["12.8", "12.11", "13.0"],
      maxGpuCount: 10,
    });
    assert.equal(offers[1]?.communityUsdPerHour, null);
    assert.equal(offers[2]?.secureUsdPerHour, null);
    assert.equal(offers[2]?.stock, null);
  });

  test("lists the rest of a catalogue with odd entries, and says what it left out", async (t) => {
    const bare = { id: "NVIDIA B300", memory: "288 GB", price: { secure: "soon" }, secure: true };
    const { client, said } = await startCatalogue(t, [null, { name: "nameless" }, bare, ...gpus]);
    const offers = await listGpus({ client });
    assert.deepEqual(
      offers.map(({ id, memoryGb, secureUsdPerHour }) => [id, memoryGb, secureUsdPerHour]),
      [
        ["NVIDIA A40", 48, 0.49],
        ["NVIDIA H200", 141, 4.59],
        ["NVIDIA B300", 0, null],
        ["NVIDIA Old", 16, null],
      ],
    );
    assert.match(
      said.join(" "),
      /^Of Runpod's catalogue of GPUs, 2 of 6 entries were left out, the first of them entry 1/,
    );
  });

  test("is an error where no entry can be read", async (t) => {
    const { client } = await startCatalogue(t, [{ gpu: "A40" }]);
    await assert.rejects(listGpus({ client }), /lacks required fields: gpus\.0\.id/);
  });

  test("asks for the stock of pods with as many cards as wanted", async (t) => {
    const { client, server } = await startCatalogue(t);
    const offers = await listGpus({ client, gpuCount: 4, cloud: "COMMUNITY" });
    const asked = new URL(server.requests[0]?.path ?? "", server.url);
    assert.equal(asked.pathname, "/v2/catalog/gpus");
    assert.deepEqual(Object.fromEntries(asked.searchParams), {
      include: "AVAILABILITY",
      product: "POD",
      count: "4",
      cloud: "COMMUNITY",
    });
    assert.deepEqual(
      offers.map((offer) => offer.communityUsdPerHour),
      [0.2, 0.35, null],
    );
  });

  test("shows as a table", async (t) => {
    const { client } = await startCatalogue(t);
    const text = tableBundle(await listGpus({ client })).data["text/plain"];
    assert.match(String(text), /A40 +48 +0\.49 +0\.35 +HIGH +12\.8, 12\.11, 13\.0/);
  });

  test("gives a plan its live prices", async (t) => {
    const { client } = await startCatalogue(t);
    const plan = planPod({ model: "Qwen/Qwen3-8B", offers: await listGpus({ client }) });
    assert.equal(plan.gpuCandidates[0]?.usdPerHour, 0.49);
    assert.equal(plan.gpuCandidates[0]?.priceObserved, null);
  });

  test("says in a rehearsal when each price was read, and by whom; a plan says the day", async (t) => {
    const world = await startPodWorld(t);
    const offers = await listGpus({ context: { ...world.open(), target: "rehearsal" } });
    const priced = offers.filter(({ secureUsdPerHour }) => secureUsdPerHour !== null);
    assert.ok(priced.length > 5);
    for (const { id, observed, source } of priced) {
      assert.match(observed ?? "", /^20\d\d-\d\d-\d\d$/, id);
      assert.match(source ?? "", /^https:/, id);
    }
    const [{ gpuTypeId, priceObserved } = {}] = planPod({ model: "Qwen/Qwen3-8B", offers }).gpuCandidates;
    assert.equal(priceObserved, offers.find(({ id }) => id === gpuTypeId)?.observed);
  });
});
