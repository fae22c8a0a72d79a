import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { takeLock } from "../../lib/src/files/file-lock.mjs";
import { describeFileProblem } from "../../lib/src/files/file-problem.mjs";
import { writeWhole } from "../../lib/src/files/write-whole.mjs";
import { makeFolder } from "../helpers/environment.ts";
import { mountSmallDisk } from "../helpers/small-disk.ts";

/** What the problem is of whatever the work throws. */
function problemOf(work: () => unknown): string | undefined {
  try {
    work();
  } catch (error) {
    return describeFileProblem(error)?.problem;
  }
  return "none";
}

describe("an error of the file system", () => {
  test("is told in words, with the file", (t) => {
    const folder = makeFolder(t);
    writeFileSync(join(folder, "file"), "");
    mkdirSync(join(folder, "folder"));
    assert.equal(
      problemOf(() => writeFileSync(join(folder, "file/inside"), "")),
      `${folder}/file/inside could not be opened or written: a part of this path is a file and no folder (ENOTDIR).`,
    );
    assert.equal(
      problemOf(() => writeFileSync(join(folder, "folder"), "")),
      `${folder}/folder could not be opened or written: it is a folder where a file belongs (EISDIR).`,
    );
    assert.equal(
      problemOf(() => takeLock(join(folder, "folder"))),
      `${folder}/folder could not be opened or written: it is a folder where a file belongs (EISDIR).`,
    );
    symlinkSync(join(folder, "gone"), join(folder, "link"));
    assert.equal(
      problemOf(() => writeWhole(join(folder, "link/inside"), "")),
      `${folder}/link could not be opened or written: a part of this path is not there, or is a link to nothing (ENOENT).`,
    );
  });

  test("is not made of what others say with the same codes", () => {
    assert.equal(
      problemOf(() => process.kill(1.5, 0)),
      undefined,
    );
    assert.equal(describeFileProblem(spawnSync("/", []).error), null);
    for (const thrown of [null, "ENOSPC", { code: "ENOSPC" }, new Error("ENOSPC")])
      assert.equal(describeFileProblem(thrown), null);
  });

  test("on a full or a locked disk names the file, and leaves no half of it", (t) => {
    const disk = mountSmallDisk(t);
    if (disk === null) return;
    const file = join(disk.folder, "stamp");
    writeWhole(file, "before");
    disk.fill();
    assert.equal(
      problemOf(() => writeWhole(file, "after")),
      `${file} could not be opened or written: the disk is full (ENOSPC).`,
    );
    assert.equal(readFileSync(file, "utf8"), "before");
    disk.empty();
    assert.deepEqual(readdirSync(disk.folder), ["stamp"]);
    writeWhole(file, "after");
    disk.lock();
    assert.match(
      problemOf(() => writeWhole(file, "never")) ?? "",
      /a disk that can only be read \(EROFS\)\.$/,
    );
    assert.equal(readFileSync(file, "utf8"), "after");
  });
});

describe("a file that is written whole", () => {
  test("gets its folders and its mode, and nothing beside it", (t) => {
    const file = join(makeFolder(t), "deep", "file");
    writeWhole(file, "text", { mode: 0o600 });
    assert.equal(readFileSync(file, "utf8"), "text");
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(join(file, "..")), ["file"]);
  });
});
