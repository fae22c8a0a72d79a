import assert from "node:assert/strict";
import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { describe, test } from "node:test";
import { InputError } from "../../../lib/src/errors.ts";
import type { CreatePodBody } from "../../../lib/src/runpod/client/schemas.ts";
import {
  createPod,
  describeOpenRealPods,
  extendPod,
  listPods,
  type RunPodContext,
  readPodLog,
  sweepPods,
  terminatePod,
  waitUntilReady,
} from "../../../lib/src/runpod/index.ts";
import { publishedPrice } from "../../helpers/prices.ts";
import { startPodWorld } from "../pod-world.ts";
import { smallPlan } from "../sample-plans.ts";

const minuteMs = 60_000;

/** A pod that somebody made by hand. */
function foreignBody(name: string): CreatePodBody {
  return {
    name,
    image: "ubuntu:24.04",
    gpu: { id: "NVIDIA A40", count: 1 },
    cloud: "SECURE",
    disk: 20,
    ports: [],
    env: {},
    startSsh: false,
    startJupyter: false,
  };
}

async function createReady(workbook: RunPodContext) {
  const pod = await createPod(smallPlan(), { context: workbook });
  await waitUntilReady(pod, { context: workbook });
  return pod;
}

describe("terminatePod", () => {
  test("ends a pod, reads back that it is gone, and says what it cost", async (context) => {
    const { open, rehearsal } = await startPodWorld(context);
    const workbook = open();
    const pod = await createPod(smallPlan(), { context: workbook });
    rehearsal.advance(30 * minuteMs);
    const ended = await terminatePod(pod, { context: workbook });
    assert.equal(ended.wasGone, false);
    // Half an hour of an A40, and of a disk of 40 GB.
    const expected = (publishedPrice("NVIDIA A40").usdPerHour + (40 * 0.1) / 730) / 2;
    assert.ok(Math.abs((ended.usd ?? 0) - expected) < 0.002, String(ended.usd));
    assert.deepEqual(rehearsal.ledger().running, []);
    assert.deepEqual(describeOpenRealPods(workbook), "");
  });

  test("is no error for a pod that is gone already, by object or by id", async (context) => {
    const { open } = await startPodWorld(context);
    const workbook = open();
    const pod = await createPod(smallPlan(), { context: workbook });
    await terminatePod(pod.id, { context: workbook });
    assert.equal((await terminatePod(pod, { context: workbook })).wasGone, true);
    assert.equal((await terminatePod("neverthere", { context: workbook })).wasGone, true);
  });

  test("says so where the pod is still there afterwards", async (context) => {
    const { open } = await startPodWorld(context, { faults: [{ kind: "delete-ignored" }] });
    const workbook = open();
    const pod = await createPod(smallPlan(), { context: workbook });
    await assert.rejects(
      terminatePod(pod, { context: workbook }),
      new RegExp(
        `it is still there.*still costs \\$${publishedPrice("NVIDIA A40").usdPerHour.toFixed(2)} per hour`,
      ),
    );
    assert.notEqual(describeOpenRealPods(workbook), "");
  });

  test("says that the pod still costs money where the call fails, and believes it where it is gone", async (context) => {
    const { open, rehearsal } = await startPodWorld(context);
    const workbook = open();
    const pod = await createPod(smallPlan(), { context: workbook });
    for (const operation of ["getPod", "deletePod"]) {
      rehearsal.setFaults([{ kind: "api-error", status: 503, operation }]);
      await assert.rejects(
        terminatePod(pod, { context: workbook }),
        /could not be ended\..*still costs \$0\.\d\d per hour/,
      );
    }
    // The first of its tries has its effect, and all its answers are lost.
    rehearsal.setFaults([{ kind: "answer-lost", operation: "deletePod" }]);
    assert.equal((await terminatePod(pod, { context: workbook })).wasGone, false);
    assert.deepEqual(rehearsal.ledger().running, []);
  });

  test("leaves pods alone that this workbook did not rent", async (context) => {
    const { open, rehearsal } = await startPodWorld(context);
    const workbook = open();
    const foreign = await workbook.client.createPod(foreignBody("my-training"));
    const other = await createPod(smallPlan(), { context: open({ workbook: "other" }) });
    await assert.rejects(terminatePod(foreign.id, { context: workbook }), InputError);
    await assert.rejects(terminatePod(other, { context: workbook }), InputError);
    await assert.rejects(terminatePod("../pods", { context: workbook }), InputError);
    assert.equal(rehearsal.ledger().running.length, 2);
  });

  test("does not take a pod for gone that another key rented", async (context) => {
    const { open } = await startPodWorld(context);
    const pod = await createPod(smallPlan(), { context: open() });
    const stranger = open({ apiKey: "rpa_canary_of_another_account" });
    // Another account does not see the pod.
    const blind: RunPodContext = {
      ...stranger,
      connection: stranger.connection,
      client: {
        ...stranger.client,
        getPod: () => stranger.client.getPod("elsewhere"),
        listPods: async () => [],
      },
    };
    await assert.rejects(terminatePod(pod, { context: blind }), /was rented with another one/);
    assert.notEqual(describeOpenRealPods(stranger), "");
  });
});

describe("sweepPods", () => {
  test("keeps what is ready, and what is being started by a process that lives", async (context) => {
    const { open, rehearsal } = await startPodWorld(context);
    const ready = await createReady(open());
    const starting = await createPod(smallPlan(), { context: open() });
    const { ended, kept } = await sweepPods({ context: open() });
    assert.deepEqual(ended, []);
    assert.deepEqual(
      kept.map(({ id, reason }) => ({ id, reason })),
      [
        { id: starting.id, reason: "being started" },
        { id: ready.id, reason: "ready" },
      ],
    );
    assert.equal(rehearsal.ledger().running.length, 2);
  });

  test("ends what was being started by a process that is gone, unless another one waits for it", async (context) => {
    const { open, alive, rehearsal } = await startPodWorld(context, { faults: [{ kind: "never-ready" }] });
    const creator = open();
    const pod = await createPod(smallPlan(), { context: creator });
    alive.delete(creator.self.pid);
    const waiter = open();
    await assert.rejects(waitUntilReady(pod, { context: waiter, timeoutMinutes: 1 }));
    assert.deepEqual((await sweepPods({ context: open() })).ended, []);
    alive.delete(waiter.self.pid);
    assert.deepEqual(
      (await sweepPods({ context: open() })).ended.map(({ id, reason }) => ({ id, reason })),
      [{ id: pod.id, reason: "the process that started it has ended" }],
    );
    assert.deepEqual(rehearsal.ledger().running, []);
  });

  test("only says what it would end with dryRun", async (context) => {
    const { open, alive, rehearsal } = await startPodWorld(context);
    const creator = open();
    const pod = await createPod(smallPlan(), { context: creator });
    alive.delete(creator.self.pid);
    const { ended } = await sweepPods({ context: open(), dryRun: true });
    assert.deepEqual(
      ended.map(({ id }) => id),
      [pod.id],
    );
    assert.deepEqual(rehearsal.ledger().running, [pod.id]);
  });

  test("ends another workbook's pod only past its deadline, and a pod of no workbook never", async (context) => {
    const { open, rehearsal } = await startPodWorld(context, { faults: [{ kind: "no-pod-deadline" }] });
    const workbook = open();
    const foreign = await workbook.client.createPod(foreignBody("workbook-of-mine"));
    const other = await createPod(smallPlan({ deadlineMinutes: 30 }), {
      context: open({ workbook: "other" }),
    });
    assert.deepEqual((await sweepPods({ context: workbook })).ended, []);
    rehearsal.advance(31 * minuteMs);
    const { ended } = await sweepPods({ context: workbook });
    assert.deepEqual(
      ended.map(({ id, reason }) => ({ id, reason })),
      [{ id: other.id, reason: "past its deadline" }],
    );
    rehearsal.advance(1_000 * minuteMs);
    assert.deepEqual((await sweepPods({ context: workbook })).ended, []);
    assert.deepEqual(rehearsal.ledger().running, [foreign.id]);
  });

  test("needs no journal: what answers is kept, what does not is ended", async (context) => {
    const { open, stateFolder, rehearsal } = await startPodWorld(context);
    const before = open();
    const ready = await createReady(before);
    rehearsal.setFaults([{ kind: "never-ready" }]);
    const starting = await createPod(smallPlan(), { context: before });
    rmSync(stateFolder("one"), { recursive: true });
    const after = open();
    assert.equal(after.workbookId, before.workbookId);
    const { ended, kept } = await sweepPods({ context: after });
    assert.deepEqual(
      ended.map(({ id }) => id),
      [starting.id],
    );
    assert.deepEqual(
      kept.map(({ id, reason }) => ({ id, reason })),
      [{ id: ready.id, reason: "answers" }],
    );
  });

  test("forgets nothing of a journal that is corrupt or half written", async (context) => {
    const { open, rehearsal } = await startPodWorld(context);
    const workbook = open();
    const ready = await createReady(workbook);
    const lines = readFileSync(workbook.journal.path, "utf8").trimEnd().split("\n");
    const spoilt = lines.map((line) => (line.includes('"ready"') ? line.slice(0, 20) : line));
    writeFileSync(workbook.journal.path, `${spoilt.join("\n")}\n{"kind":"ended","at":"2026`);
    assert.match(describeOpenRealPods(workbook), new RegExp(ready.id));
    const after = open();
    assert.deepEqual(
      (await sweepPods({ context: after })).kept.map(({ id }) => id),
      [ready.id],
    );
    await terminatePod(ready, { context: after });
    assert.equal(describeOpenRealPods(workbook), "");
    appendFileSync(workbook.journal.path, `garbage workbook-${workbook.workbookId}-abcdef garbage\n`);
    assert.match(describeOpenRealPods(workbook), /workbook-\w+-abcdef, if it was rented at all/);
    assert.deepEqual(rehearsal.ledger().running, []);
  });

  test("says which line of the journal cannot be read, and judges by what works only what it may have told of", async (context) => {
    const { open, alive, said, rehearsal } = await startPodWorld(context);
    const workbook = open();
    const unused = await createPod(smallPlan(), { context: workbook });
    const used = await createReady(workbook);
    rehearsal.advance(10 * minuteMs);
    const lines = readFileSync(workbook.journal.path, "utf8").split("\n");
    const index = lines.findIndex((line) => line.includes('"ready"'));
    writeFileSync(workbook.journal.path, lines.with(index, "garbage").join("\n"));
    rehearsal.setFaults([{ kind: "never-ready" }]);
    const later = await createPod(smallPlan(), { context: workbook });
    alive.delete(workbook.self.pid);
    await listPods({ context: open() });
    const { ended, kept, problems } = await sweepPods({ context: open() });
    assert.deepEqual(
      ended.map(({ id, reason }) => [id, reason]),
      [
        [later.id, "the process that started it has ended"],
        [unused.id, "not ready or never used, and nobody waits for it"],
      ],
    );
    assert.deepEqual(
      kept.map(({ id }) => id),
      [used.id],
    );
    const sentence = `Line ${index + 1} of ${workbook.journal.path} cannot be read. So the journal does not say whether ${unused.stem}, ${used.stem} became ready`;
    assert.ok(
      problems.some((problem) => problem.startsWith(sentence)),
      problems.join(),
    );
    assert.ok(
      said.some((text) => text.startsWith(sentence)),
      said.join(),
    );
    await terminatePod(used, { context: open() });
    assert.match(
      (await sweepPods({ context: open() })).problems.join(),
      /No rental of the journal depends on it/,
    );
  });

  test("ends a pod that came about after everybody had given it up", async (context) => {
    const { open, rehearsal } = await startPodWorld(context, {
      faults: [{ kind: "api-error", status: 502, operation: "createPod", times: 1 }],
    });
    const workbook = open();
    await assert.rejects(createPod(smallPlan(), { context: workbook }));
    const record = [...workbook.journal.read().pods.values()][0];
    const late = await workbook.client.createPod(foreignBody(`${record?.stem}-20261124T090000Z`));
    const { ended } = await sweepPods({ context: open() });
    assert.deepEqual(
      ended.map(({ id, reason }) => ({ id, reason })),
      [{ id: late.id, reason: "nobody waits for it" }],
    );
    assert.deepEqual(rehearsal.ledger().running, []);
  });

  test("names what was asked for and may still come, until it will not any more", async (context) => {
    const { open, alive, rehearsal } = await startPodWorld(context, {
      faults: [{ kind: "api-error", status: 502, operation: "createPod" }],
    });
    const workbook = open();
    await assert.rejects(createPod(smallPlan(), { context: workbook }));
    alive.delete(workbook.self.pid);
    const [stem] = workbook.journal.read().pods.keys();
    const until = "2026-11-24T08:15:00.000Z";
    const sweep = async (options = {}) => (await sweepPods({ context: open(), ...options })).mayStillCome;
    assert.deepEqual(await sweep(), [{ stem, until }]);
    assert.deepEqual(await sweep({ dryRun: true }), [{ stem, until }]);
    assert.notEqual(describeOpenRealPods(workbook), "");
    rehearsal.advance(16 * minuteMs);
    assert.deepEqual(await sweep(), []);
    assert.equal(describeOpenRealPods(workbook), "");
  });

  test("goes on past a pod that resists, and then says that it still costs money", async (context) => {
    const { open, alive, rehearsal } = await startPodWorld(context, {
      faults: [{ kind: "delete-ignored", times: 1 }],
    });
    const creator = open();
    await createPod(smallPlan(), { context: creator });
    await createPod(smallPlan(), { context: creator });
    alive.delete(creator.self.pid);
    await assert.rejects(
      sweepPods({ context: open() }),
      /1 of the pods that nobody needs could not be ended.*still costs \$0\.\d\d per hour/,
    );
    assert.equal(rehearsal.ledger().running.length, 1);
    assert.equal((await sweepPods({ context: open() })).ended.length, 1);
    assert.deepEqual(rehearsal.ledger().running, []);
  });

  test("ends all of this workbook's pods, wanted or not, where everything is to end", async (context) => {
    const { open, rehearsal } = await startPodWorld(context);
    await createReady(open());
    const other = await createPod(smallPlan(), { context: open({ workbook: "other" }) });
    assert.equal((await sweepPods({ context: open(), everything: true })).ended.length, 1);
    assert.deepEqual(rehearsal.ledger().running, [other.id]);
  });
});

describe("extendPod", () => {
  test("moves the deadline in the pod's name, without a restart, for timer and sweep alike", async (context) => {
    const { open, rehearsal } = await startPodWorld(context);
    const workbook = open();
    const pod = await createReady(workbook);
    const extended = await extendPod(pod, { context: workbook, minutes: 30 });
    assert.equal(extended.deadlineAt, "2026-11-24T09:30:00.000Z");
    assert.match(extended.name, /-20261124T093000Z$/);
    rehearsal.advance(70 * minuteMs);
    assert.deepEqual(
      (await sweepPods({ context: open() })).kept.map(({ id }) => id),
      [pod.id],
    );
    rehearsal.advance(21 * minuteMs);
    await sweepPods({ context: open() });
    assert.deepEqual(rehearsal.ledger().running, []);
  });

  test("believes the pod's name where the answer to the change was lost", async (context) => {
    const { open, rehearsal } = await startPodWorld(context);
    const workbook = open();
    const pod = await createPod(smallPlan(), { context: workbook });
    rehearsal.setFaults([{ kind: "answer-lost", operation: "updatePod", times: 1 }]);
    const extended = await extendPod(pod, { context: workbook, minutes: 5 });
    assert.equal(extended.deadlineAt, "2026-11-24T09:05:00.000Z");
  });

  test("refuses minutes that make no sense, and pods of others", async (context) => {
    const { open } = await startPodWorld(context);
    const workbook = open();
    const pod = await createPod(smallPlan(), { context: workbook });
    for (const minutes of [0, -5, Number.NaN, Infinity, 1e9]) {
      await assert.rejects(extendPod(pod, { context: workbook, minutes }), InputError);
    }
    await assert.rejects(extendPod(pod, { context: open({ workbook: "other" }), minutes: 5 }), InputError);
  });
});

describe("listPods", () => {
  test("says whose each pod is, whether it is wanted, until when, and what it cost so far", async (context) => {
    const { open, rehearsal } = await startPodWorld(context);
    const workbook = open();
    await workbook.client.createPod(foreignBody("my-training"));
    await createPod(smallPlan(), { context: open({ workbook: "other" }) });
    await createPod(smallPlan(), { context: workbook });
    rehearsal.advance(30 * minuteMs);
    const pods = await listPods({ context: workbook });
    // Of an A40, and of a disk of 40 GB.
    const halfHour = ((publishedPrice("NVIDIA A40").usdPerHour + (40 * 0.1) / 730) / 2).toFixed(2);
    assert.deepEqual(
      pods.map(({ owner, isWanted, deadlineAt, usdSoFar, model }) => ({
        ...{ owner, isWanted, deadlineAt, model },
        usdSoFar: usdSoFar.toFixed(2),
      })),
      [
        {
          owner: "this workbook",
          isWanted: true,
          // Creating the other one took 5 s.
          deadlineAt: "2026-11-24T09:00:05.000Z",
          model: "Qwen/Qwen2.5-7B-Instruct",
          usdSoFar: halfHour,
        },
        {
          owner: "another workbook",
          isWanted: true,
          deadlineAt: "2026-11-24T09:00:00.000Z",
          model: null,
          usdSoFar: halfHour,
        },
        { owner: "not a workbook", isWanted: true, deadlineAt: null, model: null, usdSoFar: halfHour },
      ],
    );
  });
});

describe("readPodLog", () => {
  test("reads the last lines, and ends when no more come", async (context) => {
    // Nothing more comes, however long it takes.
    const { open } = await startPodWorld(context, { servingLogEveryMs: 600_000 });
    const workbook = open();
    const pod = await createReady(workbook);
    const { lines } = await readPodLog(pod, { context: workbook, tail: 3, seconds: 30 });
    assert.equal(lines.length, 3);
    assert.match(lines.at(-1)?.text ?? "", /OPTIONS \/metrics/);
  });

  test("picks out vLLM's own throughput line", async (context) => {
    const { open } = await startPodWorld(context, { servingLogEveryMs: 50 });
    const workbook = open();
    const pod = await createPod(smallPlan(), { context: workbook });
    const endpoint = await waitUntilReady(pod, { context: workbook });
    await endpoint.client.chat.completions.create({
      model: endpoint.model,
      messages: [{ role: "user", content: "Hello" }],
      max_tokens: 20,
    });
    const { throughput } = await readPodLog(pod, { context: workbook, tail: 200, seconds: 2 });
    assert.ok(throughput.some(({ generationTokensPerSecond }) => generationTokensPerSecond > 0));
  });

  test("refuses a tail or a time that makes no sense", async (context) => {
    const { open } = await startPodWorld(context);
    await assert.rejects(readPodLog("any", { context: open(), tail: -1 }), InputError);
    await assert.rejects(readPodLog("any", { context: open(), seconds: 0 }), InputError);
  });
});
