import { identifyProcess } from "../../lib/src/files/process-identity.mjs";
import { inProject } from "../set-up/project.mjs";

/** Names of variables that lead to an account, an endpoint, a model or a state folder of the user's. */
const personal =
  /^(RUNPOD|OPENAI|HF|HUGGING_?FACE|WORKBOOK)_|KEY|TOKEN|SECRET|PASSWORD|^(REHEARSAL_)?MODEL$/i;

/** What says how to test, and nothing about anybody's account. */
const aboutTests = ["WORKBOOK_REQUIRE_BROWSER", "RUNPOD_OPENAPI"];

/** Returns the environment of all tests: without anything personal, and with a state folder of its own. */
export function testEnvironment(folders: {
  stateFolder: string;
  /** Where the notebooks' reports of this run are; null where it makes none. */
  reportsFolder: string | null;
}): NodeJS.ProcessEnv {
  const { stateFolder, reportsFolder } = folders;
  const kept = Object.entries(process.env).filter(
    ([name]) => aboutTests.includes(name) || !personal.test(name),
  );
  return {
    ...Object.fromEntries(kept),
    // Most of a short test is loading the same modules again.
    NODE_COMPILE_CACHE: inProject("node_modules/.cache/compiled"),
    WORKBOOK_IGNORE_ENV_FILE: "1",
    WORKBOOK_TARGET: "rehearsal",
    WORKBOOK_STATE: stateFolder,
    // What tests start and leave behind ends with the command.
    WORKBOOK_COMMAND: JSON.stringify(identifyProcess()),
    ...(reportsFolder === null ? {} : { WORKBOOK_TEST_REPORTS: reportsFolder }),
  };
}
