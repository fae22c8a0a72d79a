import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { InputError } from "../../lib/src/errors.ts";
import { makeNodeScript } from "../../lib/src/scale-out/cluster-commands.ts";
import { type ClusterPlanRequest, describeClusterPlan, planCluster } from "../../lib/src/scale-out/index.ts";
import { makeFolder } from "../helpers/environment.ts";
import { assertRequestMatchesContract, contractSkip } from "../helpers/runpod-contract.ts";

const llama405b = "meta-llama/Llama-3.1-405B-Instruct";

function refusal(request: ClusterPlanRequest): string {
  try {
    planCluster(request);
  } catch (error) {
    assert.ok(error instanceof InputError, `${error} is no InputError`);
    return error.message;
  }
  return assert.fail("the plan was made");
}

describe("Llama 3.1 405B on machines with eight H100 each", () => {
  const plan = planCluster({ model: llama405b, gpu: "H100 SXM" });

  test("takes two machines: each layer over the GPUs of one, the layers over both", () => {
    const { nodes, gpusPerNode, tensorParallelSize, pipelineParallelSize } = plan;
    assert.deepEqual([nodes, gpusPerNode, tensorParallelSize, pipelineParallelSize], [2, 8, 8, 2]);
    const serve = plan.startCommands.first.at(-1);
    assert.match(serve ?? "", /--tensor-parallel-size 8 .*--pipeline-parallel-size 2 /);
    assert.match(serve ?? "", /--distributed-executor-backend ray$/);
  });

  test("holds on each machine 63 of the 126 layers, and the cache of these layers for every token", () => {
    // 405.85 billion weights of two bytes, half of them: 811.7 GB ÷ 2 in GiB.
    assert.equal(Math.round(plan.memory.weightsGib), 378);
    // 8 × (79.64 × 0.9 − 2) GiB − 377.98 GiB, ÷ 63 layers × 2 × 8 heads × 128 numbers × 2 bytes.
    const cacheGib = 8 * (79.64 * 0.9 - 2) - 811.7e9 / 2 / 2 ** 30;
    assert.ok(Math.abs(plan.memory.kvCacheGib - cacheGib) < 0.5);
    const tokens = (plan.memory.kvCacheGib * 2 ** 30) / (63 * 2 * 8 * 128 * 2);
    assert.ok(Math.abs(plan.memory.kvCacheTokens - tokens) < 2);
  });

  test("costs sixteen GPUs and two disks, is a plan, and says that nothing ends it", () => {
    // 16 × 3.99 USD, and 2 × 1,000 GB of disk at 0.10 USD a month.
    assert.ok(Math.abs((plan.usdPerHour ?? 0) - (16 * 3.99 + (2 * 1_000 * 0.1) / 730)) < 0.001);
    assert.equal(planCluster({ model: llama405b, minutes: 30 }).usdForMinutes, (plan.usdPerHour ?? 0) / 2);
    assert.equal(plan.kind, "plan");
    const words = describeClusterPlan(plan);
    assert.match(words, /^state +a plan: nothing was rented/);
    assert.match(words, /Nothing ends a cluster by itself/);
  });

  test("is a call that Runpod's contract knows", { skip: contractSkip }, () => {
    assertRequestMatchesContract("POST", "/v2/clusters", plan.payload);
    assert.throws(() =>
      assertRequestMatchesContract("POST", "/v2/clusters", { ...plan.payload, compute: {} }),
    );
  });

  test("shows no secret: a key that is drawn later, and a reference to the token", () => {
    assert.deepEqual(plan.payload.env, {
      VLLM_NO_USAGE_STATS: "1",
      HF_TOKEN: "{{ RUNPOD_SECRET_workbook_<workbook id>_hf_token }}",
      VLLM_API_KEY: "(drawn when the cluster is created)",
    });
    assert.doesNotMatch(plan.payload.args, /API_KEY|HF_TOKEN/);
  });
});

describe("how many machines", () => {
  test("is asked for where it makes sense, and says what one machine would do", () => {
    assert.equal(planCluster({ model: llama405b, nodes: 4 }).nodes, 4);
    const small = planCluster({ model: "meta-llama/Llama-3.1-70B-Instruct" });
    assert.equal(small.nodes, 2);
    assert.match(small.warnings.join(" "), /One machine with 8 × H100 SXM holds the model/);
    const large = planCluster({ model: llama405b });
    assert.doesNotMatch(large.warnings.join(" "), /One machine/);
  });

  test("is refused by its own name where it makes no sense", () => {
    const oneNode = refusal({ model: llama405b, nodes: 1 });
    assert.match(oneNode, /planCluster: nodes is 1, .*one machine is a pod.*from 2 to 8/);
    assert.match(refusal({ model: llama405b, gpusPerNode: 3 }), /planCluster: gpusPerNode is 3/);
    assert.match(refusal({ model: "not/there" }), /planCluster: model "not\/there"/);
    const tooSmall = { model: llama405b, gpu: "A40", gpusPerNode: 4, nodes: 2 };
    assert.match(refusal(tooSmall), /planCluster: .* does not fit.*Take more nodes/);
  });

  test("speaks in every error of planCluster and its fields, never of planPod's", () => {
    const cases: [request: Partial<ClusterPlanRequest>, field: string, pattern: RegExp][] = [
      [{ gpusPerNode: 7 }, "gpusPerNode", /gpusPerNode is 7, over which/],
      [{ gpusPerNode: 0 }, "gpusPerNode", /gpusPerNode is 0\. Give gpusPerNode a whole number from 1 to 16/],
      [{ minutes: 0 }, "minutes", /minutes is 0\. Give minutes a whole number/],
      [{ gpu: "A41" }, "gpu", /gpu is "A41", which the workbook does not know/],
      [{ model: "not/there" }, "model", /give planCluster its shape/],
      [{ maxModelTokens: 200_000 }, "maxModelTokens", /maxModelTokens is 200,000/],
      [{ extraArguments: ["-tp=2"] }, "extraArguments", /Use the field gpusPerNode/],
      [{ gpu: "A40", gpusPerNode: 1 }, "gpu", /does not fit 8 machines with 1 × A40 each/],
    ];
    for (const [request, field, pattern] of cases) {
      assert.throws(
        () => planCluster({ model: llama405b, ...request }),
        (error: unknown) => {
          assert.ok(error instanceof InputError);
          assert.match(error.message, /^planCluster: /);
          assert.match(error.message, pattern);
          assert.doesNotMatch(error.message, /planPod|gpuCount|deadlineMinutes|the gpus/);
          assert.equal(error.field, field);
          return true;
        },
      );
    }
  });
});

describe("the script of the machines", () => {
  const { startCommands } = planCluster({ model: llama405b });

  test("starts on the first Ray's head, waits for all GPUs, then vLLM", (context) => {
    const calls = runNode(context, { rank: "0", commands: startCommands });
    assert.deepEqual(
      calls.map((call) => call.split(" ").slice(0, 3).join(" ")),
      [
        "pip install --quiet",
        "mount -o remount,size=32g",
        "ray start --head",
        "python3 -c import",
        "vllm serve meta-llama/Llama-3.1-405B-Instruct",
      ],
    );
    assert.match(calls[2] ?? "", /--node-ip-address=10\.65\.0\.2 --num-gpus=8$/);
    assert.match(calls.at(-1) ?? "", /VLLM_HOST_IP=10\.65\.0\.2$/);
  });

  test("joins on the others the head at the primary's address, and starts no server", (context) => {
    const calls = runNode(context, { rank: "1", commands: startCommands });
    assert.deepEqual(
      calls.map((call) => call.split(" ")[0]),
      ["pip", "mount", "ray"],
    );
    assert.match(
      calls[2] ?? "",
      /^ray start --block --address=10\.65\.0\.1:6379 --node-ip-address=10\.65\.0\.2/,
    );
  });
});

/** Runs a machine's script in a shell with tools that only note how they were called. */
function runNode(
  context: TestContext,
  options: { rank: string; commands: Parameters<typeof makeNodeScript>[0] },
): string[] {
  const folder = makeFolder(context);
  const bin = join(folder, "bin");
  mkdirSync(bin);
  const log = join(folder, "calls");
  for (const tool of ["pip", "mount", "ray", "vllm", "python3"]) {
    const note = `echo "${tool} $*${tool === "vllm" ? " VLLM_HOST_IP=$VLLM_HOST_IP" : ""}" >> ${log}`;
    const answer = tool === "python3" ? "echo 16" : "";
    writeFileSync(join(bin, tool), `#!/bin/sh\n${note}\n${answer}\n`, { mode: 0o755 });
  }
  const { status, stderr } = spawnSync("bash", ["-c", makeNodeScript(options.commands)], {
    encoding: "utf8",
    env: {
      PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}`,
      NODE_RANK: options.rank,
      NODE_ADDR: "10.65.0.2",
      PRIMARY_ADDR: "10.65.0.1",
      NUM_TRAINERS: "8",
      WORLD_SIZE: "16",
    },
  });
  assert.equal(status, 0, stderr);
  return readFileSync(log, "utf8").trim().split("\n");
}
