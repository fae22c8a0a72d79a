// Compares the tables of lib/data with their sources, without any network: npm run facts -- <folder of checkouts>
// Takes a measurement that somebody sent in: npm run facts -- take <export.json> <address where others can open it>

import { existsSync } from "node:fs";
import { LauncherError } from "../../bin/set-up/launcher-error.mjs";
import { inProject } from "../../bin/set-up/project.mjs";
import { runStage } from "../../bin/set-up/stage.mjs";
import { mostPriceAgeDays as mostDays } from "../../lib/src/facts/index.ts";
import { compareFacts } from "./compare-facts.ts";
import { openCopies } from "./find-copies.ts";
import { listFacts } from "./list-facts.ts";
import { takeExport } from "./take-export.ts";

await runStage(async () => {
  const [folder, file, source] = process.argv.slice(2);
  if (folder === "take") {
    if (file === undefined || source === undefined) {
      throw new LauncherError(
        "Name the file that exportMeasurement wrote, and the https address where others can open it.",
      );
    }
    const today = new Date().toISOString().slice(0, 10);
    const lines = takeExport({ file, source, today, dataFolder: inProject("lib/data") });
    console.log(`lib/data/throughput.csv has ${lines.length} more:\n${lines.join("\n")}`);
    return 0;
  }
  if (folder === undefined || !existsSync(folder)) {
    throw new LauncherError(
      `Name a folder with checkouts or mirrors of repositories (owner/name, owner+name or name)${folder === undefined ? "" : `; there is no ${folder}`}.`,
    );
  }
  const today = new Date().toISOString().slice(0, 10);
  const tables = compareFacts(listFacts(), { read: openCopies(folder), today, mostDays });
  for (const { table, rows, agree, newer, differ, notCompared, old } of tables) {
    const left = [...notCompared.values()].reduce((sum, count) => sum + count, 0);
    console.log(
      `\n${table}: of ${rows} rows ${agree} are as their source says (${newer} in a newer version of it), ` +
        `${differ.length} must be looked at, ${left} could not be compared.`,
    );
    for (const line of differ) console.log(`  look at  ${line}`);
    for (const [reason, count] of notCompared) console.log(`  ${String(count).padStart(7)}  ${reason}`);
    console.log(`  ${old.length} rows are older than ${mostDays} days${old.length === 0 ? "." : ":"}`);
    for (const line of old) console.log(`           ${line}`);
  }
  return 0;
});
