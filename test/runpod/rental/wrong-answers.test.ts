import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import { describe, test } from "node:test";
import {
  createPod,
  type RunPodContext,
  sweepPods,
  terminatePod,
  waitUntilReady,
} from "../../../lib/src/runpod/index.ts";
import { JournalError } from "../../../lib/src/runpod/journal/journal.ts";
import { podKind } from "../../../lib/src/runpod/pods/pod.ts";
import { rearmWatchdogs } from "../../../lib/src/runpod/rental/open-runpod.ts";
import { watchRental } from "../../../lib/src/runpod/rental/watch-rental.ts";
import { startPodWorld } from "../pod-world.ts";
import { smallPlan } from "../sample-plans.ts";

// What the API answers is readable, and wrong or odd; or it is right, and the key or the disk is not.

const minuteMs = 60_000;
const isRenting = (input: unknown, init?: RequestInit) =>
  init?.method === "POST" && String(input).endsWith("/v2/pods");

/** Changes the JSON of some answers on their way. */
function altered(change: (json: never, input: string, init?: RequestInit) => unknown): typeof fetch {
  return async (input, init) => {
    const answer = await fetch(input, init);
    const text = await answer.clone().text();
    if (!text.startsWith("{")) return answer;
    return new Response(JSON.stringify(change(JSON.parse(text) as never, String(input), init)), answer);
  };
}

async function createReady(workbook: RunPodContext) {
  const pod = await createPod(smallPlan(), { context: workbook });
  await waitUntilReady(pod, { context: workbook });
  return pod;
}

describe("an answer that tells of another pod", () => {
  test("ends no pod of somebody else, and loses none, where it answers the call that rents", async (context) => {
    const world = await startPodWorld(context);
    const colleagues = await createReady(world.open({ workbook: "colleague" }));
    const crossed = altered((json: object, input, init) =>
      isRenting(input, init) ? { ...json, id: colleagues.id, name: colleagues.name, env: {}, cost: 9 } : json,
    );
    const pod = await createPod(smallPlan(), { context: world.open({ parts: { fetch: crossed } }) });
    assert.notEqual(pod.id, colleagues.id);
    assert.deepEqual(world.rehearsal.ledger().running.toSorted(), [pod.id, colleagues.id].toSorted());
  });

  test("ends no other one where a pod is asked for itself", async (context) => {
    const world = await startPodWorld(context);
    const [pod, other] = [await createReady(world.open()), await createReady(world.open())];
    const crossed: typeof fetch = (input, init) =>
      fetch(init?.method === "GET" ? String(input).replace(pod.id, other.id) : input, init);
    await assert.rejects(
      terminatePod(pod, { context: world.open({ parts: { fetch: crossed } }) }),
      /lacks required fields: id \(it is the id of another one\)/,
    );
    assert.equal(world.rehearsal.ledger().running.length, 2);
  });
});

describe("an odd entry in the list of pods", () => {
  const oddities = [
    { cost: null },
    { name: null },
    { status: null },
    { env: { A: null } },
    { env: { A: 1 } },
    { gpu: { id: "any", count: null } },
    { runtime: { uptime: null } },
    { createdAt: null },
    { cmd: "text" },
  ];
  test("keeps nobody from ending the others, or itself", async (context) => {
    const world = await startPodWorld(context);
    const [pod, second] = [await createReady(world.open()), await createReady(world.open())];
    for (const odd of oddities) {
      const fetch = altered((json: { pods?: { id: string }[] }) =>
        json.pods === undefined
          ? json
          : { ...json, pods: json.pods.map((one) => (one.id === pod.id ? { ...one, ...odd } : one)) },
      );
      const everything = { everything: true, dryRun: true };
      const { ended } = await sweepPods({ context: world.open({ parts: { fetch } }), ...everything });
      const ids = ended.map(({ id }) => id).toSorted();
      assert.deepEqual(ids, [pod.id, second.id].toSorted(), JSON.stringify(odd));
    }
  });

  test("is not kept where it is the pod that was just rented, and its price is not told", async (context) => {
    const world = await startPodWorld(context);
    const fetch = altered((json: object, input, init) =>
      isRenting(input, init) ? { ...json, cost: null } : json,
    );
    await assert.rejects(createPod(smallPlan(), { context: world.open({ parts: { fetch } }) }), /not kept/);
    assert.deepEqual(world.rehearsal.ledger().running, []);
  });
});

describe("a pod for which only 404 comes", () => {
  test("is ended all the same where the list shows it", async (context) => {
    const world = await startPodWorld(context);
    const workbook = world.open();
    const pod = await createReady(workbook);
    world.rehearsal.setFaults([{ kind: "api-error", status: 404, operation: "getPod" }]);
    assert.equal((await terminatePod(pod, { context: workbook })).wasGone, false);
    assert.deepEqual(world.rehearsal.ledger().running, []);
  });
});

describe("a second pod of a name that resists its end", () => {
  test("keeps the watchdog not from ending the first at its deadline", async (context) => {
    const world = await startPodWorld(context, { faults: [{ kind: "no-pod-deadline" }] });
    const pod = await createReady(world.open());
    const doubled = altered((json: { pods?: object[] }) =>
      json.pods === undefined
        ? json
        : { ...json, pods: json.pods.flatMap((one) => [{ ...one, id: "second" }, one]) },
    );
    const resisting: typeof fetch = async (input, init) =>
      String(input).endsWith("/second") ? new Response("{}", { status: 403 }) : doubled(input, init);
    const watcher = world.open({ parts: { fetch: resisting } });
    const options = { stem: pod.stem, idleMinutes: null, intervalMs: 10 * minuteMs };
    await watchRental(watcher, podKind, options);
    const [entry] = world.rehearsal.ledger().pods;
    const lateMs = Date.parse(entry?.endedAt ?? "") - Date.parse(pod.deadlineAt);
    assert.ok(lateMs < 30 * minuteMs, `${lateMs} ms late`);
  });
});

describe("a clock of the API that is ahead for a few answers", () => {
  test("ends no pod, in a sweep or by its watchdog", async (context) => {
    const world = await startPodWorld(context);
    const pod = await createReady(world.open());
    const odd = { kind: "clock-off", minutes: 90, times: 3 } as const;
    world.rehearsal.setFaults([odd]);
    assert.deepEqual((await sweepPods({ context: world.open() })).ended, []);
    world.rehearsal.setFaults([odd]);
    const options = { stem: pod.stem, idleMinutes: null, intervalMs: minuteMs };
    await watchRental(world.open(), podKind, options);
    const [entry] = world.rehearsal.ledger().pods;
    assert.ok(Date.parse(entry?.endedAt ?? "") >= Date.parse(pod.deadlineAt));
  });
});

describe("a watchdog with the key of another account", () => {
  test("does not put on record that the pod has ended, since it cannot see it", async (context) => {
    const world = await startPodWorld(context);
    const workbook = world.open();
    const pod = await createReady(workbook);
    world.rehearsal.losePod(pod.id);
    const stranger = world.open({ apiKey: "rpa_canary_of_another_account" });
    const options = { stem: pod.stem, idleMinutes: null, intervalMs: minuteMs };
    assert.equal(await watchRental(stranger, podKind, options), "gone");
    assert.equal(workbook.journal.read().pods.get(pod.stem)?.isEnded, false);
  });
});

describe("a disk that fails", () => {
  test("keeps no command from its work where a new watchdog cannot be put on record", async (context) => {
    const world = await startPodWorld(context);
    const workbook = world.open();
    const pod = await createReady(workbook);
    const full = {
      ...workbook.journal,
      append() {
        throw new JournalError("The disk is full.", { remedy: "Make room." });
      },
    };
    const after = world.open({ parts: { journal: full, isAlive: () => false } });
    rearmWatchdogs(after);
    assert.equal((await terminatePod(pod, { context: after })).wasGone, false);
  });

  test("is named, with what to do, where the journal cannot be read", async (context) => {
    const { journal, ...workbook } = (await startPodWorld(context)).open();
    rmSync(journal.path, { force: true });
    mkdirSync(journal.path, { recursive: true });
    await assert.rejects(
      sweepPods({ context: { ...workbook, connection: {} as never, journal } }),
      (error) =>
        error instanceof JournalError && /pods\.jsonl cannot be read: .*move it away/.test(error.message),
    );
  });
});

describe("a pod whose call was given up", () => {
  test("may come for a quarter of an hour, however long its creator lives", async (context) => {
    const { open, rehearsal } = await startPodWorld(context, {
      faults: [{ kind: "api-error", status: 502, operation: "createPod" }],
    });
    const workbook = open();
    await assert.rejects(createPod(smallPlan(), { context: workbook }));
    assert.equal((await sweepPods({ context: workbook })).mayStillCome.length, 1);
    rehearsal.advance(16 * minuteMs);
    assert.deepEqual((await sweepPods({ context: workbook })).mayStillCome, []);
  });
});
