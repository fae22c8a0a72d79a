// The launcher's commands. Set-up runs on whatever Node started the launcher; what follows runs on the chosen one.

import { runInForeground } from "./child-processes.mjs";
import { createProgress } from "./progress.mjs";
import { inProject } from "./project.mjs";
import { setUp } from "./set-up.mjs";
import { runStage } from "./stage.mjs";

const usage = `Usage: node bin/workbook.mjs <command> [options]

  start          sets up what is missing, runs all notebooks and leaves reports   (npm start)
  lab            sets up what is missing and opens the notebooks in JupyterLab    (npm run lab)
  test           sets up what is missing and checks everything                    (npm test)
  setup          only sets up                                                     (npm run setup)
  pods           shows what runs on the account, and what stays and costs         (npm run pods)
  teardown       ends every pod and endpoint of this workbook, and verifies it    (npm run teardown)
  run <file>     runs a TypeScript file of this project

  --yes          start: rents without asking, where a GPU is the target;
                 pods: deletes without asking what this workbook left on the account
  --verbose      also shows what the tools print while they set up
  --help         shows this

npm hands options on after two dashes: npm test -- kernel runs the tests with "kernel" in their path,
npm run lab -- --no-browser passes the option to JupyterLab.`;

/** What each command needs, which arguments or how many it takes, and the file that goes on under the chosen Node. */
const commands = {
  setup: { needsDevTools: false, takes: [], stage: null },
  start: { needsDevTools: false, takes: ["--yes"], stage: "bin/commands/start.mjs" },
  lab: { needsDevTools: false, takes: Infinity, stage: "bin/commands/lab.mjs" },
  test: { needsDevTools: true, takes: 1, stage: "bin/commands/test.mjs" },
  pods: { needsDevTools: false, takes: ["--yes"], stage: "bin/commands/pods.mjs" },
  teardown: { needsDevTools: false, takes: [], stage: "bin/commands/teardown.mjs" },
  run: { needsDevTools: true, takes: Infinity, stage: null },
};

const helpOptions = ["--help", "-h"];

const startNotice = `This runs the whole workbook: it sets up what is missing, asks a language model, runs every notebook
and writes reports. The first time takes 2 to 4 minutes, later ones under two.
Only package downloads leave this machine, unless WORKBOOK_TARGET names another target than the rehearsal.
`;

/**
 * Runs a command of the launcher.
 * @param {readonly string[]} commandLine
 */
export async function main(commandLine) {
  const [name = "", ...given] = commandLine;
  const command = Object.hasOwn(commands, name)
    ? commands[/** @type {keyof typeof commands} */ (name)]
    : null;
  // What stands behind a file to run is that file's.
  const options = name === "run" ? [] : given;
  const rest = given.filter((option) => name === "run" || option !== "--verbose");
  const isHelp =
    ["", "help", ...helpOptions].includes(name) || options.some((option) => helpOptions.includes(option));
  if (isHelp) {
    console.log(usage);
    return;
  }
  const refused = command === null ? [] : listRefused(command.takes, rest);
  if (command === null || refused.length > 0 || (name === "run" && rest.length === 0)) {
    console.error(`${describeMisuse({ name, command, refused })}\n\n${usage}`);
    process.exitCode = 1;
    return;
  }
  await runStage(async () => {
    // `npm start --verbose` does not hand the option on, but npm says in this way that it was given.
    const isVerbose = options.includes("--verbose") || process.env["npm_config_loglevel"] === "verbose";
    if (name === "start") console.log(startNotice);
    const { needsDevTools, stage } = command;
    const { node } = await setUp({ progress: createProgress({ isVerbose }), needsDevTools });
    if (name === "setup") return 0;
    return runInForeground(node, stage === null ? rest : [inProject(stage), ...rest]);
  });
}

/**
 * @param {number | readonly string[]} takes
 * @param {readonly string[]} given
 */
function listRefused(takes, given) {
  if (typeof takes === "number") return given.length > takes ? given : [];
  return given.filter((option) => !takes.includes(option));
}

/** @param {{ name: string, command: object | null, refused: readonly string[] }} commandLine */
function describeMisuse({ name, command, refused }) {
  if (command === null) return `There is no command "${name}".`;
  if (refused.length > 0) return `"${name}" does not take: ${refused.join(" ")}`;
  return "Say which file to run.";
}
