import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { z } from "zod";
import { newerOperations, usedOperations } from "../helpers/newer-contract.ts";
import { goodEndpoint, goodPod, guardedPod, openRehearsedAccount } from "../helpers/rehearsed-account.ts";
import {
  assertAnswerMatchesContract,
  assertRequestMatchesContract,
  contractOperationIds,
  contractSkip,
} from "../helpers/runpod-contract.ts";

type Account = Awaited<ReturnType<typeof openRehearsedAccount>>;

const template = { name: "vllm", image: "vllm/vllm-openai:v0.33.0", startSsh: false, startJupyter: false };

/** The calls about endpoints and network volumes, with workers in every state. */
async function callServerless({ rehearsal, call }: Account): Promise<void> {
  const { body: balancer } = await call("POST", "/serverless", {
    ...goodEndpoint,
    gpu: { ...goodEndpoint.gpu, excludedTypes: ["NVIDIA RTX A6000"], minCudaVersion: "12.8" },
    workers: { min: 1, max: 2, idleTimeout: 10 },
    flashboot: "FLASHBOOT",
    timeout: 330_000,
    dataCenterIds: ["CA-MTL-1"],
  });
  rehearsal.addFault({ kind: "no-capacity", times: 1 });
  const { body: other } = await call("POST", "/serverless", {
    ...goodEndpoint,
    gpu: { pools: ["AMPERE_48", "ADA_48_PRO"] },
    workers: { min: 1 },
  });
  await call("GET", "/serverless");
  await call("GET", `/serverless/${balancer["id"]}`);
  await call("GET", `/serverless/${other["id"]}/workers`);
  rehearsal.advance(100_000);
  const { body: listed } = await call("GET", `/serverless/${balancer["id"]}/workers`);
  const { workers } = z.object({ workers: z.array(z.object({ id: z.string() })) }).parse(listed);
  const log = await fetch(
    `${rehearsal.runpodApiUrl}/serverless/${balancer["id"]}/workers/${workers[0]?.id}/logs?tail=5`,
    { headers: { authorization: "Bearer rpa_canary_not_a_key" } },
  );
  await log.body?.cancel();
  await call("GET", "/billing/serverless?bucketSize=hour");
  await call("GET", `/billing/serverless?serverlessId=${balancer["id"]}&bucketSize=hour`);
  await call("DELETE", `/serverless/${balancer["id"]}`);
  await call("DELETE", `/serverless/${other["id"]}`);

  const { body: volume } = await call("POST", "/network-volumes", {
    name: "weights",
    size: 100,
    dataCenter: "EU-RO-1",
  });
  await call("GET", "/network-volumes");
  await call("DELETE", `/network-volumes/${volume["id"]}`);
}

/** Every call that the stand-in answers well, in an order in which each finds what it needs. */
async function callEverything({ rehearsal, call, create }: Account): Promise<void> {
  const id = await create({ ...guardedPod, gpu: { ...goodPod.gpu, minCudaVersion: "12.8" } });
  await call("GET", "/pods");
  await call("GET", "/pods?limit=1&cursor=0");
  await call("GET", `/pods/${id}`);
  rehearsal.advance(20_000);
  await call("GET", `/pods/${id}`);
  rehearsal.advance(100_000);
  await call("GET", `/pods/${id}`);
  await call("PATCH", `/pods/${id}`, { name: "renamed", locked: false });
  await call("PATCH", `/pods/${id}`, {
    env: { A: "b" },
    mounts: { persistent: { size: 20, path: "/data" } },
  });
  rehearsal.advance(100_000);
  await call("GET", `/pods/${id}`);
  const log = await fetch(`${rehearsal.runpodApiUrl}/pods/${id}/logs?source=system&tail=5`, {
    headers: { authorization: "Bearer rpa_canary_not_a_key" },
  });
  await log.body?.cancel();
  await call("GET", "/billing/pods?bucketSize=hour");
  await call("GET", `/billing/pods?podId=${id}&startTime=2026-11-01T00:00:00Z&bucketSize=hour`);
  await call("DELETE", `/pods/${id}`);

  const { body: madeTemplate } = await call("POST", "/templates", {
    ...template,
    cmd: ["m/x"],
    env: { A: "b" },
  });
  const templatePath = `/templates/${madeTemplate["id"]}`;
  await call("GET", "/templates");
  await call("PATCH", templatePath, { image: "vllm/vllm-openai:v0.33.0", mounts: {} });
  await create({ name: "from-template", templateId: madeTemplate["id"], gpu: goodPod.gpu });
  await call("DELETE", templatePath);

  const { body: secret } = await call("POST", "/account/secrets", { name: "hf", value: "hf_canary" });
  const secretPath = `/account/secrets/${secret["id"]}`;
  await call("GET", "/account/secrets?name=hf");
  await call("PATCH", secretPath, { value: "hf_canary_2" });
  await call("DELETE", secretPath);

  await call("GET", "/catalog/gpus");
  await call("GET", "/catalog/gpus?include=AVAILABILITY&product=POD&count=4&cloud=SECURE");
  await call("GET", "/catalog/gpus?include=AVAILABILITY&product=POD,SERVERLESS");
  await fetch(new URL("/graphql", rehearsal.runpodApiUrl), {
    method: "POST",
    headers: { authorization: "Bearer rpa_canary_not_a_key" },
    body: JSON.stringify({ query: "query { myself { clientBalance } }" }),
  });
}

/** Every way in which the stand-in refuses. */
async function provokeEverything({ rehearsal, call, create }: Account): Promise<void> {
  await create();
  await call("GET", "/serverless/none");
  await call("POST", "/serverless", { ...goodEndpoint, gpu: undefined });
  await call("POST", "/serverless", { ...goodEndpoint, gpu: { pools: ["NO_SUCH_POOL"] } });
  await call("POST", "/serverless", {
    ...goodEndpoint,
    gpu: { pools: ["AMPERE_48"], excludedTypes: ["NVIDIA L4"] },
  });
  await call("POST", "/serverless", { ...goodEndpoint, scaling: { type: "QUEUE_DELAY", queueDelay: 4 } });
  await call("POST", "/serverless", { ...goodEndpoint, workers: { min: 3, max: 2 } });
  await call("POST", "/network-volumes", { name: "weights", size: 100, dataCenter: "MARS-1" });
  await call("GET", "/pods", undefined, { authorization: "" });
  await call("GET", "/pods", undefined, { authorization: "Bearer wrong" });
  await call("GET", "/pods/none");
  await call("DELETE", "/pods/none");
  await call("POST", "/pods", { ...goodPod, unknown: 1 });
  await call("POST", "/pods", { ...goodPod, disk: "50" });
  await call("POST", "/pods", { ...goodPod, image: undefined });
  await call("POST", "/pods", { ...goodPod, gpu: undefined });
  await call("POST", "/pods", { ...goodPod, templateId: "none" });
  await call("POST", "/pods", { ...goodPod, env: { LONG: "x".repeat(110_000) } });
  await call("POST", "/pods", { ...goodPod, gpu: { id: "NVIDIA A40", count: 9 } });
  await call("GET", "/catalog/gpus?include=AVAILABILITY");
  await call("GET", "/catalog/gpus/none");
  await call("PATCH", "/templates/none", { name: "vllm" });
  await call("PATCH", "/account/secrets/none", { value: "1" });
  await call("POST", "/account/secrets", { name: "hf", value: "1" });
  await call("POST", "/account/secrets", { name: "hf", value: "2" });
  await call("POST", "/account/secrets", { name: "RUNPOD_X", value: "1" });
  await call("GET", "/billing/pods?bucketSize=minute");
  for (const fault of [
    { kind: "no-capacity" },
    { kind: "no-balance" },
    { kind: "forbidden-gpu" },
    { kind: "read-only-key" },
    { kind: "answer-lost" },
    { kind: "api-error", status: 429 },
    { kind: "api-error", status: 503 },
  ] as const) {
    rehearsal.setFaults([fault]);
    await call("POST", "/pods", goodPod);
  }
}

describe("the stand-in of Runpod's API, against the vendor's contract", { skip: contractSkip }, () => {
  test("sends and receives only what the contract knows, in every operation", async (context) => {
    const account = await openRehearsedAccount(context);
    await callEverything(account);
    await callServerless(account);
    const calls = account.rehearsal.calls();
    for (const { operation, method, path, requestBody, status, answerHeaders, answerBody } of calls) {
      assert.ok(status !== null && status < 300, `${operation} was refused: ${JSON.stringify(answerBody)}`);
      assertRequestMatchesContract(method, path, requestBody);
      const contentType = answerHeaders["content-type"];
      assertAnswerMatchesContract({ method, path, status, contentType, body: answerBody });
      assert.match(
        answerHeaders["ratelimit"] ?? "",
        /^"minute";r=\d+;t=\d+, "hour";r=\d+;t=\d+, "day";r=\d+;t=\d+$/,
      );
      assert.match(answerHeaders["x-request-id"] ?? "", /^[0-9a-f-]{36}$/);
    }
    const called = [...new Set(calls.map(({ operation }) => operation))].toSorted();
    const newer = newerOperations.map(({ operation }) => operation);
    assert.deepEqual(called, [...usedOperations, ...newer].toSorted());
    const inContract = contractOperationIds();
    for (const operation of usedOperations) assert.ok(inContract.includes(operation), operation);
    const noLongerNewer = newer.filter((operation) => inContract.includes(operation));
    assert.deepEqual(noLongerNewer, [], "the contract has these by now: take them off newer-contract.ts");
  });

  test("refuses in the contract's form, with the contract's statuses", async (context) => {
    const account = await openRehearsedAccount(context);
    await provokeEverything(account);
    const refused = account.rehearsal.calls().filter(({ status }) => status !== null && status >= 400);
    for (const { method, path, status, answerHeaders, answerBody } of refused) {
      assert.ok(status !== null);
      const contentType = answerHeaders["content-type"];
      assert.equal(contentType, "application/problem+json");
      assertAnswerMatchesContract({ method, path, status, contentType, body: answerBody });
    }
    const statuses = [...new Set(refused.map(({ status }) => status))].toSorted();
    assert.deepEqual(statuses, [400, 401, 402, 403, 404, 409, 413, 422, 429, 500, 503]);
  });
});

describe("the check against the contract itself", { skip: contractSkip }, () => {
  test("finds an unknown field, a missing one and a wrong type in a request", () => {
    assert.throws(() => assertRequestMatchesContract("POST", "/v2/pods", { ...goodPod, speed: 1 }), /speed/);
    assert.throws(() => assertRequestMatchesContract("POST", "/v2/pods", { image: "x" }), /name/);
    assert.throws(
      () => assertRequestMatchesContract("POST", "/v2/pods", { ...goodPod, disk: "50" }),
      /integer/,
    );
    assert.throws(
      () => assertRequestMatchesContract("POST", "/v2/pods", { ...goodPod, cmd: "one string" }),
      /array/,
    );
  });

  test("finds an unknown path, method and query parameter", () => {
    assert.throws(
      () => assertRequestMatchesContract("GET", "/v2/pods/x/secrets", undefined),
      /not in the contract/,
    );
    assert.throws(() => assertRequestMatchesContract("PUT", "/v2/pods/x", {}), /not in the contract/);
    assert.throws(() => assertRequestMatchesContract("GET", "/v2/pods?state=on", undefined), /"state"/);
    assert.throws(() => assertRequestMatchesContract("GET", "/v2/pods/x/logs?tail=9000", undefined), /5000/);
    assert.throws(() => assertRequestMatchesContract("DELETE", "/v2/pods/x", { force: true }), /no body/);
  });

  test("finds a missing field, an unknown one, and a wrong kind of content in an answer", () => {
    const gpu = {
      id: "NVIDIA A40",
      name: "A40",
      pool: null,
      manufacturer: "NVIDIA",
      memory: 48,
      secure: true,
      community: false,
      price: { secure: 0.44, community: 0 },
      maxCount: { secure: 8, community: 0 },
    };
    const answer = {
      method: "GET",
      path: "/v2/catalog/gpus/a",
      status: 200,
      contentType: "application/json",
    };
    assertAnswerMatchesContract({ ...answer, body: gpu });
    assert.throws(
      () => assertAnswerMatchesContract({ ...answer, body: { ...gpu, memory: "48" } }),
      /integer/,
    );
    assert.throws(
      () => assertAnswerMatchesContract({ ...answer, body: { ...gpu, price: undefined } }),
      /price/,
    );
    assert.throws(() => assertAnswerMatchesContract({ ...answer, body: { ...gpu, speed: 1 } }), /speed/);
    assert.throws(
      () => assertAnswerMatchesContract({ ...answer, contentType: "text/html", body: gpu }),
      /text\/html/,
    );
  });
});
