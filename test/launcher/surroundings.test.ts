import assert from "node:assert/strict";
import { renameSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { makeFakeCheckout } from "./fake-checkout.ts";

describe("bad surroundings end with a clear message and exit code 1", () => {
  test("Node older than 20", async (context) => {
    const checkout = makeFakeCheckout(context);
    const { exitCode, stdout, stderr } = await checkout.run(["start"], { pretend: { node: "18.20.8" } });
    assert.deepEqual([exitCode, stdout], [1, ""]);
    assert.equal(
      stderr,
      "The workbook needs Node 20 or newer to start; this is Node 18.20.8.\n" +
        "Install a current Node from https://nodejs.org (or with your version manager), then run the same command again.\n",
    );
    assert.deepEqual(checkout.calls(), []);
  });

  test("native Windows", async (context) => {
    const checkout = makeFakeCheckout(context);
    const { exitCode, stderr } = await checkout.run(["start"], { pretend: { platform: "win32" } });
    assert.equal(exitCode, 1);
    assert.match(stderr, /does not run on Windows itself, but it should in WSL2/);
    assert.match(stderr, /wsl --install/);
    assert.deepEqual(checkout.calls(), []);
  });

  test("no Python at all", async (context) => {
    const checkout = makeFakeCheckout(context, ["npm"]);
    const { exitCode, stderr } = await checkout.run(["start"]);
    assert.equal(exitCode, 1);
    assert.match(stderr, /needs Python 3\.10 or newer for Jupyter; no Python 3 was found on the PATH\./);
    assert.match(stderr, /sudo apt install python3 python3-venv/);
  });

  test("only an older Python", async (context) => {
    const checkout = makeFakeCheckout(context);
    const { exitCode, stderr } = await checkout.run(["start"], {
      environment: { FAKE_PYTHON_VERSION: "3.9" },
    });
    assert.equal(exitCode, 1);
    assert.match(stderr, /needs Python 3\.10 or newer for Jupyter; found only 3\.9 at .*\/path\/python3\./);
  });

  test("a Python that cannot make virtual environments", async (context) => {
    const checkout = makeFakeCheckout(context);
    const environment = { FAKE_PYTHON_WITHOUT_VENV: "1" };
    const { exitCode, stderr } = await checkout.run(["start"], { environment });
    assert.equal(exitCode, 1);
    assert.match(stderr, /Python 3\.11 \(.*\/path\/python3\) cannot make virtual environments/);
    assert.match(stderr, /sudo apt install python3-venv \(or python3\.11-venv for just this one\)/);
    assert.deepEqual(checkout.calls(), []);
  });

  const oddPythons: [what: string, script: string, problem: RegExp][] = [
    [
      "that prints a text and is content",
      "echo Hello.",
      /found only python3, which does not answer as Python does/,
    ],
    ["that is broken", "exit 3", /found only python3, which ended with exit code 3/],
    ["that hangs", "sleep 600", /found only python3, which gave no answer within 30 seconds/],
  ];
  for (const [what, script, problem] of oddPythons) {
    test(`a Python ${what}, and the next one is taken where there is one`, async (context) => {
      const checkout = makeFakeCheckout(context);
      const path = join(dirname(checkout.root), "path");
      renameSync(join(path, "python3"), join(path, "kept"));
      writeFileSync(join(path, "python3"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
      // For `sleep` and nothing else.
      symlinkSync("/bin/sleep", join(path, "sleep"));
      const { exitCode, stderr } = await checkout.run(["setup"]);
      assert.equal(exitCode, 1);
      assert.match(stderr, problem);
      if (script.startsWith("sleep")) return;
      renameSync(join(path, "kept"), join(path, "python3.12"));
      assert.equal((await checkout.run(["setup"])).exitCode, 0);
    });
  }

  test("a setting of pip that puts packages elsewhere", async (context) => {
    const checkout = makeFakeCheckout(context);
    const file = join(dirname(checkout.root), "pip.conf");
    writeFileSync(
      file,
      "[global]\nindex-url = https://mirror.example/simple\n[install]\ntarget = /elsewhere\n",
    );
    const { exitCode, stderr } = await checkout.run(["setup"], { environment: { PIP_CONFIG_FILE: file } });
    assert.equal(exitCode, 1);
    assert.match(
      stderr,
      /pip's setting "target" in .*pip\.conf would put the packages elsewhere than in \.venv/,
    );
    assert.match(stderr, /PIP_CONFIG_FILE=\/dev\/null/);
  });

  test("no npm beside a recent Node", async (context) => {
    const checkout = makeFakeCheckout(context, ["python3"]);
    const { exitCode, stderr } = await checkout.run(["setup"]);
    assert.equal(exitCode, 1);
    assert.match(stderr, /npm could not be started/);
  });
});

describe("uv", () => {
  test("makes and fills the environment where it is installed, also with a Python without venv", async (context) => {
    const checkout = makeFakeCheckout(context, ["python3", "npm", "uv"]);
    const environment = { FAKE_PYTHON_WITHOUT_VENV: "1" };
    const { exitCode, stderr } = await checkout.run(["setup"], { environment });
    assert.equal(exitCode, 0, stderr);
    const [venv = "", ...installs] = checkout.calls().filter((call) => !call.startsWith("npm"));
    assert.match(venv, /^uv venv .*\.venv$/);
    // Jupyter, the rehearsal's model, and the router.
    assert.equal(installs.length, 3);
    for (const call of installs)
      assert.match(call, /^uv pip install --python .*\.venv\/bin\/python .*--require-hashes/);
  });
});
