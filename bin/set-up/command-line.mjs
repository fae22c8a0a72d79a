// The command line: which commands there are, what each takes, and the one parser of it.

import { parseArgs } from "node:util";

export const usage = `Usage: node bin/workbook.mjs <command> [options]

  start          sets up what is missing, runs all notebooks and writes reports   (npm start)
  lab            sets up what is missing and opens the notebooks in JupyterLab    (npm run lab)
  test           sets up what is missing and checks everything                    (npm test)
  setup          only sets up                                                     (npm run setup)
  pods           shows what runs on the account and what it costs                 (npm run pods)
  teardown       ends every pod and endpoint of this workbook, and verifies it    (npm run teardown)
  run <file>     runs a TypeScript file of this project

  --yes          start: rents without asking, where a GPU is the target;
                 pods: deletes without asking what this workbook left on the account
  --reports <folder>
                 start: writes the reports there, in place of reports/
  --quick        test: leaves out what needs Jupyter, a browser or the model
  --verbose      also shows what the tools print while they set up
  --help         shows this

npm hands options on after two dashes: npm test -- kernel runs the tests with "kernel" in their path,
npm run lab -- --no-browser passes the option to JupyterLab.`;

/** @typedef {{ options: readonly string[], arguments: number, passesOn?: boolean, needsDevTools?: boolean, usesPython?: boolean }} Command */

/**
 * Which options each command takes besides `--verbose` and `--help`, how many arguments, and whether the rest goes on to
 * the program that it starts.
 * @type {Readonly<Record<string, Command>>}
 */
const commands = {
  setup: { options: [], arguments: 0 },
  start: { options: ["yes", "reports", "notebooks"], arguments: 0, usesPython: true },
  lab: { options: [], arguments: 0, passesOn: true, usesPython: true },
  test: { options: ["quick"], arguments: 1, needsDevTools: true, usesPython: true },
  pods: { options: ["yes"], arguments: 0 },
  teardown: { options: [], arguments: 0 },
  run: { options: [], arguments: 1, passesOn: true, needsDevTools: true },
};

/** Reads the command's name and what stands behind it. @param {readonly string[]} commandLine */
export function parseCommandLine([name = "", ...given]) {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  const { values, positionals, tokens } = parseArgs({
    // What stands behind a file to run is that file's.
    args: name === "run" ? given.slice(0, 1) : given,
    options: {
      yes: { type: "boolean", default: false },
      quick: { type: "boolean", default: false },
      verbose: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
      reports: { type: "string" },
      notebooks: { type: "string" },
    },
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const known = ["verbose", "help", ...(command?.options ?? [])];
  const refused = tokens.flatMap((token) => {
    if (token.kind === "option") return known.includes(token.name) ? [] : [token.rawName];
    if (token.kind === "option-terminator") return ["--"];
    return positionals.length > (command?.arguments ?? 0) ? [token.value] : [];
  });
  return {
    name,
    complaint: describeMisuse({ name, command, given, refused }),
    isHelp: name === "" || ["help", "--help", "-h"].includes(name) || values.help === true,
    // `npm start --verbose` does not hand the option on, but npm says in this way that it was given.
    isVerbose: values.verbose === true || process.env["npm_config_loglevel"] === "verbose",
    isQuick: values.quick === true,
    isConfirmed: values.yes === true,
    reportsFolder: typeof values.reports === "string" ? values.reports : undefined,
    notebooksFolder: typeof values.notebooks === "string" ? values.notebooks : undefined,
    needsDevTools: command?.needsDevTools === true,
    usesPython: command?.usesPython === true,
    argument: positionals[0] ?? null,
    /** What the command itself is started with. */
    rest: name === "run" ? given : given.filter((option) => option !== "--verbose"),
  };
}

/** @param {{ name: string, command: Command | undefined, given: readonly string[], refused: readonly string[] }} misuse */
function describeMisuse({ name, command, given, refused }) {
  if (command === undefined) return `There is no command "${name}".`;
  if (name === "run" && given.length === 0) return "Say which file to run.";
  if (command.passesOn || refused.length === 0) return null;
  return `"${name}" does not take: ${refused.join(" ")}`;
}
