import assert from "node:assert/strict";
import { test } from "node:test";
import { isNodeRecent } from "../../bin/set-up/node-runtime.mjs";

test("Node is recent enough from 22.18 on", () => {
  const versions = [
    "18.20.8",
    "20.19.4",
    "22.0.0",
    "22.17.9",
    "22.18.0",
    "22.20.1",
    "23.0.0",
    "24.19.0",
    "100.0.0",
  ];
  assert.deepEqual(
    versions.filter((version) => isNodeRecent(version)),
    ["22.18.0", "22.20.1", "23.0.0", "24.19.0", "100.0.0"],
  );
  assert.equal(isNodeRecent("24.0.0-rc.1"), true);
});
