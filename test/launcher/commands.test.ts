import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { makeFakeCheckout } from "./fake-checkout.ts";

describe("the launcher's commands", () => {
  test("asked for help they show the usage and set nothing up", async (context) => {
    const checkout = makeFakeCheckout(context);
    for (const command of [[], ["--help"], ["-h"], ["help"], ["start", "--help"], ["lab", "-h"]]) {
      const { exitCode, stdout, stderr } = await checkout.run(command);
      assert.deepEqual([exitCode, stderr], [0, ""]);
      assert.match(stdout, /^Usage: node bin\/workbook\.mjs <command> \[options\]\n/);
    }
    assert.deepEqual(checkout.calls(), []);
  });

  test("misused they say how, show the usage and end with 1, before anything is set up", async (context) => {
    const checkout = makeFakeCheckout(context);
    const misuses: [command: string[], complaint: string][] = [
      [["strat"], 'There is no command "strat".'],
      [["constructor"], 'There is no command "constructor".'],
      [["start", "--verbos"], '"start" does not take: --verbos'],
      [["setup", "now"], '"setup" does not take: now'],
      [["test", "one", "two"], '"test" does not take: one two'],
      [["run"], "Say which file to run."],
    ];
    for (const [command, complaint] of misuses) {
      const { exitCode, stdout, stderr } = await checkout.run(command);
      assert.deepEqual([exitCode, stdout], [1, ""]);
      assert.ok(stderr.startsWith(`${complaint}\n\nUsage: `), stderr);
    }
    assert.deepEqual(checkout.calls(), []);
  });

  test("run hands everything behind the file to it, and its exit code back", async (context) => {
    const checkout = makeFakeCheckout(context);
    const file = join(checkout.root, "echo.ts");
    writeFileSync(
      file,
      "console.log(JSON.stringify(process.argv.slice(2))); process.exitCode = 3 as number;",
    );
    const { exitCode, stdout } = await checkout.run(["run", "echo.ts", "--help", "--verbose"]);
    assert.equal(exitCode, 3);
    assert.equal(stdout.trimEnd().split("\n").at(-1), '["--help","--verbose"]');
  });

  test("--verbose shows what the tools print, and npm's own --verbose too", async (context) => {
    const checkout = makeFakeCheckout(context);
    const environment = { FAKE_PIP: "fail" };
    const asOption = await checkout.run(["setup", "--verbose"], { environment });
    assert.match(asOption.stderr, /^the disk is full$/m);
    const asSetting = await checkout.run(["setup"], {
      environment: { ...environment, npm_config_loglevel: "verbose" },
    });
    assert.match(asSetting.stderr, /^the disk is full$/m);
    const without = await checkout.run(["setup"], { environment });
    assert.match(without.stderr, /^\n {4}the disk is full\n\npip could not install/);
  });
});
