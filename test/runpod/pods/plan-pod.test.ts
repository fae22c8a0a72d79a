import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { InputError } from "../../../lib/src/errors.ts";
import { loadGpus, loadModels } from "../../../lib/src/facts/index.ts";
import { planPod } from "../../../lib/src/runpod/pods/plan-pod.ts";
import type { PodPlanRequest } from "../../../lib/src/runpod/pods/pod-plan.ts";
import type { GpuOffer } from "../../../lib/src/serving/choose-gpus.ts";
import { findModelShape } from "../../../lib/src/serving/memory-fit.ts";
import { setEnvironment } from "../../helpers/environment.ts";
import { publishedPrice } from "../../helpers/prices.ts";

const llama8b = "meta-llama/Llama-3.1-8B-Instruct";
const llama70b = "meta-llama/Llama-3.1-70B-Instruct";
const llama70bAwq = "hugging-quants/Meta-Llama-3.1-70B-Instruct-AWQ-INT4";

const liveA40: GpuOffer = {
  id: "NVIDIA A40",
  name: "A40",
  memoryGb: 48,
  secureUsdPerHour: 0.49,
  communityUsdPerHour: 0.35,
  stock: "HIGH",
  cudaVersions: ["12.8", "13.0"],
  maxGpuCount: 10,
};

/** The error that a request gives. */
function refusal(request: PodPlanRequest): InputError {
  try {
    planPod(request);
  } catch (error) {
    assert.ok(error instanceof InputError, `${error} is no InputError`);
    return error;
  }
  return assert.fail("the plan was made");
}

function flagValue(vllmArguments: readonly string[], flag: string): string | undefined {
  const place = vllmArguments.indexOf(flag);
  return place < 0 ? undefined : vllmArguments[place + 1];
}

describe("the plan of the walkthrough: Llama 3.1 8B on one A40", () => {
  const plan = planPod({ model: llama8b, offers: [liveA40] });

  test("is this create call, with nothing secret in it", () => {
    assert.deepEqual(plan.payload, {
      name: "workbook-llama-3-1-8b-instruct",
      image: "vllm/vllm-openai:v0.33.0",
      gpu: { id: "NVIDIA A40", count: 1, minCudaVersion: "13.0" },
      cloud: "SECURE",
      disk: 40,
      ports: ["8000/http"],
      env: {
        VLLM_NO_USAGE_STATS: "1",
        HF_TOKEN: "{{ RUNPOD_SECRET_workbook_<workbook id>_hf_token }}",
        VLLM_API_KEY: "(drawn when the pod is created)",
      },
      args:
        "meta-llama/Llama-3.1-8B-Instruct --served-model-name meta-llama/Llama-3.1-8B-Instruct " +
        "--host 0.0.0.0 --port 8000 --tensor-parallel-size 1 --max-model-len 131072 --gpu-memory-utilization 0.90 " +
        "--enable-auto-tool-choice --tool-call-parser llama3_json",
      startSsh: false,
      startJupyter: false,
    });
  });

  test("has the model's whole context, and says how much memory is left", () => {
    assert.equal(plan.maxModelTokens, 131_072);
    assert.equal(plan.tensorParallelSize, 1);
    assert.equal(plan.memory.kvBytesPerToken, 131_072);
    assert.ok(plan.memory.kvCacheTokens > 183_000 && plan.memory.kvCacheTokens < 202_000);
    assert.equal(plan.memory.sequencesAtMaxModelTokens, 1);
    assert.match(plan.warnings.join("\n"), /Only one conversation of full length \(131,072 tokens\)/);
  });

  test("costs the live price and the disk, for 60 minutes", () => {
    assert.equal(plan.deadlineMinutes, 60);
    // 0.49 + 40 GB × 0.10 USD a month ÷ 730 h
    assert.equal(plan.usdPerHour?.toFixed(4), "0.4955");
    assert.equal(plan.worstCaseUsd?.toFixed(4), "0.4955");
    assert.doesNotMatch(plan.warnings.join("\n"), /published/);
  });

  test("warns that the model is gated, and needs the token's secret", () => {
    assert.equal(plan.needsHuggingFaceToken, true);
    assert.match(plan.warnings.join("\n"), /is gated: .* checkModelAccess/);
  });

  test("is the default for kind and number of GPUs", () => {
    const spelled = planPod({
      model: llama8b,
      gpus: ["NVIDIA A40"],
      gpuCount: 1,
      deadlineMinutes: 60,
      offers: [liveA40],
    });
    assert.deepEqual(spelled, plan);
  });
});

describe("the plan of other known cases", () => {
  test("gives 70B on four A40s a shorter context than its own, and says so", () => {
    const plan = planPod({ model: llama70b, gpuCount: 4 });
    assert.equal(plan.maxModelTokens, 65_536);
    assert.equal(flagValue(plan.vllmArguments, "--max-model-len"), "65536");
    assert.equal(flagValue(plan.vllmArguments, "--tensor-parallel-size"), "4");
    assert.equal(plan.payload.gpu.count, 4);
    assert.equal(plan.payload.disk, 190);
    const warnings = plan.warnings.join("\n");
    assert.match(warnings, /allows 131,072 tokens of context.*vLLM would not start.*sets 65,536/);
    assert.match(warnings, /without NVLink/);
  });

  test("says of FP8 weights on cards that do not compute in FP8 what they save: memory, and the time of reading them", () => {
    const halves = planPod({ model: "nvidia/Llama-3.1-70B-Instruct-FP8", gpus: ["NVIDIA A40"], gpuCount: 2 });
    const warnings = halves.warnings.join("\n");
    assert.match(
      warnings,
      /A40.*unpacks FP8 weights.*saves memory, and time where reading the weights is the limit/,
    );
    assert.ok((halves.usdPerHour ?? 9) < (planPod({ model: llama70b, gpuCount: 4 }).usdPerHour ?? 0));
    const onL40s = planPod({
      model: "nvidia/Llama-3.1-70B-Instruct-FP8",
      gpus: ["NVIDIA L40S"],
      gpuCount: 2,
    });
    assert.doesNotMatch(onL40s.warnings.join("\n"), /unpacks/);
  });

  test("refuses 70B on one A40, and says what would fit", () => {
    const { name, problemText, remedy } = refusal({ model: llama70b });
    assert.equal(name, "InputError");
    assert.match(problemText, /does not fit the gpus asked for \(1 × A40\).*142 GB/);
    assert.match(remedy, /4 × A40 hold it \(gpuCount: 4\), with about 73,7\d\d tokens/);
    assert.match(remedy, /AWQ-INT4 \(awq-int4\) fits 2 × A40/);
  });

  test("warns of 70B AWQ on one A40", () => {
    const plan = planPod({ model: llama70bAwq });
    assert.equal(plan.maxModelTokens, 4_096);
    assert.match(plan.warnings.join("\n"), /Only about 4,600 tokens of KV cache are left/);
    assert.equal(plan.needsHuggingFaceToken, false);
    assert.equal(plan.payload.env["HF_TOKEN"], undefined);
  });

  test("names another kind of GPU where none of this kind holds the model", () => {
    const { remedy } = refusal({ model: "meta-llama/Llama-3.1-405B-Instruct", gpuCount: 8 });
    assert.match(remedy, /^\d × [A-Z]\w+( \w+)? hold it, at about \d+\.\d\d USD an hour \(price of 2026-/);
  });

  test("leaves out a kind of GPU that is too small, and plans for the smallest of the others", () => {
    const plan = planPod({ model: "Qwen/Qwen3-32B", gpus: ["RTX 4090", "A100 SXM", "A40"], gpuCount: 2 });
    assert.deepEqual(
      plan.gpuCandidates.map((candidate) => candidate.gpuTypeId),
      ["NVIDIA A100-SXM4-80GB", "NVIDIA A40"],
    );
    assert.equal(plan.memory.gpuTypeId, "NVIDIA A40");
    assert.equal(plan.payload.gpu.id, "NVIDIA A100-SXM4-80GB");
    assert.match(plan.warnings.join("\n"), /Left out, .*2 × RTX 4090/);
  });

  test("costs by the hour what the first GPU does, and at worst what the dearest does", () => {
    const offers = [liveA40, { ...liveA40, id: "NVIDIA L40S", name: "L40S", secureUsdPerHour: 1.09 }];
    const plan = planPod({ model: llama8b, gpus: ["A40", "L40S"], deadlineMinutes: 120, offers });
    assert.equal(plan.usdPerHour?.toFixed(4), "0.4955");
    assert.equal(plan.worstCaseUsd?.toFixed(4), "2.1910");
  });

  test("takes published prices with their date where no live ones are given", () => {
    const plan = planPod({ model: llama8b });
    const { usdPerHour, observed } = publishedPrice("NVIDIA A40");
    assert.equal(plan.gpuCandidates[0]?.usdPerHour, usdPerHour);
    assert.equal(plan.gpuCandidates[0]?.priceObserved, observed);
    assert.match(plan.warnings.join("\n"), new RegExp(`published ones, the oldest of ${observed}`));
  });

  test("knows no cost where a price is not known, and says how to learn it", () => {
    const unpriced = { ...liveA40, id: "NVIDIA RTX A6000", name: "RTX A6000", secureUsdPerHour: null };
    const offers = [liveA40, unpriced];
    const plan = planPod({ model: llama8b, gpus: ["A40", "RTX A6000"], offers });
    assert.notEqual(plan.usdPerHour, null);
    assert.equal(plan.worstCaseUsd, null);
    assert.match(plan.warnings.join("\n"), /No price is known for RTX A6000.*listGpus\(\)/);
    assert.equal(planPod({ model: llama8b, gpus: ["RTX A6000"], offers }).usdPerHour, null);
  });

  test("knows no community price for a GPU that is not offered there", () => {
    const offers = [{ ...liveA40, communityUsdPerHour: null }];
    assert.equal(planPod({ model: llama8b, cloud: "COMMUNITY", offers }).usdPerHour, null);
    assert.equal(
      planPod({ model: llama8b, cloud: "COMMUNITY", offers: [liveA40] }).payload.cloud,
      "COMMUNITY",
    );
  });

  test("takes a GPU that only the live catalogue knows, with its memory estimated", () => {
    const offers = [{ ...liveA40, id: "NVIDIA New", name: "New", memoryGb: 64 }];
    const plan = planPod({ model: llama8b, gpus: ["New"], offers });
    assert.equal(plan.payload.gpu.id, "NVIDIA New");
    assert.match(plan.warnings.join("\n"), /estimated at 93 %.*New/);
  });

  test("warns of what the live catalogue says: no stock, no such machine, no host with the image's CUDA", () => {
    const offers = [{ ...liveA40, stock: "NONE", maxGpuCount: 2, cudaVersions: ["12.4", "12.11"] }];
    const warnings = planPod({ model: llama8b, gpuCount: 4, offers }).warnings.join("\n");
    assert.match(warnings, /No A40 is free at the moment/);
    assert.match(warnings, /No machine of Runpod has 4 × A40: 2 at most/);
    assert.match(warnings, /offer CUDA 12\.11 at most, and the image wants 13\.0/);
    const image = "vllm/vllm-openai:v0.19.1";
    assert.doesNotMatch(planPod({ model: llama8b, offers, image }).warnings.join("\n"), /offer CUDA/);
    assert.doesNotMatch(
      planPod({ model: llama8b, offers: [liveA40] }).warnings.join("\n"),
      /free|offer CUDA/,
    );
  });

  test("advises against splitting what one GPU holds", () => {
    assert.match(
      planPod({ model: llama8b, gpuCount: 2 }).warnings.join("\n"),
      /One GPU would hold the model/,
    );
    // On one A40 the weights leave 4,600 tokens, on two 130,000: no two machines for one.
    assert.doesNotMatch(
      planPod({ model: llama70bAwq, gpuCount: 2 }).warnings.join("\n"),
      /One GPU would hold the model/,
    );
  });

  test("keeps a context that was asked for, and warns where it is tight", () => {
    const short = planPod({ model: llama8b, maxModelTokens: 8_192 });
    assert.equal(short.maxModelTokens, 8_192);
    assert.equal(short.memory.sequencesAtMaxModelTokens, 23);
    const tight = planPod({ model: llama70b, gpuCount: 4, maxModelTokens: 72_000 });
    assert.match(tight.warnings.join("\n"), /72,000 tokens just fits/);
  });

  test("halves the cache's bytes with FP8, and warns of what is not measured", () => {
    const plan = planPod({ model: llama70b, gpuCount: 4, kvCacheDtype: "fp8" });
    assert.equal(plan.maxModelTokens, 131_072);
    assert.equal(flagValue(plan.vllmArguments, "--kv-cache-dtype"), "fp8");
    assert.match(plan.warnings.join("\n"), /FP8 cache/);
  });

  test("puts the weights on a network volume where one is given, with its monthly cost", () => {
    const networkVolume = { volumeId: "vol_1", sizeGb: 100, dataCenterId: "EU-RO-1" };
    const plan = planPod({ model: llama70bAwq, networkVolume, offers: [liveA40] });
    assert.deepEqual(plan.payload.mounts, {
      network: [{ volumeId: "vol_1", path: "/root/.cache/huggingface" }],
    });
    assert.deepEqual(plan.payload.dataCenterIds, ["EU-RO-1"]);
    assert.equal(plan.payload.disk, 40);
    assert.equal(plan.networkVolumeGb, 100);
    assert.match(plan.warnings.join("\n"), /costs 7\.00 USD a month, also without a pod/);
    // 0.49 + (40 × 0.10 + 100 × 0.07) ÷ 730
    assert.equal(plan.usdPerHour?.toFixed(4), "0.5051");
  });

  test("gives a model its own flags, and further ones as asked for", () => {
    const plan = planPod({
      model: "Qwen/Qwen3-8B",
      extraArguments: ["--override-generation-config", '{"temperature": 0.6}'],
    });
    assert.equal(flagValue(plan.vllmArguments, "--reasoning-parser"), "qwen3");
    assert.match(plan.payload.args ?? "", / --override-generation-config '\{"temperature": 0\.6\}'$/);
  });

  test("names the model by --model for an image that may not start vllm serve", () => {
    const plan = planPod({ model: llama8b, image: "vllm/vllm-openai:v0.10.0" });
    assert.match(plan.payload.args ?? "", /^--model meta-llama\/Llama-3\.1-8B-Instruct --served/);
    assert.equal(plan.vllmArguments[0], llama8b);
    assert.equal(plan.payload.gpu.minCudaVersion, "12.8");
  });

  test("sets no CUDA floor for an image that it does not know, unless given one", () => {
    const image = "someone/vllm:1.0";
    const unknown = planPod({ model: llama8b, image });
    assert.equal(unknown.minCudaVersion, null);
    assert.ok(!("minCudaVersion" in unknown.payload.gpu));
    assert.match(unknown.warnings.join("\n"), /give minCudaVersion/);
    const given = planPod({ model: llama8b, image, minCudaVersion: "12.8" });
    assert.equal(given.payload.gpu.minCudaVersion, "12.8");
    assert.doesNotMatch(given.warnings.join("\n"), /give minCudaVersion/);
    const broken = planPod({
      model: llama8b,
      image: "vllm/vllm-openai:v0.31.0-cu129",
      minCudaVersion: "12.8",
    });
    assert.match(broken.warnings.join("\n"), /crash at import/);
  });

  test("warns of a base checkpoint, which cannot chat", () => {
    assert.match(
      planPod({ model: "meta-llama/Llama-3.1-8B" }).warnings.join("\n"),
      /without a chat template/,
    );
  });

  test("warns of a deadline that is far away", () => {
    assert.match(planPod({ model: llama8b, deadlineMinutes: 1_440 }).warnings.join("\n"), /24 hours away/);
  });

  test("takes the shape of a model that the table does not have", () => {
    const model = {
      ...findModelShape(llama8b, "planPod"),
      id: "someone/fine-tuned-8b",
      gated: "no" as const,
    };
    const plan = planPod({ model });
    assert.equal(plan.vllmArguments[0], "someone/fine-tuned-8b");
    assert.equal(plan.needsHuggingFaceToken, false);
  });
});

describe("a plan that cannot be made", () => {
  const refused: [string, PodPlanRequest, RegExp, RegExp][] = [
    ["an unknown model", { model: "meta-llama/Llama-9" }, /model "meta-llama\/Llama-9"/, /fetchModelShape/],
    ["no name of a model", { model: "llama" }, /model is "llama"/, /owner and name/],
    ["an empty model", { model: "" }, /model is ""/, /owner and name/],
    ["an unknown GPU", { model: llama8b, gpus: ["NVIDIA A41"] }, /gpus has "NVIDIA A41"/, /NVIDIA A40/],
    ["part of a name", { model: llama8b, gpus: ["4090"] }, /gpus has "4090"/, /NVIDIA GeForce RTX 4090/],
    ["no GPU", { model: llama8b, gpus: [] }, /gpus is empty/, /NVIDIA A40/],
    ["0 GPUs", { model: llama8b, gpuCount: 0 }, /gpuCount is 0/, /from 1 to 16/],
    ["-1 GPUs", { model: llama8b, gpuCount: -1 }, /gpuCount is -1/, /from 1 to 16/],
    ["1.5 GPUs", { model: llama8b, gpuCount: 1.5 }, /gpuCount is 1\.5/, /whole number/],
    ["too many GPUs", { model: llama8b, gpuCount: 32 }, /gpuCount is 32/, /from 1 to 16/],
    ["a GPU count that is no number", { model: llama8b, gpuCount: Number.NaN }, /gpuCount is NaN/, /whole/],
    ["3 GPUs for 8 KV heads", { model: llama8b, gpuCount: 3 }, /gpuCount is 3/, /1, 2, 4, 8/],
    ["4 GPUs for phi-4", { model: "microsoft/phi-4", gpuCount: 4 }, /10 KV heads/, /1, 2, 5/],
    ["an image without tag", { model: llama8b, image: "vllm/vllm-openai" }, /no tag/, /Pin one/],
    ["a deadline of 0", { model: llama8b, deadlineMinutes: 0 }, /deadlineMinutes is 0/, /from 1/],
    ["no deadline", { model: llama8b, deadlineMinutes: Number.POSITIVE_INFINITY }, /is Infinity/, /10,080/],
    ["too long a context", { model: llama8b, maxModelTokens: 200_000 }, /200,000.*made for/, /131,072/],
    ["more context than memory", { model: llama70bAwq, maxModelTokens: 8_192 }, /8,192/, /4,096 fit/],
    ["a context of 0", { model: llama8b, maxModelTokens: 0 }, /maxModelTokens is 0/, /from 1/],
    ["too small a disk", { model: llama8b, containerDiskGb: 10 }, /containerDiskGb is 10/, /Give 40/],
    ["a wrong CUDA version", { model: llama8b, minCudaVersion: "13" }, /minCudaVersion is "13"/, /"13\.0"/],
    [
      "a shape without layers",
      { model: { ...findModelShape(llama8b, "planPod"), layers: 0 } },
      /model\.layers of meta-llama/,
      /config\.json/,
    ],
    [
      "a shape that is named like a flag",
      { model: { ...findModelShape(llama8b, "planPod"), id: "--x/y" } },
      /"--x\/y"/,
      /owner/,
    ],
    [
      "too small a volume",
      { model: llama70bAwq, networkVolume: { volumeId: "v", sizeGb: 30, dataCenterId: "EU-RO-1" } },
      /networkVolume\.sizeGb is 30/,
      /50 GB/,
    ],
    [
      "an old image for a new GPU",
      { model: llama8b, gpus: ["RTX 5090"], image: "vllm/vllm-openai:v0.8.5" },
      /CUDA 12\.4, before the RTX 5090/,
      /v0\.33\.0/,
    ],
    [
      "a flag of the plan's own",
      { model: llama8b, extraArguments: ["--gpu_memory_utilization=0.95"] },
      /--gpu_memory_utilization/,
      /0\.90/,
    ],
  ];
  for (const [what, request, problem, remedy] of refused) {
    test(`says why, and what to do: ${what}`, () => {
      const error = refusal(request);
      assert.match(error.problemText, problem);
      assert.match(error.remedy, remedy);
      assert.match(error.problemText, /^planPod: /);
    });
  }

  test("refuses a cloud and a cache type that do not exist, also from untyped cells", () => {
    const untyped: unknown = { model: llama8b, cloud: "ALL" };
    assert.match(refusal(untyped as PodPlanRequest).message, /cloud is "ALL"\. It takes SECURE or COMMUNITY/);
    const cache: unknown = { model: llama8b, kvCacheDtype: "int4" };
    assert.match(refusal(cache as PodPlanRequest).message, /kvCacheDtype is "int4"/);
  });

  test("never repeats a key that was given as an argument", () => {
    for (const extraArguments of [
      ["--api-key=rpa_canary_not_a_key"],
      ["--api-key", "rpa_canary_not_a_key"],
      ["--api_key rpa_canary_not_a_key"],
    ]) {
      const error = refusal({ model: llama8b, extraArguments });
      assert.doesNotMatch(error.message, /canary/);
      assert.match(error.message, /never passed as an argument/);
    }
  });
});

describe("every plan", () => {
  test("is pure: the same twice, whatever keys are set, and none of them in it", (t) => {
    setEnvironment(t, {
      WORKBOOK_TARGET: "runpod",
      RUNPOD_API_KEY: "rpa_canary_not_a_key",
      HF_TOKEN: "hf_canary_not_a_key",
    });
    const fetchMock = t.mock.method(globalThis, "fetch");
    const plan = planPod({ model: llama8b });
    assert.deepEqual(planPod({ model: llama8b }), plan);
    assert.doesNotMatch(JSON.stringify(plan), /canary/);
    assert.equal(fetchMock.mock.callCount(), 0);
  });

  const anyRequest = fc.record({
    model: fc.constantFrom(...loadModels().map((model) => model.id)),
    gpus: fc.uniqueArray(fc.constantFrom(...loadGpus().map((gpu) => gpu.id)), { minLength: 1, maxLength: 3 }),
    gpuCount: fc.constantFrom(1, 2, 4, 8),
    deadlineMinutes: fc.integer({ min: 1, max: 10_080 }),
  });

  test("either fits, with a context that its memory holds, or is refused with what to do", () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        try {
          const plan = planPod(request);
          assert.ok(plan.memory.sequencesAtMaxModelTokens >= 1);
          assert.ok(plan.maxModelTokens >= 1_024 && plan.maxModelTokens <= plan.memory.longestContextTokens);
          assert.equal(flagValue(plan.vllmArguments, "--gpu-memory-utilization"), "0.90");
          assert.equal(flagValue(plan.vllmArguments, "--max-model-len"), String(plan.maxModelTokens));
          assert.equal(plan.payload.gpu.id, plan.gpuCandidates[0]?.gpuTypeId);
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          assert.match(error.remedy, /^\S.{10,}\.$/);
          const suggested = /^\d × .* hold it \(gpuCount: (\d)\)/.exec(error.remedy)?.[1];
          if (suggested !== undefined) planPod({ ...request, gpuCount: Number(suggested) });
        }
      }),
    );
  });

  test("costs price × count × time and the disk, at worst", () => {
    const price = fc.double({ min: 0.05, max: 20, noNaN: true });
    const disk = fc.integer({ min: 40, max: 1_000 });
    fc.assert(
      fc.property(
        price,
        fc.constantFrom(1, 2, 4, 8),
        fc.integer({ min: 1, max: 10_080 }),
        disk,
        (secureUsdPerHour, gpuCount, deadlineMinutes, containerDiskGb) => {
          const plan = planPod({
            model: llama8b,
            gpuCount,
            deadlineMinutes,
            containerDiskGb,
            offers: [{ ...liveA40, secureUsdPerHour }],
          });
          const hours = deadlineMinutes / 60;
          const expected = secureUsdPerHour * gpuCount * hours + ((containerDiskGb * 0.1) / 730) * hours;
          assert.ok(Math.abs((plan.worstCaseUsd ?? 0) - expected) < 1e-9 * Math.max(1, expected));
        },
      ),
    );
  });
});
