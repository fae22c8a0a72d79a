import assert from "node:assert/strict";
import { test } from "node:test";
import { isNodeRecent } from "../../bin/set-up/node-runtime.mjs";

test("Node is recent enough from 24 on", () => {
  const versions = ["18.20.8", "20.19.4", "22.20.1", "23.11.1", "24.0.0", "24.19.0", "100.0.0"];
  assert.deepEqual(
    versions.filter((version) => isNodeRecent(version)),
    ["24.0.0", "24.19.0", "100.0.0"],
  );
  assert.equal(isNodeRecent("24.0.0-rc.1"), true);
});
