import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { connectEndpoint, describeEndpoint, type Endpoint, printChat } from "../../lib/src/endpoint/index.ts";
import { createPod, planPod } from "../../lib/src/runpod/index.ts";
import { podKind } from "../../lib/src/runpod/pods/pod.ts";
import { diagnoseLog } from "../../lib/src/runpod/rental/follow-log.ts";
import { findRecord } from "../../lib/src/runpod/rental/rental-kind.ts";
import { tryFirstChat } from "../../lib/src/runpod/rental/wait-for-rental.ts";
import { startModelServer } from "../../rehearsal/src/index.ts";
import { readBaseShape, writeRandomAdapter } from "../helpers/random-adapter.ts";
import { makeRepositories, realVllmHome, startRealVllm } from "../helpers/real-vllm.ts";
import { startPodWorld } from "../runpod/pod-world.ts";

const skip =
  realVllmHome === "" ? "REAL_VLLM_HOME is not set: adapters were not tried on a real vLLM." : false;

const model = "HuggingFaceTB/SmolLM2-135M-Instruct";
const adapters = [
  { name: "made-up", repository: "somebody/made-up", rank: 8 },
  { name: "other", repository: "somebody/other", rank: 12 },
];

/** Serves the plan's adapters, whose repositories are folders beside the base: vLLM looks for these first. */
async function startVllm(context: TestContext, folder: string) {
  const plan = planPod({
    model,
    adapters,
    maxModelTokens: 512,
    extraArguments: ["--enforce-eager", "--max-num-seqs", "4"],
  });
  return { plan, ...(await startRealVllm(context, plan.vllmArguments, folder)) };
}

/** What a server lists of its models, without what is drawn anew each time. */
async function listCards(endpoint: Endpoint) {
  const { data } = await endpoint.client.models.list();
  return data.map((card) => ({ ...card, created: 0, permission: [] }));
}

describe("a plan with adapters on a real vLLM", { skip }, () => {
  const base = readBaseShape(join(realVllmHome, "smollm2"));

  test("serves the base and each adapter by its name, and their answers differ", async (t) => {
    const folder = makeRepositories(t, model);
    for (const { repository, rank } of adapters) writeRandomAdapter(join(folder, repository), { base, rank });
    const { plan, root, hasEnded, log } = await startVllm(t, folder);
    assert.ok(!hasEnded, log().slice(-3_000));
    const baseUrl = `${root}/v1`;
    const endpoint = await connectEndpoint({ baseUrl });
    assert.deepEqual([endpoint.model, endpoint.adapters], [model, ["made-up", "other"]]);
    assert.match(describeEndpoint(endpoint), /^adapters +made-up, other$/m);
    const standIn = await startModelServer({
      ...{ engine: "timed", model, root: model, profile: { maxModelTokens: 512 } },
      flags: { adapters: adapters.map(({ name, repository: path }) => ({ name, path })) },
    });
    t.after(() => standIn.close());
    assert.deepEqual(await listCards(endpoint), await listCards(await connectEndpoint(standIn)));
    const tuned = await connectEndpoint({ baseUrl, model: "made-up" });
    assert.deepEqual([tuned.model, tuned.maxModelTokens], ["made-up", 512]);
    const world = await startPodWorld(t);
    const workbook = world.open();
    const pod = await createPod(plan, { context: workbook });
    const tried = await tryFirstChat(workbook, podKind, {
      found: await workbook.client.getPod(pod.id),
      record: findRecord(workbook, podKind, pod.id),
      connect: () => connectEndpoint({ baseUrl, model }),
      signal: AbortSignal.timeout(60_000),
    });
    assert.ok("endpoint" in tried);
    const ask = async (asked: typeof endpoint) => {
      const request = {
        messages: [{ role: "user" as const, content: "Name three colours." }],
        max_tokens: 24,
      };
      const answer = await printChat(asked, { ...request, temperature: 0 }, { write: () => {} });
      return answer.text;
    };
    const [ofBase, ofAdapter] = [await ask(endpoint), await ask(tuned)];
    t.diagnostic(JSON.stringify({ ofBase, ofAdapter }));
    assert.notEqual(ofBase, ofAdapter);
    assert.equal(await ask(endpoint), ofBase, "the base stays what it was");
  });

  const unusable = {
    "is missing": { write: () => {}, problem: "adapter-missing" },
    "is of another base": {
      write: (folder: string) =>
        writeRandomAdapter(folder, {
          base: { ...base, hidden_size: 1_024, num_attention_heads: 16 },
          rank: 8,
        }),
      problem: "unusable-adapter",
    },
  };
  for (const [what, { write, problem }] of Object.entries(unusable)) {
    test(`ends in a sentence where an adapter ${what}`, async (t) => {
      const folder = makeRepositories(t, model);
      writeRandomAdapter(join(folder, "somebody/made-up"), { base, rank: 8 });
      write(join(folder, "somebody/other"));
      const { hasEnded, log } = await startVllm(t, folder);
      assert.ok(hasEnded, "vLLM started all the same");
      const lines = log()
        .split("\n")
        .map((text, place) => ({ source: "container", at: null, id: String(place), text }));
      t.diagnostic(log().slice(-2_500));
      assert.equal(diagnoseLog(lines)?.problem, problem);
    });
  }
});
