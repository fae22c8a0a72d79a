import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { describePlan } from "../../../lib/src/describe-plan.ts";
import { InputError } from "../../../lib/src/errors.ts";
import { planEndpoint } from "../../../lib/src/runpod/index.ts";
import { assertRequestMatchesContract, contractSkip } from "../../helpers/runpod-contract.ts";
import { workerPrice } from "../../helpers/worker-price.ts";

const newPool = { pool: "NEW", gpuTypeIds: ["NVIDIA New"], memoryGb: 48, usdPerGpuHour: 1, stock: "LOW" };
const qwen = "Qwen/Qwen2.5-7B-Instruct";
const llama8b = "meta-llama/Llama-3.1-8B-Instruct";

describe("planEndpoint", () => {
  test("plans the pinned vLLM behind the load balancer, told where its server and its health are", () => {
    const { payload } = planEndpoint({ model: qwen });
    assert.deepEqual(payload, {
      name: "workbook-qwen2.5-7b-instruct",
      type: "LOAD_BALANCER",
      image: "vllm/vllm-openai:v0.33.0",
      args:
        `${qwen} --served-model-name ${qwen} --host 0.0.0.0 --port 8000 --tensor-parallel-size 1 ` +
        "--max-model-len 32768 --gpu-memory-utilization 0.90 " +
        "--enable-auto-tool-choice --tool-call-parser hermes",
      disk: 40,
      ports: ["8000/http"],
      env: { VLLM_NO_USAGE_STATS: "1", PORT: "8000", PORT_HEALTH: "8000", HEALTH_CHECK_PATH: "/health" },
      gpu: { pools: ["AMPERE_48"], count: 1, minCudaVersion: "13.0" },
      workers: { min: 0, max: 1, idleTimeout: 10 },
      scaling: { type: "REQUEST_COUNT", requestCount: 32 },
      flashboot: "FLASHBOOT",
      timeout: 330_000,
    });
  });

  test("computes the bill at rest, at most and until the deadline, with the dearest of the pools", () => {
    const plan = planEndpoint({
      model: qwen,
      pools: ["AMPERE_48", "ADA_48_PRO"],
      minWorkers: 1,
      maxWorkers: 3,
      deadlineMinutes: 90,
    });
    // An L40S, and 40 GB of disk at 0.10 $ a month.
    const { usdPerSecond, observed } = workerPrice("ADA_48_PRO");
    const worker = usdPerSecond * 3_600 + (40 * 0.1) / 730;
    const near = (found: number | null, wanted: number) =>
      assert.ok(Math.abs((found ?? Number.NaN) - wanted) < 1e-9, `${found} is about ${wanted}`);
    near(plan.usdPerWorkerHour, worker);
    near(plan.usdPerHourAtRest, worker);
    near(plan.maxUsdPerHour, 3 * worker);
    near(plan.worstCaseUsd, 3 * 1.5 * worker);
    assert.equal(planEndpoint({ model: qwen }).usdPerHourAtRest, 0, "scaled to zero");
    const text = describePlan(plan);
    assert.ok(text.includes(`$${(3 * worker).toFixed(2)} an hour with 3 workers\n`), text);
    assert.ok(text.includes(`(published, ${observed})\n`), text);
  });

  test("excludes cards that are too small, drops pools that hold none, and plans for the smallest that is left", () => {
    const plan = planEndpoint({
      model: llama8b,
      pools: ["AMPERE_48", "AMPERE_16", "AMPERE_24"],
      excludedGpus: ["NVIDIA RTX A6000"],
    });
    assert.deepEqual(
      plan.pools.map(({ id, gpuTypeIds }) => [id, gpuTypeIds]),
      [
        ["AMPERE_48", ["NVIDIA A40"]],
        ["AMPERE_24", ["NVIDIA GeForce RTX 3090", "NVIDIA RTX A5000"]],
      ],
    );
    assert.deepEqual(plan.payload.gpu.excludedTypes, ["NVIDIA RTX A6000"]);
    assert.equal(plan.memory.gpuTypeId, "NVIDIA RTX A5000");
    assert.match(plan.warnings.join("\n"), /Left out.*RTX A4000/);
    assert.match(plan.warnings.join("\n"), /Workers come from AMPERE_48, then AMPERE_24/);
  });

  test("takes live prices and stock before published ones", () => {
    const offer = {
      pool: "AMPERE_48",
      gpuTypeIds: ["NVIDIA A40"],
      memoryGb: 48,
      usdPerGpuHour: 2,
      stock: "NONE",
    };
    const plan = planEndpoint({ model: qwen, offers: [offer] });
    assert.equal(plan.pools[0]?.priceObserved, null);
    assert.ok(Math.abs((plan.usdPerWorkerHour ?? 0) - (2 + 4 / 730)) < 1e-9);
    assert.match(plan.warnings.join("\n"), /Nothing is free at the moment in AMPERE_48: name a second pool/);
    assert.doesNotMatch(plan.warnings.join("\n"), /published/);
  });

  test("says the balancer's limits, what scaling costs, and when a pod is cheaper", () => {
    const text = planEndpoint({ model: qwen }).warnings.join("\n");
    for (const expected of [
      /no queue: a request that finds no worker for 2 minutes is dropped with HTTP 400/,
      /One request may take 5\.5 minutes.*limit max_tokens.*30 MB/,
      /scales to zero: after 10 s .* cold start, which costs money too\./,
      /It has one worker at most, so it never grows/,
      /costs \d\.\d times an hour of a pod.*more than \d\d % of the time, a pod is cheaper \(computed/,
    ]) {
      assert.match(text, expected);
    }
    assert.match(planEndpoint({ model: qwen, flashBoot: false }).warnings.join("\n"), /FlashBoot.*is off/);
    const { warnings, usdPerHourAtRest } = planEndpoint({ model: qwen, minWorkers: 1 });
    const bill = `1 worker runs without a single request, for $${usdPerHourAtRest?.toFixed(2)} an hour`;
    assert.ok(warnings.join("\n").includes(bill), bill);
  });

  test("says that only this machine keeps the deadline, and what costs money while it is off", () => {
    const warningsOf = (request: object) => planEndpoint({ model: qwen, ...request }).warnings.join("\n");
    assert.match(
      warningsOf({ minWorkers: 2, maxWorkers: 3 }),
      /process on this machine deletes it at the deadline\. While the machine is off, the 2 workers that always run go on costing \$\d+\.\d\d an hour, also beyond the worst case/,
    );
    assert.match(
      warningsOf({ minWorkers: 0 }),
      /process on this machine deletes it at the deadline\. While the machine is off, anybody who calls the endpoint starts workers, also beyond the worst case/,
    );
  });

  test("names the field that cannot be, and what it takes", () => {
    const refused = (request: object, pattern: RegExp) =>
      assert.throws(() => planEndpoint({ model: qwen, ...request }), pattern);
    refused({ maxWorkers: 0 }, /planEndpoint: maxWorkers is 0\. Give maxWorkers a whole number from 1/);
    refused({ minWorkers: 2 }, /minWorkers is 2\. Give minWorkers a whole number from 0 to 1/);
    refused({ idleSeconds: 3_601 }, /idleSeconds is 3601/);
    refused({ requestsPerWorker: 0.5 }, /requestsPerWorker is 0\.5/);
    refused({ pools: [] }, /pools is empty/);
    refused({ pools: ["AMPERE_4"] }, /pools has "AMPERE_4".*Known are .*AMPERE_48.*listServerlessPools/);
    refused({ excludedGpus: ["NVIDIA A40", "NVIDIA RTX A6000"] }, /leaves no card/);
    refused({ deadlineMinutes: 0 }, /planEndpoint: deadlineMinutes is 0/);
    refused({ model: "meta-llama/Llama-3.1-70B-Instruct" }, /planEndpoint: .*does not fit.*gpuCount: 4/);
  });

  test("speaks in every error of planEndpoint and its fields, never of planPod's", () => {
    const cases: [request: object, field: string, pattern: RegExp][] = [
      [{ model: "not/there" }, "model", /planEndpoint: model "not\/there".*give planEndpoint its shape/],
      [{ model: "llama" }, "model", /planEndpoint: model is "llama"/],
      [{ pools: ["AMPERE_16"], model: "Qwen/Qwen3-32B" }, "pools", /does not fit the pools asked for/],
      [{ gpuCount: 3 }, "gpuCount", /planEndpoint: gpuCount is 3/],
      [{ image: "vllm/vllm-openai" }, "image", /planEndpoint: image "vllm\/vllm-openai" has no tag/],
      [{ maxModelTokens: 999_999 }, "maxModelTokens", /planEndpoint: maxModelTokens is 999,999/],
      [{ containerDiskGb: 5 }, "containerDiskGb", /planEndpoint: containerDiskGb is 5/],
      [{ minCudaVersion: "13" }, "minCudaVersion", /planEndpoint: minCudaVersion is "13"/],
      [{ kvCacheDtype: "int4" }, "kvCacheDtype", /planEndpoint: kvCacheDtype is "int4"/],
      [{ extraArguments: ["--port=1"] }, "extraArguments", /planEndpoint: extraArguments has --port/],
      [{ deadlineMinutes: 0 }, "deadlineMinutes", /planEndpoint: deadlineMinutes is 0/],
      [
        { offers: [newPool], pools: ["NEW"] },
        "pools",
        /pools has "NEW" with the card "NVIDIA New".*excludedGpus/,
      ],
    ];
    for (const [request, field, pattern] of cases) {
      assert.throws(
        () => planEndpoint({ model: qwen, ...request }),
        (error: unknown) => {
          assert.ok(error instanceof InputError);
          assert.match(error.message, pattern);
          assert.doesNotMatch(error.message, /planPod|the gpus/);
          assert.equal(error.field, field);
          return true;
        },
      );
    }
  });

  test("writes calls that Runpod's contract takes, whatever is asked for", { skip: contractSkip }, () => {
    for (const request of [
      {},
      { flashBoot: "priority", dataCenterIds: ["EU-RO-1"], minWorkers: 2, maxWorkers: 5 },
      { flashBoot: false, pools: ["AMPERE_24", "AMPERE_48"], excludedGpus: ["NVIDIA A40"] },
    ] as const) {
      assertRequestMatchesContract(
        "POST",
        "/v2/serverless",
        planEndpoint({ model: llama8b, ...request }).payload,
      );
    }
  });
});
