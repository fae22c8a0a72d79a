import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { makeFolder } from "../helpers/environment.ts";
import { findClosedPort } from "../helpers/local-server.ts";
import { isRunning, makeFakeCheckout, until } from "./fake-checkout.ts";

/** Settings of npm and pip that lead to an address at which nothing listens, once and without caches. */
async function nowhere(context: TestContext): Promise<Record<string, string>> {
  const address = `http://127.0.0.1:${await findClosedPort()}`;
  const folder = makeFolder(context);
  return {
    npm_config_registry: address,
    npm_config_replace_registry_host: "always",
    npm_config_fetch_retries: "0",
    npm_config_cache: join(folder, "npm"),
    npm_config_userconfig: join(folder, "npmrc"),
    PIP_CONFIG_FILE: "/dev/null",
    PIP_INDEX_URL: `${address}/simple`,
    PIP_RETRIES: "0",
    PIP_NO_CACHE_DIR: "1",
  };
}

describe("a package registry that cannot be reached", () => {
  test("npm itself: which manager, at which step, and what to do", async (context) => {
    const checkout = makeFakeCheckout(context, ["python3", "real npm"]);
    const { exitCode, stdout, stderr } = await checkout.run(["setup"], {
      environment: await nowhere(context),
    });
    assert.equal(exitCode, 1);
    assert.match(stdout, /✗ npm packages: failed/);
    assert.match(
      stderr,
      /npm could not reach its package registry while it was installing the npm packages\.\n/,
    );
    assert.match(stderr, /npm's settings \(npm config list\)\. Then run the same command again/);
    assert.match(stderr, /ECONNREFUSED/);
  });

  test("pip itself; npm, which was installing beside it, is ended", async (context) => {
    const checkout = makeFakeCheckout(context, ["real python3", "npm"]);
    const environment = { ...(await nowhere(context)), FAKE_NPM: "hang" };
    const { exitCode, stdout, stderr } = await checkout.run(["setup"], { environment });
    assert.equal(exitCode, 1);
    assert.match(stdout, /✓ Python environment in \.venv/);
    assert.match(stdout, /✗ JupyterLab and nbconvert: failed/);
    assert.match(
      stderr,
      /pip could not reach its package registry while it was installing JupyterLab and nbconvert\./,
    );
    assert.match(stderr, /pip's settings \(pip config list, HTTPS_PROXY\)/);
    const hanging = checkout.calls().find((call) => call.startsWith("hanging"));
    const pids = (hanging ?? "").split(" ").slice(1).map(Number);
    for (const pid of pids) await until(() => !isRunning(pid) || undefined);
  });

  test("pip on an older Node, before anything else", async (context) => {
    const checkout = makeFakeCheckout(context, ["python3", "npm"]);
    const options = { environment: { FAKE_PIP: "refuse" }, pretend: { node: "20.19.4" } };
    const { exitCode, stderr } = await checkout.run(["setup"], options);
    assert.equal(exitCode, 1);
    assert.match(stderr, /pip could not reach its package registry while it was installing Node 24/);
    assert.deepEqual(
      checkout.calls().filter((call) => call.startsWith("npm")),
      [],
    );
  });

  test("uv", async (context) => {
    const checkout = makeFakeCheckout(context, ["python3", "npm", "uv"]);
    await checkout.run(["setup"]);
    rmSync(join(checkout.root, ".venv/workbook-setup/requirements.txt"));
    const { exitCode, stderr } = await checkout.run(["setup"], { environment: { FAKE_UV: "refuse" } });
    assert.equal(exitCode, 1);
    assert.match(
      stderr,
      /uv could not reach its package registry while it was installing JupyterLab and nbconvert\./,
    );
    assert.match(stderr, /uv's settings \(uv\.toml, UV_DEFAULT_INDEX\)/);
  });
});
