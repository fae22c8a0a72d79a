import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { describePlan } from "../../lib/src/describe-plan.ts";
import { InputError } from "../../lib/src/errors.ts";
import { readModelShape } from "../../lib/src/hub/read-model-shape.ts";
import { planEndpoint } from "../../lib/src/runpod/endpoints/plan-endpoint.ts";
import { planPod } from "../../lib/src/runpod/pods/plan-pod.ts";
import type { PodPlanRequest } from "../../lib/src/runpod/pods/pod-plan.ts";
import { type Adapter, adapterBytesPerGpu, findAdapterRoom } from "../../lib/src/serving/adapters.ts";
import { findModelShape } from "../../lib/src/serving/memory-fit.ts";

const model = "meta-llama/Llama-3.1-8B-Instruct";
const sql: Adapter = { name: "sql", repository: "somebody/llama-3.1-8b-sql-lora", rank: 16 };
const mails: Adapter = { name: "mails", repository: "somebody/mails", rank: 20 };

/** The error that adapters give. */
function refusal(adapters: readonly Adapter[], request: Partial<PodPlanRequest> = {}): InputError {
  try {
    planPod({ model, adapters, ...request });
  } catch (error) {
    assert.ok(error instanceof InputError, `${error} is no InputError`);
    return error;
  }
  return assert.fail("the plan was made");
}

describe("a plan with adapters", () => {
  test("tells vLLM their number, the largest rank rounded up to one that it takes, and each by its name", () => {
    const { payload, vllmArguments } = planPod({ model, adapters: [sql, mails] });
    const flags =
      "--enable-lora --max-loras 2 --max-lora-rank 32 --lora-modules sql=somebody/llama-3.1-8b-sql-lora mails=somebody/mails";
    assert.ok(vllmArguments.join(" ").endsWith(flags));
    assert.ok(payload.args?.endsWith(flags));
  });

  test("takes their memory from what is left for the KV cache", () => {
    const without = planPod({ model });
    const plan = planPod({ model, adapters: [sql] });
    assert.equal(without.memory.adaptersGib, 0);
    // Rank 16 on all linear layers of Llama 3.1 8B: 41.9 million numbers; embedding and output head take 4.2 million.
    assert.equal(plan.memory.adaptersGib.toFixed(3), "0.086");
    const lost = without.memory.kvCacheGib - plan.memory.kvCacheGib;
    assert.equal(lost.toFixed(6), plan.memory.adaptersGib.toFixed(6));
    assert.ok(plan.memory.kvCacheTokens < without.memory.kvCacheTokens);
  });

  test("says them, what they take, and every further flag without keys", () => {
    const extraArguments = ["--max-num-seqs", "64", "--hf-token", "hf_abcdefgh12345678"];
    const said = describePlan(planPod({ model, adapters: [sql, mails], extraArguments }));
    assert.match(
      said,
      /^adapters +sql: somebody\/llama-3\.1-8b-sql-lora, rank 16 \(0\.34 GiB kept for 2 of rank 32\)$/m,
    );
    assert.match(said, /^ +mails: somebody\/mails, rank 20$/m);
    assert.match(said, /^flags +--max-num-seqs 64 --hf-token …$/m);
    const overrides = ["--hf-overrides", '{"apiKey": "correct horse"}'];
    assert.match(
      describePlan(planPod({ model, extraArguments: overrides })),
      /^flags +--hf-overrides {"apiKey":"…"}$/m,
    );
    assert.ok(!describePlan(planPod({ model })).includes("adapters"));
  });

  test("asks for a Hugging Face token where an adapter needs one and the model does not", () => {
    const open = "Qwen/Qwen3-8B";
    assert.equal(planPod({ model: open, adapters: [sql] }).needsHuggingFaceToken, false);
    const { payload } = planPod({ model: open, adapters: [{ ...sql, needsToken: true }] });
    assert.match(String(payload.env?.["HF_TOKEN"]), /RUNPOD_SECRET/);
  });

  test("is made for a serverless endpoint as well", () => {
    const plan = planEndpoint({ model, adapters: [sql] });
    assert.ok(plan.vllmArguments.includes("--enable-lora"));
    assert.match(describePlan(plan), /^adapters +sql/m);
  });

  test("takes more cards where adapters leave too little for the cache on one", () => {
    const many = Array.from({ length: 40 }, (_, place) => ({ ...sql, name: `sql-${place}`, rank: 256 }));
    const request = { model, gpus: ["NVIDIA A40"], gpuCount: "fewest" } as const;
    assert.equal(planPod(request).gpuCount, 1);
    assert.ok(planPod({ ...request, adapters: many }).gpuCount > 1);
    assert.equal(refusal(many, { gpuCount: 1 }).problem, "does-not-fit");
  });

  test("warns of quantised weights, and of the kernels of their experts", () => {
    const warned = (id: string) => planPod({ model: id, adapters: [sql] }).warnings.join("\n");
    assert.match(
      warned("hugging-quants/Meta-Llama-3.1-8B-Instruct-AWQ-INT4"),
      /are awq-int4: beside them an adapter/,
    );
    assert.match(warned("openai/gpt-oss-20b"), /kernels for mxfp4 experts take adapters/);
    assert.doesNotMatch(warned(model), /adapter/);
  });
});

describe("adapters that no vLLM could serve are refused", () => {
  test("with a rank that is no whole number from 1 to 512", () => {
    for (const rank of [0, 16.5, 513, Number.NaN]) {
      assert.equal(refusal([{ ...sql, rank }]).field, "adapters[0].rank");
    }
    assert.equal(findAdapterRoom([{ ...sql, rank: 257 }]).rank, 320);
    assert.equal(findAdapterRoom([{ ...sql, rank: 1 }]).rank, 8);
  });

  test("with a name that is empty, has a blank, a comma or an equals sign", () => {
    for (const name of ["", "my sql", "a,b", "a=b", "-x", "x".repeat(101)]) {
      const error = refusal([sql, { ...mails, name }]);
      assert.equal(error.field, "adapters[1].name");
      assert.match(error.message, /no blank, no comma, no equals sign/);
    }
  });

  test("with the model's own name, or the name of another", () => {
    assert.match(refusal([{ ...sql, name: model.toLowerCase() }]).message, /which is the model's own name/);
    assert.match(
      refusal([sql, { ...mails, name: "SQL" }]).message,
      /adapters\[1\]\.name is "SQL", which is there twice/,
    );
  });

  test("with a repository that is none", () => {
    for (const repository of ["", "sql", "a/b/c", "https://huggingface.co/a/b", "../x"]) {
      assert.equal(refusal([{ ...sql, repository }]).field, "adapters[0].repository");
    }
  });

  test("beside a model whose class takes none, or by flags that the plan sets itself", () => {
    assert.equal(
      refusal([sql], { model: "moonshotai/Kimi-K2.5", gpus: ["NVIDIA B200"], gpuCount: 8 }).field,
      "adapters",
    );
    for (const flag of [
      "--enable-lora",
      "--no-enable-lora",
      "--lora-mod",
      "--lora-modules=a=b",
      "--max_lora_rank",
    ]) {
      assert.match(refusal([], { extraArguments: [flag] }).message, /Use the field adapters/);
    }
  });

  test("beside a shape that lacks the widths, which fetchModelShape gives", () => {
    const { hiddenSize: _, ...shape } = readModelShape({
      id: "a/b",
      config: {
        num_hidden_layers: 2,
        num_attention_heads: 4,
        hidden_size: 256,
        intermediate_size: 512,
        vocab_size: 1_000,
      },
      weightsGb: 1,
    });
    assert.match(
      refusal([sql], { model: shape }).message,
      /says too little to compute the memory of adapters/,
    );
    assert.ok(planPod({ model: { ...shape, hiddenSize: 256 }, adapters: [sql] }).memory.adaptersGib > 0);
  });
});

describe("the memory of adapters", () => {
  const room = { slots: 1, rank: 16 };

  test("is what vLLM 0.32.0 itself made for two adapters of SmolLM2 135M, counted in its layers on 2026-11-28", () => {
    const small = findModelShape("HuggingFaceTB/SmolLM2-135M-Instruct", "test");
    assert.equal(adapterBytesPerGpu(small, 1, { slots: 2, rank: 16 }), 25_903_104);
  });

  test("is on every GPU where vLLM does not split it, and grows with slots and rank", () => {
    const shape = findModelShape(model, "test");
    const whole = adapterBytesPerGpu(shape, 1, room);
    assert.ok(adapterBytesPerGpu(shape, 2, room) > whole / 2);
    assert.ok(adapterBytesPerGpu(shape, 2, room) < whole);
    assert.equal(adapterBytesPerGpu(shape, 1, { slots: 3, rank: 32 }), 6 * whole);
  });

  test("is that of every expert of a mixture", () => {
    const mixture = findModelShape("Qwen/Qwen3-30B-A3B", "test");
    // 48 layers × 128 experts × 16 × 3 × (2,048 + 768) × 2 bytes = 1.66 GB
    const gb = adapterBytesPerGpu(mixture, 1, room) / 1e9;
    assert.ok(gb > 1.66 && gb < 1.75, `${gb} GB`);
  });
});
