import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { floors } from "./floors.ts";
import { listImports, listSources, projectRoot } from "./list-imports.ts";

const imports = listImports();

describe("the rooms", () => {
  test("of lib/src stand on a floor, each on one", () => {
    const rooms = new Set(listSources().flatMap((file) => roomOf(file) ?? []));
    assert.deepEqual([...rooms].sort(), floors.flat().sort());
  });

  test("import only from the floors below", () => {
    const upwards = imports.filter(({ from, to }) => {
      const [user, used] = [roomOf(from), roomOf(to)];
      if (user === null || used === null || user === used) return false;
      return floorOf(used) >= floorOf(user);
    });
    assert.deepEqual(upwards.map(describeImport), []);
  });

  test("are entered by their index.ts, also from commands, tools and the rehearsal", () => {
    const past = imports.filter(({ from, to }) => {
      const door = doorOf(to);
      // Set-up runs before anything is built: it takes plain JavaScript where it lies.
      if (to.endsWith(".mjs")) return false;
      return door !== null && door !== to && !from.startsWith(`${dirname(door)}/`);
    });
    assert.deepEqual(past.map(describeImport), []);
  });

  test("of the rehearsal are imported by one line of the library, when it is first needed", () => {
    const entries = imports.filter(({ from, to }) => from.startsWith("lib/") && to.startsWith("rehearsal/"));
    const lines = new Set(entries.map(({ from, to }) => `${from} → ${to}`));
    assert.deepEqual([...lines], ["lib/src/rehearsal.ts → rehearsal/src/index.ts"]);
    assert.equal(entries.filter(({ isLazy }) => isLazy).length, 2, "once as code, once as a type");
  });

  test("of bin/set-up need nothing that is installed, nor does what they take from lib/src", () => {
    const files = listSources().filter((file) => /^(bin\/set-up|lib\/src)\/.*\.mjs$/.test(file));
    const installed = files.flatMap((file) =>
      [...readFileSync(join(projectRoot, file), "utf8").matchAll(/from "([^".][^"]*)"/g)]
        .map(([, name = ""]) => name)
        .filter((name) => !name.startsWith("node:")),
    );
    assert.deepEqual(installed, []);
  });
});

/** The room, or the single file at the root, that a file of lib/src belongs to. */
function roomOf(file: string): string | null {
  return /^lib\/src\/([^/.]+)/.exec(file)?.[1] ?? null;
}

function floorOf(room: string): number {
  return floors.findIndex((floor) => floor.includes(room));
}

/** The outermost index.ts above a file, which is the only way into its folder. */
function doorOf(file: string): string | null {
  const folders = dirname(file).split("/");
  const paths = folders.map((_, depth) => [...folders.slice(0, depth + 1), "index.ts"].join("/"));
  const inRooms = paths.filter((path) => /^(lib|rehearsal)\/src\//.test(path) && path !== "lib/src/index.ts");
  return inRooms.find((path) => existsSync(join(projectRoot, path))) ?? null;
}

function describeImport({ from, specifier }: { from: string; specifier: string }): string {
  return `${from} imports ${specifier}`;
}
