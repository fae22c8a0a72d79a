import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { makeFakeCheckout } from "./fake-checkout.ts";
import { type Aftermath, type Ending, endAfter } from "./interrupt-moments.ts";

const skip = process.platform !== "linux" && "finds processes by their environment, in /proc";

// Moments are counted in processes: a slower machine reaches the same ones, later. `npm run test:interrupts` tries more.
const isLong = process.env["WORKBOOK_TEST_INTERRUPTS"] !== undefined;

const commands = {
  lab: (t: TestContext, ending: Ending) =>
    endAfter(t, { command: ["lab", "--no-browser", "--ServerApp.port=0"], ...ending }),
  start: (t: TestContext, ending: Ending) => endAfter(t, { command: ["start"], ...ending }),
  test: (t: TestContext, ending: Ending) =>
    endAfter(t, { command: ["test", "rehearsal/rehearsal-process"], ...ending }),
  // A real one would change what other tests run on.
  setup(t: TestContext, ending: Ending) {
    const { root, environment } = makeFakeCheckout(t);
    const slow = { FAKE_NPM: "slow", FAKE_PIP: "slow", FAKE_VENV: "slow" };
    return endAfter(t, { command: ["setup"], root, environment: { ...environment, ...slow }, ...ending });
  },
} as const;

const moments: Record<keyof typeof commands, readonly number[]> = isLong
  ? {
      lab: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      start: [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 18, 20],
      setup: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
      test: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
    }
  : { lab: [6], start: [5, 10], setup: [4, 8], test: [6] };

function check({ exitCode, processes, locks, printed }: Aftermath): void {
  assert.deepEqual({ processes, locks }, { processes: [], locks: [] });
  assert.doesNotMatch(printed, /^ +at .*:\d+:\d+\)?$/m, "no stack");
  assert.equal(exitCode, 130);
}

describe("Ctrl-C", { skip }, () => {
  for (const name of ["lab", "start", "setup", "test"] as const) {
    for (const processes of moments[name]) {
      test(`leaves nothing of ${name} once ${processes} processes have started`, async (t) => {
        check(await commands[name](t, { processes, by: "Ctrl-C" }));
      });
    }
  }
});

describe("a launcher that is killed", { skip }, () => {
  const endings: readonly Ending["by"][] = ["SIGKILL", "SIGKILL of the group", "SIGHUP"];
  for (const by of isLong ? endings : endings.slice(0, 1)) {
    for (const processes of isLong ? [3, 5, 6, 7, 8] : [7]) {
      test(`by ${by} takes JupyterLab with it once ${processes} processes have started`, async (t) => {
        assert.deepEqual((await commands.lab(t, { processes, by })).processes, []);
      });
    }
    for (const processes of isLong ? [3, 5, 7, 9, 11] : [7]) {
      test(`by ${by} takes npm and pip with it once ${processes} processes have started`, async (t) => {
        assert.deepEqual((await commands.setup(t, { processes, by })).processes, []);
      });
    }
  }
});
