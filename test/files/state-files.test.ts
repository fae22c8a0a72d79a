import assert from "node:assert/strict";
import { mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { writeStateFile } from "../../lib/src/files/state-files.ts";
import { openJournal } from "../../lib/src/runpod/journal/journal.ts";
import { readWorkbookId } from "../../lib/src/runpod/journal/workbook-id.ts";
import { makeFolder } from "../helpers/environment.ts";

describe("what the state folder holds", () => {
  test("is for its owner's eyes only, whatever the umask", (context) => {
    const before = process.umask(0);
    context.after(() => process.umask(before));
    const projectRoot = makeFolder(context);
    const stateFolder = join(projectRoot, ".workbook");
    readWorkbookId({ projectRoot, stateFolder });
    const journal = openJournal({ stateFolder, target: "runpod", apiUrl: "https://api.runpod.io/v2" });
    journal.append({ kind: "ready", stem: "workbook-0123456789-abcdef" });
    writeStateFile(join(stateFolder, "deeper/still/file.json"), "{}");
    const all = readdirSync(stateFolder, { recursive: true, encoding: "utf8" });
    assert.equal(all.length, 7);
    for (const name of [".", ...all]) assert.equal(statSync(join(stateFolder, name)).mode & 0o077, 0, name);
  });

  test("stays as it was where a file cannot be written", (context) => {
    const folder = makeFolder(context);
    mkdirSync(join(folder, "file"));
    assert.throws(() => writeStateFile(join(folder, "file"), "text"));
    assert.deepEqual(readdirSync(folder), ["file"]);
  });
});
