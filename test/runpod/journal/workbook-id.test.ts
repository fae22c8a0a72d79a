import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { describeOpenRealPods } from "../../../lib/src/runpod/index.ts";
import { openJournal } from "../../../lib/src/runpod/journal/journal.ts";
import { readWorkbookId } from "../../../lib/src/runpod/journal/workbook-id.ts";
import { makeFolder } from "../../helpers/environment.ts";

describe("the workbook's id", () => {
  test("stays, also when the state folder is lost, and differs between checkouts", (context) => {
    const one = makeFolder(context);
    const other = makeFolder(context);
    const idOf = (root: string) =>
      readWorkbookId({ projectRoot: root, stateFolder: join(root, ".workbook") });
    const id = idOf(one);
    assert.match(id, /^[0-9a-f]{10}$/);
    writeFileSync(join(one, ".workbook/workbook-id"), "spoilt");
    assert.equal(idOf(one), id);
    assert.notEqual(idOf(other), id);
  });
});

describe("a checkout that was copied along with its state", () => {
  function checkout(context: TestContext) {
    const folder = makeFolder(context);
    const root = join(folder, "checkout");
    mkdirSync(root);
    return { folder, root, id: idOf(root) };
  }
  const idOf = (root: string, state = ".workbook") =>
    readWorkbookId({ projectRoot: root, stateFolder: join(root, state) });

  for (const [name, command] of [
    ["cp -r", (from: string, to: string) => execFileSync("cp", ["-r", from, to])],
    ["cp -a", (from: string, to: string) => execFileSync("cp", ["-a", from, to])],
    [
      "an archive that was unpacked elsewhere",
      (from: string, to: string) => {
        mkdirSync(to);
        execFileSync("sh", ["-c", 'tar -C "$0" -cf - . | tar -C "$1" -xpf -', from, to]);
      },
    ],
  ] as const) {
    test(`is another workbook, and the original stays what it was: ${name}`, (context) => {
      const { folder, root, id } = checkout(context);
      const copies = ["copy", "second"].map((one) => join(folder, one));
      for (const copy of copies) command(root, copy);
      const ids = copies.map((copy) => idOf(copy));
      assert.equal(new Set([id, ...ids]).size, 3);
      // Each keeps what it was given, also where the copy was asked first.
      assert.deepEqual([idOf(root), ...copies.map((copy) => idOf(copy))], [id, ...ids]);
    });
  }

  test("is the same workbook where it was moved, and its copy at the old place is not", (context) => {
    const { folder, root, id } = checkout(context);
    const moved = join(folder, "moved");
    renameSync(root, moved);
    assert.equal(idOf(moved), id);
    execFileSync("cp", ["-a", moved, root]);
    assert.notEqual(idOf(root), id);
    assert.equal(idOf(moved), id);
  });

  test("is another workbook also where only the state was copied, on another machine, and in a second container", (context) => {
    const { root, id } = checkout(context);
    execFileSync("cp", ["-a", join(root, ".workbook"), join(root, ".state")]);
    assert.notEqual(idOf(root, ".state"), id);
    const path = join(root, ".workbook/workbook-id");
    const kept = JSON.parse(readFileSync(path, "utf8")) as { id: string; place: object };
    for (const elsewhere of [{ machine: "0123456789" }, { host: "another-container" }]) {
      writeFileSync(path, JSON.stringify({ id: "0123456789", place: { ...kept.place, ...elsewhere } }));
      assert.notEqual(idOf(root), "0123456789");
    }
    assert.equal(idOf(root), id);
  });

  test("does not take over what the original has rented", (context) => {
    const { folder, root, id } = checkout(context);
    const journalIn = (projectRoot: string) => {
      const stateFolder = join(projectRoot, ".workbook");
      const workbookId = readWorkbookId({ projectRoot, stateFolder });
      return openJournal({ stateFolder, target: "runpod", apiUrl: "https://api.runpod.io/v2", workbookId });
    };
    const rented = `workbook-${id}-abcdef`;
    journalIn(root).append({
      ...{ kind: "intent", stem: rented, creator: { pid: 17, startedAt: "then", host: "here" } },
      ...{ model: "org/model", gpuCount: 1, idleMinutes: null, keyFingerprint: "a:b" },
      deadlineAt: "2026-11-24T09:00:00.000Z",
    });
    const copy = join(folder, "copy");
    execFileSync("cp", ["-a", root, copy]);
    appendFileSync(journalIn(copy).path, `spoilt ${rented}\n`);
    assert.deepEqual([...journalIn(root).read().pods.keys()], [rented]);
    assert.deepEqual([...journalIn(copy).read().pods.keys()], []);
    const settings = { projectRoot: copy, stateFolder: join(copy, ".workbook") };
    assert.equal(describeOpenRealPods(settings), "");
  });
});
