import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { promisify } from "node:util";
import fc from "fast-check";
import { identifyProcess, isProcessAlive } from "../../../lib/src/files/index.ts";
import { JournalError } from "../../../lib/src/runpod/index.ts";
import { fingerprintOf, openJournal } from "../../../lib/src/runpod/journal/journal.ts";
import { type JournalState, openRecords } from "../../../lib/src/runpod/journal/journal-state.ts";
import { readPodLabels } from "../../../lib/src/runpod/pods/pod.ts";
import { drawStem, nameWithDeadline } from "../../../lib/src/runpod/rental/rental-kind.ts";
import { makeFolder } from "../../helpers/environment.ts";

const creator = { pid: 17, startedAt: "then", host: "here" };

function open(context: TestContext, apiUrl = "https://api.runpod.io/v2") {
  const stateFolder = join(makeFolder(context), ".workbook");
  const now = () => new Date("2026-11-24T08:00:00Z");
  return { stateFolder, journal: openJournal({ stateFolder, target: "runpod", apiUrl, now }) };
}

function intent(stem: string) {
  return {
    kind: "intent",
    ...{ stem, creator, model: "org/model", gpuCount: 1, idleMinutes: null, keyFingerprint: "a:b" },
    deadlineAt: "2026-11-24T09:00:00.000Z",
  } as const;
}

const stem = "workbook-0123456789-abcdef";

describe("the journal", () => {
  test("lies in a folder of its target and its API's origin, for its owner's eyes only", (context) => {
    const { stateFolder, journal } = open(context, "http://127.0.0.1:8080/v2");
    journal.append(intent(stem));
    assert.equal(journal.path, join(stateFolder, "runpod", "127.0.0.1-8080", "pods.jsonl"));
    assert.equal(statSync(journal.path).mode & 0o077, 0);
  });

  test("tells of a pod what was put on record", (context) => {
    const { journal } = open(context);
    assert.deepEqual(journal.read().pods, new Map());
    journal.append(intent(stem));
    journal.append({
      ...{ kind: "created", stem, podId: "pod1", gpuTypeId: "NVIDIA A40" },
      ...{ usdPerHour: 0.44, hasStartScript: true },
    });
    journal.append({ kind: "waiting", stem, waiter: { ...creator, pid: 18 } });
    journal.append({ kind: "ready", stem });
    journal.append({ kind: "extended", stem, deadlineAt: "2026-11-24T10:00:00.000Z" });
    const state = journal.read();
    const record = state.pods.get(stem);
    assert.equal(record?.podId, "pod1");
    assert.equal(record.isReady, true);
    assert.deepEqual(
      record.waiters.map(({ pid }) => pid),
      [17, 18],
    );
    assert.equal(record.deadlineAt?.toISOString(), "2026-11-24T10:00:00.000Z");
    assert.equal(openRecords(state).length, 1);
    journal.append({ kind: "ended", stem, usd: 0.2 });
    assert.deepEqual(openRecords(journal.read()), []);
  });

  test("goes on after a line that a crash cut short, and still knows the pod that it names", (context) => {
    const { journal } = open(context);
    journal.append(intent(stem));
    truncateSync(journal.path, statSync(journal.path).size - 30);
    const second = "workbook-0123456789-fedcba";
    journal.append(intent(second));
    const state = journal.read();
    assert.deepEqual(state.unreadableLines, [1]);
    assert.deepEqual(
      openRecords(state).map((record) => record.stem),
      [stem, second],
    );
    assert.equal(state.pods.get(second)?.model, "org/model");
  });

  test("forgets no pod, whatever single byte of it is spoilt", (context) => {
    const { journal } = open(context);
    const stems = ["aaaaaa", "bbbbbb", "cccccc"].map((draw) => `workbook-0123456789-${draw}`);
    for (const one of stems) journal.append(intent(one));
    const whole = readFileSync(journal.path);
    fc.assert(
      fc.property(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 }), (position, byte) => {
        const spoilt = Buffer.from(whole);
        spoilt[position] = byte;
        writeFileSync(journal.path, spoilt);
        const known = new Set(openRecords(journal.read()).map((record) => record.stem));
        const hit = stems.findIndex((one) => {
          const start = whole.indexOf(one);
          return position >= start && position < start + one.length;
        });
        // A pod whose very name is hit is found through the account, by its name there.
        for (const [index, one] of stems.entries()) assert.ok(known.has(one) || index === hit, one);
      }),
      { numRuns: 2_000 },
    );
  });

  test("is refused, with what to do, where it cannot be written", (context) => {
    const { journal } = open(context);
    mkdirSync(dirname(dirname(journal.path)), { recursive: true });
    writeFileSync(dirname(journal.path), "a file where the folder should be");
    assert.throws(
      () => journal.append(intent(stem)),
      (error) => {
        assert.ok(error instanceof JournalError);
        assert.match(error.message, /cannot be written.*nothing is rented without it/);
        return true;
      },
    );
  });

  test("takes nothing that is not meant for it", (context) => {
    const { journal } = open(context);
    const withKey = { ...intent(stem), apiKey: "rpa_canary_not_a_key" };
    journal.append(withKey);
    assert.ok(!readFileSync(journal.path, "utf8").includes("canary"));
    appendFileSync(journal.path, `${JSON.stringify({ kind: "something newer", stem })}\n`);
    assert.equal(openRecords(journal.read()).length, 1);
  });

  test("keeps of a secret only what tells whether it changed", () => {
    assert.equal(fingerprintOf("hf_canary", "salt"), fingerprintOf("hf_canary", "salt"));
    assert.notEqual(fingerprintOf("hf_canary", "salt"), fingerprintOf("hf_canary", "other"));
    assert.notEqual(fingerprintOf("hf_canary", "salt"), fingerprintOf("hf_canary2", "salt"));
  });
});

describe("a journal on a disk that takes no more", () => {
  test("counts nothing as written that is not whole in it, and goes on when there is room again", async (context) => {
    const { journal } = open(context);
    // The shell lets no file grow beyond this: the disk takes the last line only in part.
    for (const kilobytes of [1, 2, 5]) {
      const child = join(import.meta.dirname, "append-until-full.ts");
      const shell = `ulimit -f ${kilobytes} && exec "$0" --conditions=workbook-source "$@"`;
      const printed = execFileSync("bash", ["-c", shell, process.execPath, child, journal.path], {
        encoding: "utf8",
      });
      const { written, error } = JSON.parse(printed) as { written: string[]; error: string };
      assert.match(error, /^JournalError: The journal .* cannot be written: it may not grow any larger\./);
      const lines = readFileSync(journal.path, "utf8").split("\n");
      assert.ok(written.length > 0);
      for (const one of written)
        assert.ok(
          lines.some((line) => line.includes(one)),
          one,
        );
      assert.equal(lines.at(-1), "", "nothing stays of a line that did not fit");
      assert.deepEqual(journal.read().unreadableLines, []);
    }
    journal.append(intent(stem));
    assert.equal(journal.read().pods.get(stem)?.model, "org/model");
    assert.deepEqual(journal.read().unreadableLines, []);
  });

  test("loses no line where several processes write at once, also beside one that was cut short", async (context) => {
    const { journal } = open(context);
    journal.append(intent(stem));
    truncateSync(journal.path, statSync(journal.path).size - 5);
    const child = join(import.meta.dirname, "append-until-full.ts");
    const run = promisify(execFile);
    const runs = await Promise.all(
      [0, 1, 2].map(() =>
        run(process.execPath, ["--conditions=workbook-source", child, journal.path, "50"], {
          encoding: "utf8",
        }),
      ),
    );
    const written = runs.flatMap(({ stdout }) => (JSON.parse(stdout) as { written: string[] }).written);
    assert.equal(written.length, 150);
    const { pods, unreadableLines } = journal.read();
    assert.deepEqual(unreadableLines, [1]);
    for (const one of written) assert.equal(pods.get(one)?.model, "org/model", one);
  });
});

describe("what a spoilt line switches off", () => {
  const stems = ["aaaaaa", "bbbbbb", "cccccc"].map((draw) => `workbook-0123456789-${draw}`);
  const [first = "", second = "", third = ""] = stems;
  const doubtful = (state: JournalState) =>
    [...state.pods.values()].flatMap((record) => (record.isDoubtful ? [record.stem] : []));

  test("is what the journal knows of the pod that the line names, and of no other", (context) => {
    const { journal } = open(context);
    for (const one of stems) journal.append(intent(one));
    appendFileSync(journal.path, `{"kind":"ready","at":"2026-11-24T08:00:00.000Z","stem":"${second}"\n`);
    assert.deepEqual(doubtful(journal.read()), [second]);
    assert.deepEqual(journal.read().unreadableLines, [4]);
  });

  for (const [name, line] of [
    ["garbage", "\u0000\u0001garbage"],
    ["a name that is cut", `{"kind":"ready","stem":"workbook-0123456789-aa`],
    [
      "a name that nobody was given",
      '{"kind":"ready","at":"2026-11-24T08:00:00.000Z","stem":"workbook-0123456789-aaaaab"}',
    ],
  ] as const) {
    test(`is what it knows of all pods so far, where the line is ${name}; what is rented later is not touched`, (context) => {
      const { journal } = open(context);
      journal.append(intent(first));
      appendFileSync(journal.path, `${line}\n`);
      journal.append(intent(third));
      const state = journal.read();
      assert.equal(state.pods.get(first)?.isDoubtful, true);
      assert.equal(state.pods.get(third)?.isDoubtful, false);
    });
  }

  test("is what it knows of all pods so far where a line is empty, which two that write at once may leave too: it is no damage to tell", (context) => {
    const { journal } = open(context);
    journal.append(intent(first));
    appendFileSync(journal.path, "\n");
    journal.append(intent(second));
    const state = journal.read();
    assert.deepEqual([doubtful(state), state.unreadableLines], [[first], []]);
    assert.deepEqual([...state.pods.keys()], [first, second]);
  });

  test("is nothing where the journal is read with a line to come", (context) => {
    const { journal } = open(context);
    journal.append(intent(first));
    const state = journal.read(intent(second));
    assert.deepEqual([doubtful(state), state.unreadableLines], [[], []]);
    assert.deepEqual([...state.pods.keys()], [first, second]);
  });

  test("is nothing where a line stands there twice", (context) => {
    const { journal } = open(context);
    journal.append(intent(first));
    journal.append({ kind: "extended", stem: first, deadlineAt: "2026-11-24T10:00:00.000Z" });
    const [line = ""] = readFileSync(journal.path, "utf8").split("\n");
    appendFileSync(journal.path, `${line}\n`);
    const state = journal.read();
    assert.deepEqual([doubtful(state), state.unreadableLines], [[], []]);
    assert.equal(state.pods.get(first)?.deadlineAt?.toISOString(), "2026-11-24T10:00:00.000Z");
    assert.equal(state.pods.get(first)?.waiters.length, 1);
  });
});

describe("a pod's name", () => {
  test("tells the workbook and the deadline, to the second, whatever they are", () => {
    const id = fc.stringMatching(/^[0-9a-f]{10}$/);
    const time = fc.date({ min: new Date("2026-01-01"), max: new Date("2099-01-01"), noInvalidDate: true });
    fc.assert(
      fc.property(id, time, (workbookId, at) => {
        const drawn = drawStem(workbookId, "pod");
        const parsed = readPodLabels({ name: nameWithDeadline(drawn, at) });
        assert.equal(parsed?.workbookId, workbookId);
        assert.equal(parsed.stem, drawn);
        assert.equal(parsed.deadlineAt.getTime(), Math.floor(at.getTime() / 1_000) * 1_000);
      }),
    );
  });

  test("is told from the names that people give", () => {
    for (const name of [
      "",
      "workbook",
      "workbook-training",
      `${stem}`,
      `x${stem}-20261124T090000Z`,
      `${stem}-20269924T090000Z`,
    ]) {
      assert.equal(readPodLabels({ name }), null, name);
    }
  });

  test("can be changed by somebody: the environment tells the same", () => {
    const env = {
      WORKBOOK_ID: "0123456789",
      WORKBOOK_POD: stem,
      WORKBOOK_DEADLINE: "2026-11-24T09:00:00.000Z",
    };
    const labels = { workbookId: "0123456789", stem, deadlineAt: new Date("2026-11-24T09:00:00Z") };
    assert.deepEqual(readPodLabels({ name: "renamed", env }), labels);
    assert.equal(readPodLabels({ name: "renamed", env: { ...env, WORKBOOK_DEADLINE: "soon" } }), null);
    assert.equal(readPodLabels({ name: "renamed", env: null }), null);
  });
});

describe("a process", () => {
  test("is known again, and not taken for another one with its id", () => {
    const own = identifyProcess() ?? assert.fail("no identity");
    assert.ok(isProcessAlive(own));
    assert.ok(!isProcessAlive({ ...own, startedAt: "another time" }));
    assert.ok(!isProcessAlive({ ...own, host: "another machine" }));
    assert.equal(identifyProcess(2 ** 30), null);
  });
});
