// Which commands run in this checkout that use its Python packages, which Jupyter reads when it first needs them.

import { readdirSync, rmSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { identifyProcess, isProcessAlive, parseIdentity } from "../../lib/src/files/process-identity.mjs";
import { writeWhole } from "../../lib/src/files/write-whole.mjs";
import { unlessEnding } from "./child-processes.mjs";
import { inProject, readIfPresent } from "./project.mjs";

const lookAgainMs = 200;

/** Notes that this process runs a command, until it ends. @param {string} name */
export function noteCommand(name) {
  const file = inProject(".workbook", `${name}-${process.pid}.running`);
  writeWhole(file, JSON.stringify(identifyProcess()), { mode: 0o600 });
  process.on("exit", () => rmSync(file, { force: true }));
}

/** Lists the names of the commands that run. */
export function listCommands() {
  return readdirSync(inProject(".workbook")).flatMap((entry) => {
    const [, name] = /^([a-z]+)-\d+\.running$/.exec(entry) ?? [];
    if (name === undefined) return [];
    const identity = parseIdentity(readIfPresent(inProject(".workbook", entry)) ?? "");
    if (identity !== null && isProcessAlive(identity)) return [name];
    rmSync(inProject(".workbook", entry), { force: true });
    return [];
  });
}

/** Waits until no such command runs, and says for which it waits. @param {import("./progress.mjs").Progress} progress */
export async function untilNoCommandRuns(progress) {
  let told = "";
  for (let [name] = listCommands(); name !== undefined; [name] = listCommands()) {
    const command = name === "lab" ? "npm run lab" : `npm ${name}`;
    const toDo =
      name === "lab"
        ? "Save your notebooks and end it (Ctrl-C in its terminal); set-up then goes on by itself."
        : "Set-up goes on when it has ended.";
    if (told !== name)
      progress.say(
        `\`${command}\` runs in this folder and uses Python packages that set-up has to replace.\n${toDo}`,
      );
    told = name;
    await delay(lookAgainMs);
    await unlessEnding();
  }
}
