import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startRehearsal } from "../../rehearsal/src/index.ts";
import { makeFolder } from "../helpers/environment.ts";

const pods = fileURLToPath(new URL("../../bin/commands/pods.ts", import.meta.url));

describe("npm run pods", () => {
  test("shows what runs also where the key may not see what else there is", async (t) => {
    const rehearsal = await startRehearsal({ engine: "timed" });
    t.after(() => rehearsal.close());
    rehearsal.addFault({ kind: "api-error", status: 403, operation: "listNetworkVolumes" });
    const environment = {
      ...process.env,
      WORKBOOK_IGNORE_ENV_FILE: "1",
      WORKBOOK_TARGET: "runpod",
      WORKBOOK_STATE: join(makeFolder(t), "state"),
      RUNPOD_API_KEY: "rpa_canary_not_a_key",
      RUNPOD_API_URL: rehearsal.runpodApiUrl,
      RUNPOD_PROXY_URL: rehearsal.runpodProxyUrl,
    };
    const { promise, resolve } = Promise.withResolvers<{ failed: boolean; stdout: string; stderr: string }>();
    execFile(process.execPath, [pods], { env: environment }, (error, stdout, stderr) =>
      resolve({ failed: error !== null, stdout, stderr }),
    );
    const { failed, stdout, stderr } = await promise;
    assert.match(stdout, /No pod runs on this account\./);
    assert.match(stderr, /GET \/network-volumes/);
    assert.equal(failed, true);
  });
});
