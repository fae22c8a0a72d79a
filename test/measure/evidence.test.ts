import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { connectEndpoint, type Endpoint } from "../../lib/src/endpoint/index.ts";
import { type MeasureOptions, measureThroughput } from "../../lib/src/measure/index.ts";
import { startModelServer } from "../../rehearsal/src/index.ts";
import { makeFolder, setEnvironment } from "../helpers/environment.ts";
import { startHuggingFaceLike } from "../helpers/hugging-face-like.ts";
import { sendJson, startLocalServer } from "../helpers/local-server.ts";

const a40 = { name: "NVIDIA A40", count: 2, usdPerHour: 0.88 };
const today = () => new Date().toISOString().slice(0, 10);

/** Measures one short level, on an endpoint that is opened as told. */
async function measure(
  context: TestContext,
  opened: Pick<Parameters<typeof connectEndpoint>[0], "origin" | "gpu" | "startedWith">,
  options: MeasureOptions = {},
) {
  const server = await startModelServer({
    engine: "timed",
    model: "owner/small",
    profile: { timeToFirstTokenMs: 2, timePerOutputTokenMs: 1 },
  });
  context.after(() => server.close());
  const endpoint: Endpoint = await connectEndpoint({ ...server, ...opened });
  const short = { streams: [1], requestsPerStream: 2, promptTokens: 8, outputTokens: 4, write() {} };
  const { evidence } = await measureThroughput(endpoint, { ...short, ...options });
  assert.ok(evidence !== null);
  return evidence;
}

describe("the evidence of a measurement", () => {
  test("is empty where nobody knows anything", async (context) => {
    const evidence = await measure(context, {});
    const none = { image: null, arguments: null, modelRevision: null, driver: null, price: null };
    assert.deepEqual(evidence, { ...none, recordsSha256: null });
  });

  test("of a pod names image, arguments without secrets, the model's commit and the price", async (context) => {
    const sha = "0123456789abcdef0123456789abcdef01234567";
    const hub = await startLocalServer(context, (_, response) =>
      sendJson(response, { id: "owner/small", sha }),
    );
    setEnvironment(context, { HF_ENDPOINT: hub.url });
    const image = "vllm/vllm-openai:v0.33.0";
    const given = ["owner/small", "--port", "8000", "--hf-token", "canary0secret"];
    const evidence = await measure(context, {
      origin: "pod",
      gpu: a40,
      startedWith: { image, arguments: given },
    });
    assert.deepEqual(evidence, {
      image,
      arguments: ["owner/small", "--port", "8000", "--hf-token", "…"],
      modelRevision: sha,
      driver: null,
      price: { usdPerHour: 0.88, source: "the pod's own price, as Runpod's API says", observed: today() },
      recordsSha256: null,
    });
  });

  test("takes the commit from the arguments, and none where the hub does not say it", async (context) => {
    const hub = await startHuggingFaceLike(context, { model: { errorCode: "RepoNotFound" } });
    setEnvironment(context, { HF_ENDPOINT: hub.url });
    const named = "f".repeat(40);
    const started = (...flags: string[]) => ({ startedWith: { image: null, arguments: ["m", ...flags] } });
    assert.equal((await measure(context, started("--revision", named))).modelRevision, named);
    assert.equal((await measure(context, started(`--revision=${named}`))).modelRevision, named);
    assert.equal(
      (await measure(context, { origin: "pod", ...started("--revision", "main") })).modelRevision,
      null,
    );
    assert.equal((await measure(context, { origin: "pod" })).modelRevision, null);
  });

  test("has the price book's price for cards whose price nobody said, and the day of that price", async (context) => {
    const { price } = await measure(context, {}, { gpu: { ...a40, usdPerHour: null } });
    assert.ok(price !== null && price.usdPerHour > 0);
    assert.match(price.source, /^price book: Runpod, secure cloud, https:/);
    assert.ok(price.observed <= today());
    assert.equal((await measure(context, {}, { gpu: a40 })).price?.source, "given for the measurement");
    const unknown = { name: "A card of nobody", count: 1, usdPerHour: null };
    assert.equal((await measure(context, {}, { gpu: unknown })).price, null);
  });

  test("has the hash of the file with the raw records", async (context) => {
    const recordsFile = join(makeFolder(context), "records.jsonl");
    const { recordsSha256 } = await measure(context, {}, { recordsFile });
    assert.equal(recordsSha256, createHash("sha256").update(readFileSync(recordsFile)).digest("hex"));
  });
});
