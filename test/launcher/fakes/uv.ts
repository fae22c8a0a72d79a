// Stands in for uv in tests of the launcher.

import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { behave } from "./behave.ts";

const [, ...given] = process.argv.slice(2);

if (given[0] === "--version") {
  console.log("uv 0.9.0");
} else if (given[0] === "venv") {
  const python = given[given.indexOf("--python") + 1] ?? "";
  const folder = given.at(-1) ?? "";
  rmSync(join(folder, "bin"), { recursive: true, force: true });
  mkdirSync(join(folder, "bin"), { recursive: true });
  mkdirSync(join(folder, "lib/python3.11/site-packages"), { recursive: true });
  symlinkSync(python, join(folder, "bin/python"));
  await behave("uv", given);
} else {
  await behave("uv", given);
}
