import { inProject } from "../set-up/project.mjs";

/** Names of variables that lead to an account, an endpoint, a model or a state folder of the user's. */
const personal =
  /^(RUNPOD|OPENAI|HF|HUGGING_?FACE|WORKBOOK)_|KEY|TOKEN|SECRET|PASSWORD|^(REHEARSAL_)?MODEL$/i;

/** What says how to test, and nothing about anybody's account. */
const aboutTests = ["WORKBOOK_REQUIRE_BROWSER", "RUNPOD_OPENAPI"];

/**
 * Returns the environment in which `npm test` runs everything: the inherited one without anything personal, no `.env`,
 * the rehearsal as target, and a state folder of its own.
 *
 * What Node compiles is kept from one process to the next: most of a short test is loading the same modules again.
 */
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
    NODE_COMPILE_CACHE: inProject("node_modules/.cache/compiled"),
    WORKBOOK_IGNORE_ENV_FILE: "1",
    WORKBOOK_TARGET: "rehearsal",
    WORKBOOK_STATE: stateFolder,
    ...(reportsFolder === null ? {} : { WORKBOOK_TEST_REPORTS: reportsFolder }),
  };
}
