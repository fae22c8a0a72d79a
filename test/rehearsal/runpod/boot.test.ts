import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { goodPod, guardedPod, openRehearsedAccount } from "../../helpers/rehearsed-account.ts";

// A start takes 100 s here, on a clock that only these tests move.

describe("a rehearsed pod on its way up", () => {
  test("says RUNNING long before anything answers", async (context) => {
    const { rehearsal, call, create, visit } = await openRehearsedAccount(context);
    const id = await create();
    const seen: unknown[] = [];
    for (const stepMs of [0, 5_000, 10_000, 30_000, 54_000, 2_000]) {
      rehearsal.advance(stepMs);
      const { body } = await call("GET", `/pods/${id}`);
      const proxy = await visit(id, "/health");
      await proxy.body?.cancel();
      seen.push([body["status"], body["runtime"], proxy.status]);
    }
    const busy = { gpus: [{ util: 0, memoryUtil: 90 }], cpu: { util: 4 }, memory: { util: 12 }, ports: [] };
    assert.deepEqual(seen, [
      ["PROVISIONING", {}, 404],
      ["STARTING", {}, 404],
      ["RUNNING", {}, 502],
      ["RUNNING", { uptime: 5, ...busy }, 502],
      ["RUNNING", { uptime: 59, ...busy }, 502],
      ["RUNNING", { uptime: 61, ...busy }, 200],
    ]);
  });

  test("takes as long as a fault says, or for ever", async (context) => {
    const faults = [{ kind: "slow-boot", bootMs: 500_000, times: 1 }, { kind: "never-ready" }] as const;
    const { rehearsal, call, create, visit } = await openRehearsedAccount(context, { faults });
    const slow = await create();
    rehearsal.setFaults([{ kind: "never-ready" }]);
    const stuck = await create();
    rehearsal.advance(400_000);
    assert.equal((await visit(slow, "/health")).status, 502);
    rehearsal.advance(10_000_000);
    assert.equal((await visit(stuck, "/health")).status, 502);
    assert.equal((await call("GET", `/pods/${stuck}`)).body["status"], "RUNNING");
  });

  test("starts anew after an edit of its container, and not after a new name", async (context) => {
    const { rehearsal, call, create, visit } = await openRehearsedAccount(context);
    const id = await create();
    rehearsal.advance(100_000);
    await call("PATCH", `/pods/${id}`, { name: "other", locked: true });
    assert.equal((await visit(id, "/health")).status, 200);
    const { body } = await call("PATCH", `/pods/${id}`, { env: { VLLM_API_KEY: "sk-other" } });
    assert.deepEqual(
      [body["name"], body["env"], body["status"]],
      ["other", { VLLM_API_KEY: "sk-other" }, "PROVISIONING"],
    );
    assert.equal((await visit(id, "/health")).status, 404);
    rehearsal.advance(100_000);
    const models = await visit(id, "/v1/models", { headers: { authorization: "Bearer sk-other" } });
    assert.equal(models.status, 200);
  });

  test("ends by itself where a fault says so, and costs nothing from then on", async (context) => {
    const faults = [{ kind: "dies", afterMs: 60_000, status: "ERROR" }] as const;
    const { rehearsal, call, create } = await openRehearsedAccount(context, { faults });
    const id = await create();
    rehearsal.advance(3_600_000);
    const { body } = await call("GET", `/pods/${id}`);
    assert.deepEqual([body["status"], body["actions"], body["cost"]], ["ERROR", ["start", "terminate"], 0]);
    assert.equal(rehearsal.ledger().pods[0]?.billedSeconds, 60);
    assert.deepEqual(rehearsal.ledger().running, []);
  });
});

describe("a rehearsed pod with a start script and no key", () => {
  test("crashes again and again, as the script does, and has no timer that ends it", async (context) => {
    const { rehearsal, create, visit } = await openRehearsedAccount(context);
    const id = await create({ ...guardedPod, env: { ...guardedPod.env, VLLM_API_KEY: "" } });
    rehearsal.advance(100_000);
    assert.equal((await visit(id, "/health")).status, 502);
    rehearsal.advance(7_200_000);
    assert.deepEqual(rehearsal.ledger().running, [id]);
  });
});

describe("a rehearsed pod with a gated model", () => {
  const gated = { ...goodPod, cmd: ["meta-llama/Llama-3.1-8B-Instruct"] };
  const withToken = { ...gated, env: { ...goodPod.env, HF_TOKEN: "{{ RUNPOD_SECRET_hf }}" } };

  for (const [name, value, status] of [
    ["comes up with a token that has access", "hf_rehearsal", 200],
    ["does not come up with one that waits for access", "hf_rehearsal_pending", 502],
    ["does not come up with an invalid one", "hf_rehearsal_invalid", 502],
  ] as const) {
    test(name, async (context) => {
      const { rehearsal, call, create, visit } = await openRehearsedAccount(context);
      await call("POST", "/account/secrets", { name: "hf", value });
      const id = await create(withToken);
      rehearsal.advance(100_000);
      assert.equal((await visit(id, "/health")).status, status);
    });
  }

  test("does not come up without a token, nor with a secret that is not there", async (context) => {
    const { rehearsal, create, visit } = await openRehearsedAccount(context);
    const ids = [await create(gated), await create(withToken)];
    rehearsal.advance(100_000);
    for (const id of ids) assert.equal((await visit(id, "/health")).status, 502);
  });
});
