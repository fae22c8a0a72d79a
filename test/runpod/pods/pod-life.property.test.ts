import assert from "node:assert/strict";
import { appendFileSync, existsSync, rmSync } from "node:fs";
import { describe, test } from "node:test";
import fc from "fast-check";
import { WorkbookError } from "../../../lib/src/errors.ts";
import {
  createPod,
  extendPod,
  listPods,
  openPodEndpoint,
  sweepPods,
  terminatePod,
  waitUntilReady,
} from "../../../lib/src/runpod/index.ts";
import { openRecords } from "../../../lib/src/runpod/journal/journal-state.ts";
import { readPodLabels } from "../../../lib/src/runpod/pods/pod.ts";
import type { RunPodFaultInput } from "../../../rehearsal/src/faults/runpod-faults.ts";
import type { LedgerEntry } from "../../../rehearsal/src/runpod/account/ledger.ts";
import { type MortalProcess, startMortalProcess } from "../mortal-process.ts";
import { type PodWorld, startPodWorld } from "../pod-world.ts";
import { smallPlan } from "../sample-plans.ts";

// Two workbooks on one account do and suffer whatever comes to their mind; afterwards the account's ledger is asked.

const ceiling = 1;
const minuteMs = 60_000;
const workbooks = ["one", "two"] as const;
type Workbook = (typeof workbooks)[number];

const faults: RunPodFaultInput[] = [
  { kind: "no-capacity", gpuTypeId: "NVIDIA A40", times: 1 },
  { kind: "answer-lost", by: "500", times: 1 },
  { kind: "answer-lost", by: "reset", times: 1 },
  { kind: "answer-lost", by: "500", operation: "deletePod", times: 1 },
  { kind: "answer-lost", by: "reset", operation: "updatePod", times: 1 },
  { kind: "api-error", status: 503, times: 6 },
  { kind: "api-error", status: 429, retryAfterSeconds: 2, times: 6 },
  { kind: "dearer-than-catalog", factor: 5, times: 1 },
  { kind: "delete-ignored", times: 1 },
  { kind: "old-contract", times: 4 },
  { kind: "never-ready", times: 1 },
  { kind: "no-pod-deadline", times: 2 },
  { kind: "crash-loop", reason: "cuda-out-of-memory", times: 1 },
  { kind: "wrong-model", times: 1 },
  { kind: "silent-log", times: 1 },
  { kind: "key-not-enforced", times: 1 },
  { kind: "proxy-error", status: 502, times: 5 },
  // So long that a create whose answer was lost does not find its pod.
  { kind: "api-error", status: 503, operation: "listPods", times: 16 },
];

const workbook = fc.constantFrom(...workbooks);
const death = fc.option(
  fc.record({ number: fc.nat({ max: 30 }), when: fc.constantFrom("before" as const, "after" as const) }),
  { freq: 1 },
);
const command = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("create" as const),
      workbook,
      death,
      faults: fc.array(fc.constantFrom(...faults), { maxLength: 2 }),
      andWait: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("wait" as const), workbook, death }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("sweep" as const), workbook, death }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("chat" as const), workbook }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("extend" as const), workbook, death }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("terminate" as const), workbook, death }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("list" as const), workbook }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("restart" as const), workbook }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("lose state" as const), workbook }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("spoil journal" as const), workbook }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("pass" as const), minutes: fc.integer({ min: 1, max: 50 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("fault" as const), fault: fc.constantFrom(...faults) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("no faults" as const) }) },
);
type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never;

/** What the test knows of a workbook, from what its processes were told. */
interface Known {
  process: MortalProcess;
  /** Every process that the workbook ever had. */
  processes: MortalProcess[];
  /** Pods that createPod returned, the youngest last. */
  created: string[];
  /** By pod id. */
  waiters: Map<string, MortalProcess[]>;
  ready: Set<string>;
  /** Stems of creates that failed in a process that lived on. */
  abandoned: Set<string>;
  /** A wait that died may have found its pod ready; a journal that was lost or spoilt tells less. */
  doubtful: Set<string>;
}

class Play {
  readonly world: PodWorld;
  readonly known: Record<Workbook, Known>;
  readonly sweptAtMs: Record<Workbook, number[]> = { one: [], two: [] };
  readonly told = new Set<string>();
  foreignId = "";

  constructor(world: PodWorld) {
    this.world = world;
    this.known = { one: this.#begin("one"), two: this.#begin("two") };
  }

  #begin(name: Workbook): Known {
    const process = this.#start(name);
    const sets = { ready: new Set<string>(), abandoned: new Set<string>(), doubtful: new Set<string>() };
    return { process, processes: [process], created: [], waiters: new Map(), ...sets };
  }

  #start(name: Workbook): MortalProcess {
    return startMortalProcess(this.world, { workbook: name, maxUsdPerHour: ceiling });
  }

  restart(name: Workbook): void {
    const known = this.known[name];
    known.process.die();
    known.process = this.#start(name);
    known.processes.push(known.process);
  }

  /** Does one thing in the workbook's process; a failure must be one that is meant for people. */
  async attempt<Result>(
    name: Workbook,
    run: {
      death?: { number: number; when: "before" | "after" } | null;
      work(process: MortalProcess): Promise<Result>;
    },
  ): Promise<{ result: Result } | "died" | "failed"> {
    const { process } = this.known[name];
    process.dieAtCall(run.death ?? null);
    try {
      const result = await process.run(() => run.work(process));
      if (result !== "died") return { result };
      this.restart(name);
      return "died";
    } catch (error) {
      assert.ok(error instanceof WorkbookError, error instanceof Error ? error.stack : String(error));
      return "failed";
    } finally {
      process.dieAtCall(null);
    }
  }

  pods(name: Workbook): LedgerEntry[] {
    const { workbookId } = this.known[name].process.context;
    return this.world.rehearsal.ledger().pods.filter((pod) => readPodLabels(pod)?.workbookId === workbookId);
  }

  running(name: Workbook): LedgerEntry[] {
    return this.pods(name).filter((pod) => pod.endedAt === null);
  }

  isPast(pod: LedgerEntry): boolean {
    return (readPodLabels(pod)?.deadlineAt.getTime() ?? 0) <= this.world.rehearsal.nowMs();
  }

  /** Whether somebody certainly wants the pod: it is ready, or a process that lives is starting it. */
  isWanted(name: Workbook, pod: LedgerEntry): boolean {
    const { ready, abandoned, waiters, processes, doubtful } = this.known[name];
    const stem = readPodLabels(pod)?.stem ?? "";
    if (this.isPast(pod) || abandoned.has(stem) || this.told.has(pod.podId) || doubtful.has(stem))
      return false;
    if (ready.has(pod.podId)) return true;
    const starters = [...(waiters.get(pod.podId) ?? []), ...processes.filter(({ asked }) => asked.has(stem))];
    return starters.some(({ context }) => this.world.alive.has(context.self.pid));
  }

  /** Whether the pod may be left by a sweep. */
  mayStay(name: Workbook, pod: LedgerEntry): boolean {
    const stem = readPodLabels(pod)?.stem ?? "";
    return this.isWanted(name, pod) || (!this.isPast(pod) && this.known[name].doubtful.has(stem));
  }
}

const handlers: {
  [Kind in Command["kind"]]: (play: Play, command: Extract<Command, { kind: Kind }>) => Promise<void>;
} = {
  async create(play, { workbook: name, death: at, faults: expected, andWait }) {
    for (const fault of expected) play.world.rehearsal.addFault(fault);
    const known = play.known[name];
    const { process } = known;
    const before = new Set(process.asked);
    const outcome = await play.attempt(name, {
      death: at,
      work: ({ context }) => createPod(smallPlan({ deadlineMinutes: 30 }), { context }),
    });
    const stems = [...process.asked].filter((stem) => !before.has(stem));
    if (outcome === "failed") for (const stem of stems) known.abandoned.add(stem);
    if (typeof outcome !== "object") return;
    const { result: pod } = outcome;
    assert.ok(pod.usdPerHour <= ceiling, `a pod of $${pod.usdPerHour} per hour was kept`);
    known.created.push(pod.id);
    if (andWait) await handlers.wait(play, { kind: "wait", workbook: name, death: null });
  },
  async wait(play, { workbook: name, death: at }) {
    const known = play.known[name];
    const id = known.created.at(-1);
    if (id === undefined) return;
    known.waiters.set(id, [...(known.waiters.get(id) ?? []), known.process]);
    const outcome = await play.attempt(name, {
      death: at,
      work: ({ context }) => waitUntilReady(id, { context, timeoutMinutes: 3 }),
    });
    if (typeof outcome === "object") known.ready.add(id);
    const stem = readPodLabels(play.pods(name).find(({ podId }) => podId === id) ?? { name: "" })?.stem;
    if (outcome === "died" && stem !== undefined) known.doubtful.add(stem);
  },
  async sweep(play, { workbook: name, death: at }) {
    const wanted = workbooks.flatMap((one) => play.running(one).filter((pod) => play.isWanted(one, pod)));
    const others = workbooks
      .filter((one) => one !== name)
      .flatMap((one) => play.running(one).filter((pod) => !play.isPast(pod)));
    const startedAtMs = play.world.rehearsal.nowMs();
    const outcome = await play.attempt(name, {
      death: at ?? null,
      work: ({ context }) => sweepPods({ context }),
    });
    const now = new Map(play.world.rehearsal.ledger().pods.map((pod) => [pod.podId, pod]));
    for (const { podId } of [...wanted, ...others]) {
      const pod = now.get(podId);
      const isOwnEnd = pod?.endedBy !== "call" || play.isPast(pod);
      assert.ok(isOwnEnd, `a sweep ended the wanted pod ${pod?.name}`);
    }
    if (typeof outcome !== "object") return;
    play.sweptAtMs[name].push(startedAtMs);
    for (const pod of play.running(name)) {
      assert.ok(play.mayStay(name, pod), `a sweep left the unwanted pod ${pod.name}`);
    }
  },
  async chat(play, { workbook: name }) {
    await play.attempt(name, {
      work: async ({ context }) => {
        const endpoint = await openPodEndpoint({ context });
        await endpoint.client.chat.completions
          .create({ model: endpoint.model, messages: [{ role: "user", content: "Hello" }], max_tokens: 1 })
          .catch(() => {});
      },
    });
  },
  async extend(play, { workbook: name, death: at }) {
    const id = play.known[name].created.at(-1);
    if (id === undefined) return;
    await play.attempt(name, { death: at, work: ({ context }) => extendPod(id, { context, minutes: 20 }) });
  },
  async terminate(play, { workbook: name, death: at }) {
    const id = play.known[name].created.at(-1);
    if (id === undefined) return;
    play.told.add(id);
    const outcome = await play.attempt(name, {
      death: at,
      work: ({ context }) => terminatePod(id, { context }),
    });
    const pod = play.pods(name).find(({ podId }) => podId === id);
    if (typeof outcome === "object") assert.notEqual(pod?.endedAt, null, "a pod was said to have ended");
    // A failed or broken end leaves the pod as it was: neither certainly wanted nor certainly not.
    const stem = readPodLabels(pod ?? { name: "" })?.stem;
    if (typeof outcome !== "object" && stem !== undefined) play.known[name].doubtful.add(stem);
  },
  async list(play, { workbook: name }) {
    const outcome = await play.attempt(name, { work: ({ context }) => listPods({ context }) });
    if (typeof outcome !== "object") return;
    assert.ok(outcome.result.some(({ id, owner }) => id === play.foreignId && owner === "not a workbook"));
  },
  async restart(play, { workbook: name }) {
    play.restart(name);
  },
  async "lose state"(play, { workbook: name }) {
    rmSync(play.world.stateFolder(name), { recursive: true, force: true });
    markDoubtful(play, name);
    play.restart(name);
  },
  async "spoil journal"(play, { workbook: name }) {
    const { path } = play.known[name].process.context.journal;
    if (existsSync(path)) appendFileSync(path, '{"kind":"ready","stem":"workb');
    markDoubtful(play, name);
  },
  async pass(play, { minutes }) {
    play.world.rehearsal.advance(minutes * minuteMs);
  },
  async fault(play, { fault }) {
    play.world.rehearsal.addFault(fault);
  },
  async "no faults"(play) {
    play.world.rehearsal.setFaults([]);
  },
};

function markDoubtful(play: Play, name: Workbook): void {
  for (const pod of play.pods(name)) {
    const stem = readPodLabels(pod)?.stem;
    if (stem !== undefined) play.known[name].doubtful.add(stem);
  }
}

async function playThrough(commands: readonly Command[], world: PodWorld): Promise<void> {
  const play = new Play(world);
  const { client } = world.open({ workbook: "somebody" });
  const { templateId: _none, ...payload } = smallPlan().payload;
  play.foreignId = (await client.createPod({ ...payload, name: "somebody-elses-training" })).id;
  for (const one of commands) {
    const handle = handlers[one.kind] as (play: Play, command: Command) => Promise<void>;
    await handle(play, one);
  }
  // Everybody comes back once more, long after the last deadline.
  world.rehearsal.setFaults([]);
  world.rehearsal.advance(300 * minuteMs);
  for (const name of workbooks) play.restart(name);
  for (const name of workbooks) await handlers.sweep(play, { kind: "sweep", workbook: name, death: null });
  const { running, pods } = world.rehearsal.ledger();
  assert.deepEqual(running, [play.foreignId], "only the pod of no workbook still runs");
  for (const name of workbooks) {
    for (const pod of play.pods(name)) checkEnd(play, pod);
    const { journal } = play.known[name].process.context;
    assert.deepEqual(openRecords(journal.read()), [], "the journal has no open entry");
  }
  assert.equal(pods.find(({ podId }) => podId === play.foreignId)?.endedAt, null);
}

/** No pod is billed past its deadline and the sweep that follows, whoever sweeps. */
function checkEnd(play: Play, pod: LedgerEntry): void {
  const deadlineMs = readPodLabels(pod)?.deadlineAt.getTime() ?? 0;
  const sweeps = workbooks.flatMap((name) => play.sweptAtMs[name]).filter((ms) => ms >= deadlineMs);
  const latestMs = Math.min(...sweeps);
  const toleranceMs = 5 * minuteMs;
  assert.ok(
    Date.parse(pod.endedAt ?? "") <= latestMs + toleranceMs,
    `${pod.name} was billed past its deadline`,
  );
}

describe("whatever two workbooks on one account do and suffer", () => {
  const sequences = Number(process.env["WORKBOOK_TEST_SEQUENCES"] ?? 200);

  test(`no pod is forgotten, kept too long or taken from another (${sequences} sequences)`, async (context) => {
    let played = 0;
    let created = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 3, maxLength: 16 }), async (commands) => {
        const cleanUps: (() => unknown)[] = [];
        const world = await startPodWorld(
          { after: (cleanUp: unknown) => cleanUps.push(cleanUp as () => unknown) } as never,
          { bootMs: 15_000, balanceUsd: 10_000 },
        );
        try {
          await playThrough(commands, world);
          played++;
          created += world.rehearsal.ledger().pods.length - 1;
        } finally {
          for (const cleanUp of cleanUps.reverse()) await cleanUp();
        }
      }),
      sequences > 200
        ? { numRuns: sequences }
        : { numRuns: sequences, interruptAfterTimeLimit: 25_000, markInterruptAsFailure: false },
    );
    context.diagnostic(`${played} sequences played, ${created} pods rented and ended`);
    assert.ok(played >= 10);
  });
});
