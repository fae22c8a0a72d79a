import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { inspect } from "node:util";
import { checkModelAccess } from "../../lib/src/hub/check-model-access.ts";
import { fetchModelShape } from "../../lib/src/hub/fetch-model-shape.ts";
import { checkAccount } from "../../lib/src/runpod/account/check-account.ts";
import { createRunPodClient } from "../../lib/src/runpod/client/client.ts";
import { listGpus } from "../../lib/src/runpod/pods/list-gpus.ts";
import { planPod } from "../../lib/src/runpod/pods/plan-pod.ts";
import { canaryKey, openRehearsedAccount } from "../helpers/rehearsed-account.ts";
import { assertRequestMatchesContract, contractSkip } from "../helpers/runpod-contract.ts";

const llama8b = "meta-llama/Llama-3.1-8B-Instruct";
const llama70b = "meta-llama/Llama-3.1-70B-Instruct";

async function open(context: TestContext) {
  const { rehearsal, call } = await openRehearsedAccount(context);
  const client = createRunPodClient({ apiUrl: rehearsal.runpodApiUrl, apiKey: canaryKey });
  return { rehearsal, client, call };
}

describe("before anything is rented, on the stand-ins", () => {
  test("the account is checked without changing it", async (t) => {
    const { client, rehearsal } = await open(t);
    const account = await checkAccount({ client });
    assert.equal(account.keyScope, "reads and writes pods");
    assert.ok((account.balanceUsd ?? 0) > 0);
    assert.deepEqual(account.pods, []);
    assert.deepEqual(rehearsal.ledger().pods, []);
    assert.doesNotMatch(inspect(account, { depth: 9 }), /canary/);
  });

  test("a key that may only read is told, and a retired balance is left out", async (t) => {
    const { client, rehearsal } = await open(t);
    rehearsal.setFaults([{ kind: "read-only-key" }]);
    assert.equal((await checkAccount({ client })).keyScope, "reads pods only");
    rehearsal.setFaults([{ kind: "no-graphql" }]);
    const account = await checkAccount({ client });
    assert.deepEqual([account.keyScope, account.balanceUsd], ["reads and writes pods", null]);
  });

  test("GPUs are listed with a price, a stock and CUDA versions, and a plan takes them", async (t) => {
    const { client } = await open(t);
    const offers = await listGpus({ client });
    const a40 = offers.find((offer) => offer.id === "NVIDIA A40");
    assert.ok(a40 !== undefined);
    assert.ok((a40.secureUsdPerHour ?? 0) > 0);
    assert.equal(a40.communityUsdPerHour, null);
    assert.match(a40.stock ?? "", /^(LOW|MEDIUM|HIGH)$/);
    assert.equal(a40.cudaVersions.at(-1), "13.0");
    const plan = planPod({ model: llama8b, offers });
    assert.equal(plan.gpuCandidates[0]?.usdPerHour, a40.secureUsdPerHour);
  });

  test("a plan's payload is taken as it stands", async (t) => {
    const { call } = await open(t);
    const { payload } = planPod({ model: "Qwen/Qwen3-8B" });
    const answer = await call("POST", "/pods", payload);
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    assert.deepEqual(answer.body["gpu"], { ...Object(answer.body["gpu"]), id: "NVIDIA A40", count: 1 });
  });

  const tokens = [
    [null, "token-missing"],
    ["hf_canary_not_a_key", "granted"],
    ["hf_rehearsal_pending", "waiting"],
    ["hf_rehearsal_not_accepted", "licence-not-accepted"],
    ["hf_rehearsal_rejected", "rejected"],
    ["hf_rehearsal_no_gated_permission", "token-lacks-permission"],
    ["hf_rehearsal_invalid", "token-invalid"],
  ] as const;
  for (const [token, status] of tokens) {
    test(`access to a gated model is told by its token: ${token} is ${status}`, async (t) => {
      const { rehearsal } = await open(t);
      const access = await checkModelAccess(llama8b, { url: rehearsal.huggingFaceUrl, token });
      assert.equal(access.status, status);
    });
  }

  test("a model's older name leads to the licence of its name of today", async (t) => {
    const { rehearsal } = await open(t);
    const access = await checkModelAccess("meta-llama/Meta-Llama-3.1-8B-Instruct", {
      url: rehearsal.huggingFaceUrl,
      token: "hf_rehearsal_not_accepted",
    });
    assert.equal(access.model, llama8b);
    assert.equal(access.status, "licence-not-accepted");
    assert.equal(access.page, `${rehearsal.huggingFaceUrl}/${llama8b}`);
  });

  test("open models need no token, and models that are not there are told from closed ones", async (t) => {
    const { rehearsal } = await open(t);
    const check = (model: string, token: string | null) =>
      checkModelAccess(model, { url: rehearsal.huggingFaceUrl, token });
    assert.equal((await check("Qwen/Qwen3-8B", null)).status, "open");
    assert.equal((await check("Qwen/Qwen3-8B", "hf_canary_not_a_key")).status, "open");
    assert.equal((await check("someone/no-such-model", null)).status, "no-such-model");
    assert.equal((await check("someone/no-such-model", "hf_canary_not_a_key")).status, "no-such-model");
    assert.equal((await check("someone/no-such-model", "hf_rehearsal_invalid")).status, "token-invalid");
  });

  test("a model's shape from the Hub gives the same plan as the table", async (t) => {
    const { rehearsal } = await open(t);
    const shape = await fetchModelShape(llama70b, {
      url: rehearsal.huggingFaceUrl,
      token: "hf_canary_not_a_key",
    });
    const fetched = planPod({ model: shape, gpuCount: 4 });
    const known = planPod({ model: llama70b, gpuCount: 4 });
    assert.equal(fetched.maxModelTokens, known.maxModelTokens);
    assert.equal(fetched.memory.kvBytesPerToken, known.memory.kvBytesPerToken);
    assert.equal(fetched.payload.args, known.payload.args);
  });
});

describe("what is asked before anything is rented", { skip: contractSkip }, () => {
  test("is what Runpod's contract has", async (t) => {
    const { rehearsal } = await openRehearsedAccount(t);
    const asked: string[] = [];
    const client = createRunPodClient({
      apiUrl: rehearsal.runpodApiUrl,
      apiKey: canaryKey,
      fetch: (input, init = {}) => {
        const { pathname, search } = new URL(String(input));
        const { method = "GET", body } = init;
        asked.push(`${method} ${pathname}`);
        if (pathname !== "/graphql") {
          assertRequestMatchesContract(method, pathname + search, body && JSON.parse(String(body)));
        }
        return fetch(input, init);
      },
    });
    await checkAccount({ client });
    await listGpus({ client, gpuCount: 2, cloud: "COMMUNITY" });
    assert.deepEqual(asked.toSorted(), [
      "GET /v2/catalog/gpus",
      "GET /v2/pods",
      "PATCH /v2/pods/workbook-scope-check",
      "POST /graphql",
    ]);
  });
});

describe("the payload of a plan", { skip: contractSkip }, () => {
  const volume = { volumeId: "vol_1", sizeGb: 100, dataCenterId: "EU-RO-1" };
  const plans = [
    planPod({ model: llama8b }),
    planPod({ model: llama70b, gpuCount: 4, gpus: ["A40", "A100 SXM"] }),
    planPod({ model: "Qwen/Qwen3-8B", networkVolume: volume, cloud: "COMMUNITY" }),
    planPod({ model: "Qwen/Qwen3-8B", image: "someone/vllm:1.0" }),
  ];
  for (const { payload } of plans) {
    test(`is what Runpod's contract has: ${payload.name} in ${payload.image}`, () => {
      assertRequestMatchesContract("POST", "/v2/pods", payload);
    });
  }

  test("would be refused with a field that the contract lacks", () => {
    const [plan] = plans;
    assert.throws(() => assertRequestMatchesContract("POST", "/v2/pods", { ...plan?.payload, ttl: 60 }));
  });
});
