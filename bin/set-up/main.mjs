// Runs a command of the launcher: set-up on whatever Node started it, what follows on the chosen one.

import { runInForeground } from "./child-processes.mjs";
import { parseCommandLine, usage } from "./command-line.mjs";
import { LauncherError } from "./launcher-error.mjs";
import { createProgress } from "./progress.mjs";
import { inProject } from "./project.mjs";
import { noteCommand } from "./running-commands.mjs";
import { setUp } from "./set-up.mjs";
import { runStage } from "./stage.mjs";

const startNotice = `This runs the whole workbook: it sets up what is missing, asks a language model, runs every notebook
and writes reports. The first time takes 2 to 5 minutes, later times about 2; a slow server of your own takes longer.
Only package downloads leave this machine, unless WORKBOOK_TARGET names another target than the rehearsal.
`;

/** @param {readonly string[]} commandLine */
export async function main(commandLine) {
  const { name, complaint, isHelp, isVerbose, needsDevTools, usesPython, rest } =
    parseCommandLine(commandLine);
  if (isHelp) return console.log(usage);
  if (complaint !== null) {
    console.error(`${complaint}\n\n${usage}`);
    process.exitCode = 1;
    return;
  }
  await runStage(async () => {
    checkPlatform();
    if (name === "start") console.log(startNotice);
    const { node } = await setUp({ progress: createProgress({ isVerbose }), needsDevTools });
    if (name === "setup") return 0;
    if (usesPython) noteCommand(name);
    const file = name === "run" ? [] : [inProject("bin/commands", `${name}.ts`)];
    return runInForeground(node, [...file, ...rest]);
  });
}

/** @throws LauncherError on native Windows. */
function checkPlatform() {
  if (process.platform !== "win32") return;
  throw new LauncherError(
    "The workbook does not run on Windows itself, but it should in WSL2 (Windows' own Linux).\n" +
      "Install it with `wsl --install` in PowerShell, open Ubuntu, clone the repository there, and run the same command.",
  );
}
