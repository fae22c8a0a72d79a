import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LauncherError } from "../../bin/set-up/launcher-error.mjs";
import { installFromRegistry } from "../../bin/set-up/registry.mjs";

describe("an installation that cannot write says so, and not that it should just be tried again", () => {
  for (const line of [
    "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
    "ERROR: Could not install packages due to an OSError: [Errno 30] Read-only file system: '/home/me/x'",
    "npm error nospc ENOSPC: no space left on device, write",
    "npm error enoent fetch failed: ENOENT: no such file or directory, mkdir '/home/me/.npm'",
    "npm error Error: EACCES: permission denied, mkdir '/home/me/.npm/_cacache'",
    "  Caused by: Disk quota exceeded (os error 122)",
  ])
    test(line, async () => {
      const failure = new LauncherError("it ended with exit code 1", { lastLines: [line] });
      const subject = { tool: "npm", what: "the npm packages", settings: "npm config list" };
      await assert.rejects(
        installFromRegistry(subject, () => Promise.reject(failure)),
        (error: LauncherError) => {
          assert.match(
            error.message,
            /^npm could not write to the disk while it was installing the npm packages/,
          );
          assert.match(error.message, /Make room there or allow it to write/);
          assert.deepEqual(error.lastLines, [line]);
          return true;
        },
      );
    });
});
