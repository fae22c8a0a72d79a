// The launcher's commands. Set-up runs on whatever Node started the launcher; what follows runs on the chosen one.

import { runInForeground } from "./child-processes.mjs";
import { LauncherError } from "./launcher-error.mjs";
import { createProgress } from "./progress.mjs";
import { inProject } from "./project.mjs";
import { setUp } from "./set-up.mjs";
import { runStage } from "./stage.mjs";

const usage = `Usage: node bin/workbook.mjs <command> [options]

  start          sets up what is missing, runs all notebooks and leaves reports   (npm start)
  lab            sets up what is missing and opens the notebooks in JupyterLab    (npm run lab)
  test           sets up what is missing and checks everything                    (npm test)
  setup          only sets up                                                     (npm run setup)
  run <file>     runs a TypeScript file of this project

  --verbose      also shows what the tools print while they set up`;

/** What each command needs, and the file that goes on under the chosen Node. */
const commands = {
  setup: { needsDevTools: false, stage: null },
  start: { needsDevTools: false, stage: "bin/launcher/start.mjs" },
  lab: { needsDevTools: false, stage: "bin/launcher/lab.mjs" },
  test: { needsDevTools: true, stage: "bin/launcher/test.mjs" },
  run: { needsDevTools: true, stage: null },
};

const startNotice = `This runs the whole workbook: it sets up what is missing, asks a language model, runs every notebook
and writes reports. The first time takes 2 to 4 minutes, later ones less than one.
Only package downloads leave this machine, unless WORKBOOK_TARGET names another target than the rehearsal.
`;

/**
 * Runs a command of the launcher.
 * @param {readonly string[]} commandLine
 */
export async function main(commandLine) {
  const [name = "", ...options] = commandLine;
  const command = Object.hasOwn(commands, name) ? commands[/** @type {keyof typeof commands} */ (name)] : null;
  if (command === null) {
    console.error(usage);
    process.exitCode = ["", "help", "--help", "-h"].includes(name) ? 0 : 1;
    return;
  }
  await runStage(async () => {
    // `npm start --verbose` does not hand the option on, but npm says in this way that it was given.
    const isVerbose = options.includes("--verbose") || process.env["npm_config_loglevel"] === "verbose";
    const rest = options.filter((option) => option !== "--verbose");
    if (name === "run" && rest.length === 0) throw new LauncherError("Say which file to run: workbook.mjs run <file>");
    if (name === "start") console.log(startNotice);
    const { needsDevTools, stage } = command;
    const { node } = await setUp({ progress: createProgress({ isVerbose }), needsDevTools });
    if (name === "setup") return 0;
    return runInForeground(node, stage === null ? rest : [inProject(stage), ...rest]);
  });
}
