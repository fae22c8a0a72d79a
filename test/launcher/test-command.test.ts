import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { z } from "zod";
import { type FakeCheckout, makeFakeCheckout } from "./fake-checkout.ts";

/** What an account, an endpoint or a wish of the user's looks like in the environment. */
const personal = {
  RUNPOD_API_KEY: "rpa_canary_not_a_key",
  RUNPOD_API_URL: "https://canary.invalid/v2",
  RUNPOD_ENDPOINT_KEY: "rpa_canary_not_a_key",
  OPENAI_API_KEY: "sk-canary_not_a_key",
  OPENAI_BASE_URL: "https://canary.invalid/v1",
  OPENAI_ORG_ID: "canary",
  HF_TOKEN: "hf_canary_not_a_key",
  HF_ENDPOINT: "https://canary.invalid",
  HUGGING_FACE_HUB_TOKEN: "hf_canary_not_a_key",
  SOME_SERVICE_API_KEY: "canary",
  MODEL: "canary",
  REHEARSAL_MODEL: "/canary.gguf",
  WORKBOOK_TARGET: "runpod",
  WORKBOOK_STATE: "/canary",
  WORKBOOK_MAX_USD_PER_HOUR: "99",
  WORKBOOK_SCALE_OUT: "yes",
};

const report = "console.log(JSON.stringify({ ran: process.argv[1], environment: process.env }));";

/** A checkout in which every stage of `npm test` tells its environment and does nothing else. */
function makeTestedCheckout(context: TestContext): FakeCheckout {
  const checkout = makeFakeCheckout(context);
  mkdirSync(join(checkout.root, "test/notebooks"), { recursive: true });
  writeFileSync(join(checkout.root, "test/notebooks/check-notebooks.ts"), report);
  writeFileSync(join(checkout.root, "test/notebooks/run-solved.ts"), report);
  writeFileSync(join(checkout.root, "test/kernel.test.ts"), report);
  writeFileSync(join(checkout.root, "test/other.test.ts"), report);
  return checkout;
}

const reportSchema = z.object({ ran: z.string(), environment: z.record(z.string(), z.string()) });

function reportsIn(stdout: string): z.output<typeof reportSchema>[] {
  const lines = stdout.split("\n").filter((line) => line.includes('{"ran":'));
  return lines.map((line) => reportSchema.parse(JSON.parse(line.slice(line.indexOf("{")))));
}

describe("npm test", () => {
  test("runs every stage without the user's keys, endpoints and targets", async (context) => {
    const checkout = makeTestedCheckout(context);
    const kept = { WORKBOOK_REQUIRE_BROWSER: "1", LANG: "C.UTF-8" };
    const { exitCode, stdout, stderr } = await checkout.run(["test"], {
      environment: { ...personal, ...kept },
    });
    assert.equal(exitCode, 0, stderr);
    const reports = reportsIn(stdout);
    assert.deepEqual(
      reports.map(({ ran }) => ran.slice(checkout.root.length + 1)),
      [
        "node_modules/@biomejs/biome/bin/biome",
        "node_modules/knip/bin/knip.js",
        "node_modules/typescript/bin/tsc",
        "test/notebooks/check-notebooks.ts",
        "test/notebooks/run-solved.ts",
        "test/kernel.test.ts",
        "test/other.test.ts",
      ],
    );
    assert.doesNotMatch(stdout, /canary/);
    for (const { environment } of reports) {
      assert.equal(environment["WORKBOOK_TARGET"], "rehearsal");
      assert.equal(environment["WORKBOOK_IGNORE_ENV_FILE"], "1");
      assert.match(environment["WORKBOOK_STATE"] ?? "", /\/checkout\/\.workbook\/test-\d+$/);
      assert.equal(
        environment["WORKBOOK_TEST_REPORTS"],
        join(environment["WORKBOOK_STATE"] ?? "", "reports"),
      );
      assert.deepEqual(
        Object.keys(environment).filter((name) => name in personal && !name.startsWith("WORKBOOK_")),
        [],
      );
      for (const [name, value] of Object.entries(kept)) assert.equal(environment[name], value);
    }
  });

  test("sums up every stage, also after one that failed, and then ends with 1", async (context) => {
    const checkout = makeTestedCheckout(context);
    writeFileSync(join(checkout.root, "test/notebooks/check-notebooks.ts"), "process.exitCode = 1;");
    const { exitCode, stdout } = await checkout.run(["test"]);
    assert.equal(exitCode, 1);
    assert.match(
      stdout,
      new RegExp(
        [
          "✓ format and lint +good +\\d.*",
          "✓ unused code +good +\\d.*",
          "✓ types +good +\\d.*",
          "✗ notebook cells +FAILED +\\d.*",
          "✓ notebooks run +good +\\d.*",
          "✓ tests +good +\\d.*",
        ].join("\n  "),
      ),
    );
  });

  test("leaves no state folder behind", async (context) => {
    const checkout = makeTestedCheckout(context);
    writeFileSync(
      join(checkout.root, "test/notebooks/run-solved.ts"),
      `import { mkdirSync } from "node:fs"; mkdirSync(process.env["WORKBOOK_STATE"], { recursive: true });`,
    );
    await checkout.run(["test"]);
    assert.equal(existsSync(join(checkout.root, ".workbook")), true);
    assert.deepEqual(readdirSync(join(checkout.root, ".workbook")), []);
  });

  test("quickly it leaves out the notebooks, and the tests that need Jupyter, a browser or the model", async (context) => {
    const checkout = makeTestedCheckout(context);
    mkdirSync(join(checkout.root, "test/jupyter"));
    writeFileSync(join(checkout.root, "test/jupyter/slow.test.ts"), report);
    const { exitCode, stdout } = await checkout.run(["test", "--quick"]);
    assert.equal(exitCode, 0);
    const ran = reportsIn(stdout).map((report) => report.ran.slice(checkout.root.length + 1));
    assert.deepEqual(ran.slice(-3), [
      "test/notebooks/check-notebooks.ts",
      "test/kernel.test.ts",
      "test/other.test.ts",
    ]);
    assert.equal(ran.length, 6);
    const part = await checkout.run(["test", "--quick", "other"]);
    assert.deepEqual(
      reportsIn(part.stdout).map((report) => report.ran.slice(checkout.root.length + 1)),
      ["test/other.test.ts"],
    );
  });

  test("with a part of a path runs only the tests that have it, without notebooks", async (context) => {
    const checkout = makeTestedCheckout(context);
    const { stdout } = await checkout.run(["test", "kernel"]);
    const reports = reportsIn(stdout);
    assert.deepEqual(
      reports.map(({ ran }) => ran.slice(checkout.root.length + 1)),
      ["test/kernel.test.ts"],
    );
    assert.equal(reports[0]?.environment["WORKBOOK_TEST_REPORTS"], undefined);
    const unknown = await checkout.run(["test", "nothing"]);
    assert.equal(unknown.exitCode, 1);
    assert.match(
      unknown.stderr,
      /No test file has "nothing" in its path\. There are:\n {2}test\/kernel\.test\.ts/,
    );
  });
});
