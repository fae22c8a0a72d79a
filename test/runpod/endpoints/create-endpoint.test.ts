import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { describe, test } from "node:test";
import { z } from "zod";
import {
  CreateEndpointError,
  createEndpoint,
  deleteEndpoint,
  listEndpoints,
  planEndpoint,
  sweepEndpoints,
  waitUntilReady,
} from "../../../lib/src/runpod/index.ts";
import { assertRequestMatchesContract, contractSkip } from "../../helpers/runpod-contract.ts";
import { workerPrice } from "../../helpers/worker-price.ts";
import { canaries } from "../sample-plans.ts";
import { endpointCanary, smallEndpoint, startEndpointWorld } from "./endpoint-world.ts";

const posted = (world: Awaited<ReturnType<typeof startEndpointWorld>>) =>
  world.rehearsal.calls().filter(({ operation }) => operation === "createEndpoint");

describe("createEndpoint", () => {
  test("makes nothing without a ceiling, and nothing that could not be called", async (context) => {
    const world = await startEndpointWorld(context);
    const noCeiling = world.open({ maxUsdPerHour: null });
    await assert.rejects(
      createEndpoint(smallEndpoint(), { context: noCeiling }),
      /ceiling.*WORKBOOK_MAX_USD_PER_HOUR.*createEndpoint/,
    );
    const workbook = world.open();
    workbook.connection.endpointKey = null;
    await assert.rejects(
      createEndpoint(smallEndpoint(), { context: workbook }),
      /RUNPOD_ENDPOINT_KEY is not set.*restricted key/,
    );
    workbook.connection.endpointKey = workbook.connection.apiKey;
    await assert.rejects(createEndpoint(smallEndpoint(), { context: workbook }), /is the account's own key/);
    assert.deepEqual(posted(world), []);
  });

  test("compares the ceiling with all workers together", async (context) => {
    const world = await startEndpointWorld(context);
    const plan = smallEndpoint({ maxWorkers: 2 });
    // Two A40s, each with 40 GB of disk at 0.10 $ a month.
    const both = 2 * (workerPrice("AMPERE_48").usdPerSecond * 3_600 + (40 * 0.1) / 730);
    await assert.rejects(
      createEndpoint(plan, { context: world.open({ maxUsdPerHour: both - 0.01 }) }),
      /its 2 workers cost \$\d+\.\d+ per hour now, which is above the ceiling of \$\d+\.\d\d/,
    );
    assert.deepEqual(posted(world), []);
    const endpoint = await createEndpoint(plan, { context: world.open({ maxUsdPerHour: both + 0.01 }) });
    assert.equal(endpoint.maxWorkers, 2);
    assert.ok(Math.abs((endpoint.maxUsdPerHour ?? 0) - both) < 1e-6);
  });

  test("leaves out pools above the ceiling, and cards that the plan does not count on", async (context) => {
    const world = await startEndpointWorld(context);
    const plan = smallEndpoint({ pools: ["AMPERE_48", "ADA_48_PRO"], excludedGpus: ["NVIDIA RTX A6000"] });
    // Above the A40 with its disk; the L40S costs more.
    const maxUsdPerHour = workerPrice("AMPERE_48").usdPerSecond * 3_600 + 0.01;
    await createEndpoint(plan, { context: world.open({ maxUsdPerHour }) });
    const [call] = posted(world);
    assert.deepEqual(z.object({ gpu: z.unknown() }).parse(call?.requestBody).gpu, {
      pools: ["AMPERE_48"],
      excludedTypes: ["NVIDIA RTX A6000"],
      count: 1,
      minCudaVersion: "13.0",
    });
    assert.match(world.said.join("\n"), /Left out: ADA_48_PRO: its one worker costs \$1\.913/);
  });

  test("puts the intent on record before the call, and keys nowhere", async (context) => {
    const world = await startEndpointWorld(context);
    const workbook = world.open();
    const gated = planEndpoint({ model: "meta-llama/Llama-3.1-8B-Instruct" });
    const endpoint = await createEndpoint(gated, { context: workbook });
    const journal = readFileSync(workbook.journal.path, "utf8");
    const kinds = journal
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { kind: string }).kind);
    assert.deepEqual(kinds, ["secret", "endpoint-intent", "watched", "endpoint-created"]);
    const shown = `${journal}${JSON.stringify(endpoint)}${JSON.stringify(posted(world))}${world.said.join()}`;
    for (const key of [canaries.runpod, canaries.huggingFace, endpointCanary])
      assert.ok(!shown.includes(key));
    const { env, name } = z
      .object({ env: z.record(z.string(), z.string()), name: z.string() })
      .parse(posted(world)[0]?.requestBody);
    assert.match(env["HF_TOKEN"] ?? "", /^\{\{ RUNPOD_SECRET_workbook_[0-9a-f]{10}_hf_token \}\}$/);
    assert.match(name, /^workbook-[0-9a-f]{10}-e-[0-9a-f]{6}-20261124T090000Z$/);
    assert.equal(env["WORKBOOK_POD"], undefined, "its workers must not look like pods");
  });

  for (const by of ["500", "reset"] as const) {
    test(`finds what it has made where the answer was lost by ${by}`, async (context) => {
      const { open, rehearsal } = await startEndpointWorld(context, {
        faults: [{ kind: "answer-lost", by, operation: "createEndpoint", times: 1 }],
      });
      const endpoint = await createEndpoint(smallEndpoint(), { context: open() });
      assert.deepEqual(
        rehearsal.ledger().endpoints.map(({ endpointId }) => endpointId),
        [endpoint.id],
      );
    });
  }

  test("leaves what shows up late to the next sweep", async (context) => {
    const world = await startEndpointWorld(context, {
      faults: [
        { kind: "answer-lost", operation: "createEndpoint", times: 1 },
        { kind: "api-error", status: 503, operation: "listEndpoints", times: 16 },
      ],
    });
    const workbook = world.open();
    await assert.rejects(
      createEndpoint(smallEndpoint(), { context: workbook }),
      /Whether an endpoint was made is not known/,
    );
    assert.equal((await listEndpoints({ context: workbook }))[0]?.isWanted, false);
    assert.equal((await sweepEndpoints({ context: world.open() })).ended.length, 1);
    assert.notEqual(world.rehearsal.ledger().endpoints[0]?.deletedAt, null);
  });

  test("closes the intent where Runpod refuses", async (context) => {
    const { open } = await startEndpointWorld(context, {
      faults: [{ kind: "api-error", status: 400, detail: "no such thing", operation: "createEndpoint" }],
    });
    const workbook = open();
    await assert.rejects(createEndpoint(smallEndpoint(), { context: workbook }), /no such thing/);
    const [record] = workbook.journal.read().endpoints.values();
    assert.deepEqual([record?.isEnded, record?.isAbandoned], [true, false]);
  });

  test("does not keep an endpoint that may grow beyond what was compared with the ceiling", async (context) => {
    const { open, rehearsal } = await startEndpointWorld(context);
    const answering: typeof fetch = async (input, init) => {
      const answer = await fetch(input, init);
      if (init?.method !== "POST" || !String(input).endsWith("/serverless")) return answer;
      const body = (await answer.json()) as { workers: object };
      return Response.json({ ...body, workers: { ...body.workers, max: 9 } }, { status: 201 });
    };
    const workbook = open({ parts: { fetch: answering } });
    await assert.rejects(
      createEndpoint(smallEndpoint(), { context: workbook }),
      (error) =>
        error instanceof CreateEndpointError && /9 workers at most, not 1.*was not kept/.test(error.message),
    );
    assert.notEqual(rehearsal.ledger().endpoints[0]?.deletedAt, null);
  });

  test("does not keep one that is said to be called at a host that is not Runpod's", async (context) => {
    const { open, rehearsal } = await startEndpointWorld(context);
    const answering: typeof fetch = async (input, init) => {
      const answer = await fetch(input, init);
      if (init?.method !== "POST" || !String(input).endsWith("/serverless")) return answer;
      const urls = { base: "https://api.runpod.ai.example.com", health: "https://example.com/health" };
      return Response.json({ ...((await answer.json()) as object), requestUrls: urls }, { status: 201 });
    };
    await assert.rejects(
      createEndpoint(smallEndpoint(), { context: open({ parts: { fetch: answering } }) }),
      /api\.runpod\.ai\.example\.com, which is not a host of Runpod's/,
    );
    assert.notEqual(rehearsal.ledger().endpoints[0]?.deletedAt, null);
  });

  test("deletes at once what cannot be put on record", async (context) => {
    const { open, rehearsal } = await startEndpointWorld(context);
    const workbook = open();
    const { journal } = workbook;
    workbook.journal = {
      ...journal,
      append(entry) {
        if (entry.kind === "endpoint-created") throw new Error("the disk is full");
        journal.append(entry);
      },
    };
    await assert.rejects(
      createEndpoint(smallEndpoint(), { context: workbook }),
      /could not be written into the journal, so it was not kept/,
    );
    assert.notEqual(rehearsal.ledger().endpoints[0]?.deletedAt, null);
  });

  test("does not say that it is still there where it is gone and only the disk stays full", async (context) => {
    const { open, rehearsal } = await startEndpointWorld(context);
    const workbook = open();
    const { journal } = workbook;
    let isFull = false;
    workbook.journal = {
      ...journal,
      append(entry) {
        isFull ||= entry.kind === "endpoint-created";
        if (isFull) throw new Error("the disk is full");
        journal.append(entry);
      },
    };
    await assert.rejects(createEndpoint(smallEndpoint(), { context: workbook }), (error) => {
      assert.match(
        String(error),
        /could not be written into the journal, so it was not kept\. Give the state folder/,
      );
      assert.doesNotMatch(String(error), /still there/);
      return true;
    });
    assert.notEqual(rehearsal.ledger().endpoints[0]?.deletedAt, null);
  });

  test("makes nothing where the journal cannot be written", async (context) => {
    const world = await startEndpointWorld(context);
    const workbook = world.open();
    const folder = dirname(workbook.journal.path);
    rmSync(folder, { recursive: true, force: true });
    // A file stands where the journal's folder should be.
    writeFileSync(dirname(folder), "");
    await assert.rejects(
      createEndpoint(smallEndpoint(), { context: workbook }),
      /journal .* cannot be written/,
    );
    assert.deepEqual(posted(world), []);
  });

  test("deletes what it has made when it is interrupted meanwhile", async (context) => {
    const { open, rehearsal } = await startEndpointWorld(context);
    const controller = new AbortController();
    const interrupting: typeof fetch = async (input, init) => {
      const answer = await fetch(input, init);
      if (init?.method === "POST" && String(input).endsWith("/serverless")) controller.abort();
      return answer;
    };
    const workbook = open({ parts: { fetch: interrupting } });
    const making = createEndpoint(smallEndpoint(), { context: workbook, signal: controller.signal });
    await assert.rejects(making, /interrupted/);
    assert.notEqual(rehearsal.ledger().endpoints[0]?.deletedAt, null);
  });
});

test("what the workbook sends is what Runpod's contract takes, through an endpoint's whole life", {
  skip: contractSkip,
}, async (context) => {
  const { open, rehearsal } = await startEndpointWorld(context);
  const workbook = open({ maxUsdPerHour: 50 });
  const endpoint = await createEndpoint(smallEndpoint({ minWorkers: 1, maxWorkers: 2 }), {
    context: workbook,
  });
  await createEndpoint(smallEndpoint({ minWorkers: 1 }), { context: workbook });
  await waitUntilReady(endpoint, { context: workbook });
  await listEndpoints({ context: workbook });
  await deleteEndpoint(endpoint, { context: workbook });
  await sweepEndpoints({ context: workbook, everything: true });
  const operations = new Set<string>();
  for (const { method, path, requestBody, operation } of rehearsal.calls()) {
    assertRequestMatchesContract(method, path, requestBody);
    operations.add(operation ?? "");
  }
  assert.deepEqual([...operations].sort(), [
    ...["createEndpoint", "deleteEndpoint", "getEndpoint", "getWorkerLogs", "listEndpointWorkers"],
    ...["listEndpoints", "listGpuTypes", "listServerlessBilling"],
  ]);
});
