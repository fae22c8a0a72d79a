// Stands in for npm in tests of the launcher: "installs" packages that do next to nothing.

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { behave } from "./behave.ts";

const [program = "", command = "", ...options] = process.argv.slice(2);

if (command === "--version") {
  console.log("11.0.0");
} else {
  rmSync("node_modules", { recursive: true, force: true });
  install("half-installed/index.js", "");
  await behave(program.endsWith("/npm") ? "npm" : program, [command, ...options]);
  const isBroken = process.env["FAKE_NPM_POLARS"] === "broken";
  const load = isBroken ? 'throw new Error("cannot open shared object file");' : "";
  install("nodejs-polars/index.js", `${load}exports.DataFrame = () => ({ height: 2 });`);
  install(
    "node-llama-cpp/index.js",
    `exports.LlamaLogLevel = {};
exports.getLlama = async () => {
  if (process.env["FAKE_NPM_ENGINE"] === "broken") throw new Error("no engine here");
  return { dispose: async () => {} };
};`,
  );
  const report = "console.log(JSON.stringify({ ran: process.argv[1], environment: process.env }));";
  install(
    "typescript/bin/tsc",
    `const { existsSync, mkdirSync } = require("node:fs");
const [, folder] = process.argv.join().split("--outDir,");
if (folder) mkdirSync(folder, { recursive: true });
// As the real one: the rehearsal takes types from what was built of the library.
if (folder?.endsWith("rehearsal") && !existsSync(folder + "/../../../lib/dist")) process.exit(1);
${report}`,
  );
  install("@biomejs/biome/bin/biome", report);
  install("knip/bin/knip.js", report);
  install("workbook-rehearsal/index.js", "exports.endRehearsal = async () => {};");
  install(".package-lock.json", JSON.stringify({ lockfileVersion: 3 }));
}

function install(file: string, content: string): void {
  const path = join("node_modules", file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
