import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { publishedPrice } from "../../helpers/prices.ts";
import { goodPod, openRehearsedAccount } from "../../helpers/rehearsed-account.ts";

describe("the pods of the stand-in", () => {
  test("are listed newest first, in pages, until they end", async (context) => {
    const { call, create } = await openRehearsedAccount(context);
    const ids = [await create(), await create(), await create()];
    const namesOf = async (path: string) => {
      const { body } = await call("GET", path);
      const pods = body["pods"] as { id: string }[];
      return { ids: pods.map(({ id }) => ids.indexOf(id)), pagination: body["pagination"] };
    };
    assert.deepEqual(await namesOf("/pods"), {
      ids: [2, 1, 0],
      pagination: { nextCursor: null, hasNextPage: false },
    });
    assert.deepEqual(await namesOf("/pods?limit=2"), {
      ids: [2, 1],
      pagination: { nextCursor: "2", hasNextPage: true },
    });
    assert.deepEqual((await namesOf("/pods?limit=2&cursor=2")).ids, [0]);
    assert.equal((await call("DELETE", `/pods/${ids[1]}`)).status, 204);
    assert.deepEqual((await namesOf("/pods")).ids, [2, 0]);
    for (const method of ["GET", "DELETE", "PATCH"]) {
      const answer = await call(method, `/pods/${ids[1]}`, method === "PATCH" ? {} : undefined);
      assert.deepEqual([answer.status, answer.body["detail"]], [404, "resource not found"]);
    }
  });

  test("give back what they were created with, env in clear and secrets as placeholders", async (context) => {
    const { call } = await openRehearsedAccount(context);
    const env = { VLLM_API_KEY: "sk-canary-not-a-key", HF_TOKEN: "{{ RUNPOD_SECRET_hf }}" };
    const { body } = await call("POST", "/pods", { ...goodPod, gpu: { id: "NVIDIA A40", count: 4 }, env });
    assert.deepEqual(body["env"], env);
    assert.deepEqual(body["cmd"], ["Qwen/Qwen2.5-7B-Instruct", "--max-model-len", "8192"]);
    assert.deepEqual(body["gpu"], { id: "NVIDIA A40", count: 4 });
    const { usdPerHour } = publishedPrice("NVIDIA A40");
    assert.deepEqual(
      [body["cost"], body["dataCenterId"], body["cloud"]],
      [4 * usdPerHour, "CA-MTL-1", "SECURE"],
    );
    assert.match(String(body["id"]), /^r[0-9a-z]{13}$/);
  });

  test("take from a template what they do not say themselves", async (context) => {
    const { call } = await openRehearsedAccount(context);
    const { body: template } = await call("POST", "/templates", {
      name: "vllm",
      image: "vllm/vllm-openai:v0.33.0",
      disk: 80,
      ports: ["8000/http"],
      env: { A: "template", B: "template" },
      cmd: ["Qwen/Qwen3-8B"],
    });
    const { body } = await call("POST", "/pods", {
      name: "p",
      templateId: template["id"],
      gpu: goodPod.gpu,
      env: { B: "pod" },
    });
    assert.deepEqual(body["env"], { A: "template", B: "pod" });
    assert.deepEqual(
      [body["image"], body["disk"], body["ports"], body["cmd"], body["template"]],
      ["vllm/vllm-openai:v0.33.0", 80, ["8000/http"], ["Qwen/Qwen3-8B"], null],
    );
  });
});

describe("what the stand-in refuses to create", () => {
  for (const [name, change, status, words] of [
    [
      "unknown fields, all named",
      { speed: 1, gpu: { ...goodPod.gpu, color: 2 } },
      422,
      /gpu\.color.*speed|speed.*gpu\.color/,
    ],
    ["a pod without a name", { name: undefined }, 422, /body\.name/],
    ["a pod with an empty name", { name: "" }, 422, /body\.name/],
    ["a disk of nothing", { disk: 0 }, 422, /body\.disk/],
    ["no GPU at all", { gpu: undefined }, 400, /exactly one of gpu or cpu/],
    ["no GPUs of a kind", { gpu: { id: "NVIDIA A40", count: 0 } }, 422, /body\.gpu\.count/],
    ["more GPUs than a machine has", { gpu: { id: "NVIDIA A40", count: 9 } }, 400, /no longer any instances/],
    ["a GPU that nobody has", { gpu: { id: "NVIDIA A41", count: 1 } }, 400, /no longer any instances/],
    ["a GPU where it is not", { dataCenterIds: ["EU-RO-1"] }, 400, /no longer any instances/],
    ["a GPU in a cloud without it", { cloud: "COMMUNITY" }, 400, /no longer any instances/],
    [
      "a CUDA version that nobody has",
      { gpu: { ...goodPod.gpu, minCudaVersion: "13.1" } },
      400,
      /no longer any/,
    ],
    [
      "two rules about CUDA",
      { gpu: { ...goodPod.gpu, minCudaVersion: "12.8", allowedCudaVersions: ["12.8"] } },
      400,
      /mutually exclusive/,
    ],
    [
      "two kinds of mounts",
      { mounts: { persistent: { size: 10, path: "/a" }, network: [{ volumeId: "v", path: "/b" }] } },
      400,
      /mutually exclusive/,
    ],
    ["a template that is not there", { templateId: "none" }, 404, /not found/],
    ["a body over 100 KB", { env: { LONG: "x".repeat(110_000) } }, 413, /102400/],
  ] as const) {
    test(name, async (context) => {
      const { rehearsal, call } = await openRehearsedAccount(context);
      const answer = await call("POST", "/pods", { ...goodPod, ...change });
      assert.deepEqual([answer.status, answer.body["status"]], [status, status]);
      assert.match(`${answer.body["detail"]} ${answer.body["errors"] ?? ""}`, words);
      assert.deepEqual(rehearsal.ledger().pods, []);
    });
  }
});

describe("templates and secrets of the stand-in", () => {
  test("have names of their own", async (context) => {
    const { call } = await openRehearsedAccount(context);
    const template = { name: "vllm", image: "vllm/vllm-openai:v0.33.0" };
    assert.equal((await call("POST", "/templates", template)).status, 201);
    assert.equal((await call("POST", "/templates", template)).status, 400);
    assert.equal((await call("POST", "/account/secrets", { name: "hf", value: "a" })).status, 201);
    assert.equal((await call("POST", "/account/secrets", { name: "hf", value: "b" })).status, 409);
    assert.equal((await call("POST", "/account/secrets", { name: "runpod_x", value: "b" })).status, 422);
  });

  test("a secret is never given back, and a new value counts from the next start on", async (context) => {
    const { rehearsal, call, create, visit } = await openRehearsedAccount(context);
    const { body: secret } = await call("POST", "/account/secrets", { name: "key", value: "sk-old" });
    const id = await create({ ...goodPod, env: { VLLM_API_KEY: "{{ RUNPOD_SECRET_key }}" } });
    rehearsal.advance(100_000);
    await call("PATCH", `/account/secrets/${secret["id"]}`, { value: "sk-new" });
    const statusWith = async (key: string) =>
      (await visit(id, "/v1/models", { headers: { authorization: `Bearer ${key}` } })).status;
    assert.deepEqual([await statusWith("sk-old"), await statusWith("sk-new")], [200, 401]);
    assert.equal((await call("PATCH", `/pods/${id}`, { disk: 60 })).body["status"], "PROVISIONING");
    rehearsal.advance(100_000);
    assert.deepEqual([await statusWith("sk-old"), await statusWith("sk-new")], [401, 200]);
    const { body } = await call("GET", "/account/secrets?name=key");
    assert.doesNotMatch(JSON.stringify(body), /sk-/);
    assert.deepEqual((await call("GET", "/account/secrets?name=other")).body["secrets"], []);
  });
});
