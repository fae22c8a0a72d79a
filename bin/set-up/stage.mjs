import { describeFileProblem } from "../../lib/src/files/file-problem.mjs";
import { tidyEnvironment } from "./child-environment.mjs";
import { endChildren, endOnInterrupt, isInterrupted } from "./child-processes.mjs";
import { parseCommandLine } from "./command-line.mjs";
import { LauncherError } from "./launcher-error.mjs";

/** @typedef {ReturnType<typeof parseCommandLine>} CommandLine */

/**
 * Runs a command with the options of this process; it returns the exit code.
 * @param {string} name
 * @param {(options: CommandLine) => Promise<number>} work
 */
export async function runCommand(name, work) {
  await runStage(async () => {
    const options = parseCommandLine([name, ...process.argv.slice(2)]);
    if (options.complaint !== null) throw new LauncherError(options.complaint);
    return work(options);
  });
}

/** Runs one stage, which returns the exit code; a failure is printed for people. @param {() => Promise<number>} work */
export async function runStage(work) {
  tidyEnvironment(process.env);
  endOnInterrupt();
  const fail = async (/** @type {unknown} */ error) => {
    // Somebody wanted it to end: what breaks off now is no failure, and the clean-up goes on.
    if (isInterrupted()) return new Promise(() => {});
    process.exitCode = 1;
    printFailure(error);
    await endChildren();
  };
  // A fault in the launcher itself must not leave its children behind either.
  process.on("uncaughtException", (error) => void fail(error).finally(() => process.exit()));
  await work().then((exitCode) => {
    process.exitCode = exitCode;
  }, fail);
}

/** @param {unknown} error */
function printFailure(error) {
  const file = describeFileProblem(error);
  if (file !== null) {
    console.error(`\n${file.problem}\n${file.remedy}`);
    return;
  }
  if (!(error instanceof LauncherError)) {
    // Errors of the library print as one paragraph; anything else is a fault of ours, with its stack.
    console.error("\n%O", error);
    return;
  }
  const lastLines = error.lastLines.map((line) => `    ${line}`);
  console.error(["", ...lastLines, ...(lastLines.length > 0 ? [""] : []), error.message].join("\n"));
}
