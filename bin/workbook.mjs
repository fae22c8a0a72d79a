#!/usr/bin/env node
// The launcher behind the scripts of package.json: `node bin/workbook.mjs <start|setup|lab|test|run> [options]`.
// Plain JavaScript without dependencies: it must run before anything is installed, also on a Node too old for the rest.

const oldestMajor = 20;

if (Number(process.versions.node.split(".")[0]) < oldestMajor) {
  console.error(
    `The workbook needs Node ${oldestMajor} or newer to start; this is Node ${process.versions.node}.\n` +
      "Install a current Node from https://nodejs.org (or with your version manager), then run the same command again.",
  );
  process.exit(1);
}

// Imported late, so that an older Node reaches the message above before it meets syntax that it cannot read.
import("./set-up/main.mjs").then(({ main }) => main(process.argv.slice(2)));
