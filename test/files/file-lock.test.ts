import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { releaseLock, takeLock } from "../../lib/src/files/file-lock.mjs";
import { identifyProcess } from "../../lib/src/files/process-identity.mjs";
import { makeFolder } from "../helpers/environment.ts";

const own = identifyProcess();

describe("a lock", () => {
  test("is held by one until it is given back, and names who holds it", (t) => {
    const path = join(makeFolder(t), "deep", "lock");
    assert.equal(takeLock(path), null);
    assert.deepEqual(takeLock(path), own);
    releaseLock(path);
    assert.equal(existsSync(path), false);
    assert.equal(takeLock(path), null);
    assert.deepEqual(readdirSync(join(path, "..")), ["lock"]);
  });

  const stale = {
    "is empty": "",
    "is damaged": '{"pid":',
    "names no process": "null",
    "names a process that is gone": JSON.stringify({ ...own, pid: 2 ** 22 + 1 }),
    "names an earlier process with the id of a living one": JSON.stringify({ ...own, startedAt: "earlier" }),
    "comes from another machine": JSON.stringify({ ...own, host: "elsewhere.invalid" }),
  };
  for (const [how, content] of Object.entries(stale)) {
    test(`is taken over where it ${how}`, (t) => {
      const path = join(makeFolder(t), "lock");
      writeFileSync(path, content);
      assert.equal(takeLock(path), null);
      assert.deepEqual(JSON.parse(readFileSync(path, "utf8")), own);
    });
  }

  test("of somebody else is not given back by mistake", (t) => {
    const path = join(makeFolder(t), "lock");
    const other = identifyProcess(process.ppid);
    takeLock(path, other);
    releaseLock(path);
    assert.deepEqual(takeLock(path), other);
  });

  test("that cannot be written fails with the file system's own error, and leaves nothing", (t) => {
    const folder = makeFolder(t);
    writeFileSync(join(folder, "file"), "");
    assert.throws(() => takeLock(join(folder, "file", "lock")), { code: /ENOTDIR|EEXIST/ });
    mkdirSync(join(folder, "lock"));
    assert.throws(() => takeLock(join(folder, "lock")), { code: /EISDIR/ });
    assert.deepEqual(readdirSync(folder).sort(), ["file", "lock"]);
  });

  test("is never held by two of many that want it, some of which are killed while they hold it", async (t) => {
    const folder = makeFolder(t);
    const library = new URL("../../lib/src/files/file-lock.mjs", import.meta.url).href;
    const code = `import { appendFileSync } from "node:fs";
      import { setTimeout as delay } from "node:timers/promises";
      import { releaseLock, takeLock } from ${JSON.stringify(library)};
      for (let turn = 0; turn < 15; turn += 1) {
        while (takeLock("lock") !== null) await delay(1);
        appendFileSync("log", "in " + process.pid + "\\n");
        if (turn === 10 && process.argv[1] === "dies") process.kill(process.pid, "SIGKILL");
        await delay(1);
        appendFileSync("log", "out " + process.pid + "\\n");
        releaseLock("lock");
      }`;
    const children = ["dies", "lives", "dies", "lives"].map((fate) =>
      spawn(process.execPath, ["--input-type=module", "-e", code, fate], { cwd: folder, stdio: "inherit" }),
    );
    await Promise.all(children.map((child) => once(child, "exit")));
    const log = readFileSync(join(folder, "log"), "utf8").trim().split("\n");
    let holder: string | null = null;
    const dead = new Set<string>();
    for (const line of log) {
      const [what, pid = ""] = line.split(" ");
      if (what === "in") {
        // One that was killed never says that it is out.
        if (holder !== null) dead.add(holder);
        holder = pid;
      } else {
        assert.equal(pid, holder);
        holder = null;
      }
      assert.equal(dead.has(pid), false, "who was followed by another one holds it no more");
    }
    assert.equal(log.filter((line) => line.startsWith("in")).length, 2 * 15 + 2 * 11);
    // The last one may have been killed.
    assert.deepEqual(
      readdirSync(folder).filter((name) => name !== "lock"),
      ["log"],
    );
  });
});
