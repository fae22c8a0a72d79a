import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";
import { makeFolder } from "../helpers/environment.ts";
import { realNpm } from "./fake-checkout.ts";

const projectRoot = fileURLToPath(new URL("../..", import.meta.url));

/** The platforms as npm calls them, and how polars and the model engine call their builds for each. */
const platforms = [
  { os: "linux", cpu: "x64", polars: "linux-x64-gnu", engine: "linux-x64" },
  { os: "linux", cpu: "arm64", polars: "linux-arm64-gnu", engine: "linux-arm64" },
  { os: "darwin", cpu: "arm64", polars: "darwin-arm64", engine: "mac-arm64-metal" },
  { os: "darwin", cpu: "x64", polars: "darwin-x64", engine: "mac-x64" },
];

const lock = z
  .object({
    packages: z.record(
      z.string(),
      z.object({
        resolved: z.string().optional(),
        integrity: z.string().optional(),
        link: z.boolean().default(false),
        optionalDependencies: z.record(z.string(), z.string()).default({}),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(join(projectRoot, "package-lock.json"), "utf8")));

describe("the npm packages' one lock file", () => {
  test("has every package that another one has for some platform, with its hash", () => {
    for (const [path, { optionalDependencies }] of Object.entries(lock.packages)) {
      for (const name of Object.keys(optionalDependencies)) {
        assert.ok(isWhole(name), `${path} wants ${name}, which is not in package-lock.json`);
      }
    }
  });

  test("names no registry: each user's own serves it", () => {
    for (const [path, { resolved, link }] of Object.entries(lock.packages)) {
      assert.ok(resolved === undefined || link, `${path} is locked to ${resolved}`);
    }
  });

  for (const { os, cpu, polars, engine } of platforms) {
    test(`is all that npm ci needs on ${os} ${cpu}, native parts included`, async (context) => {
      const libc = os === "linux" ? ["--libc=glibc"] : [];
      const installed = await resolveFor(context, [`--os=${os}`, `--cpu=${cpu}`, ...libc]);
      const native = [
        `nodejs-polars-${polars}`,
        `@node-llama-cpp/${engine}`,
        `@biomejs/cli-${os}-${cpu}`,
        `@typescript/typescript-${os}-${cpu}`,
      ];
      for (const name of native) {
        assert.ok(installed.includes(name) && isWhole(name), `${name} is missing`);
      }
      const unused = installed.filter((name) => /cuda|vulkan/.test(name) && !isLeftOut(name));
      assert.deepEqual(unused, [], "hundreds of megabytes for graphics cards");
      // The one package that brings the native parts of all platforms itself.
      assert.ok(existsSync(join(projectRoot, "node_modules/zeromq/build", os, cpu)));
    });
  }
});

describe("the hash-locked Python requirements", () => {
  test("have a wheel for every platform and Python", async (context) => {
    const requirements = globSync(join(projectRoot, "jupyter/requirements*.txt"));
    const script = join(projectRoot, "test/launcher/missing-wheels.py");
    const { stdout } = await promisify(execFile)(join(projectRoot, ".venv/bin/python"), [
      script,
      ...requirements,
    ]);
    const answer = z
      .union([
        z.object({ index: z.string(), unreachable: z.string() }),
        z.object({ index: z.string(), checked: z.array(z.string()), missing: z.array(z.string()) }),
      ])
      .parse(JSON.parse(stdout));
    if ("unreachable" in answer) {
      context.skip(`${answer.index} does not answer: ${answer.unreachable}`);
      return;
    }
    assert.deepEqual(answer.missing, []);
    for (const platform of ["linux x86_64", "linux aarch64", "darwin arm64", "darwin x86_64"]) {
      const subject = new RegExp(`^pyzmq==\\S+ for ${platform}, Python 3\\.13$`);
      assert.ok(
        answer.checked.some((checked) => subject.test(checked)),
        platform,
      );
    }
  });
});

/** Returns the names of the packages that `npm ci` would install on a platform, asking no registry. */
async function resolveFor(context: TestContext, platform: readonly string[]): Promise<string[]> {
  const folder = makeFolder(context);
  const workspaces = Object.keys(lock.packages).filter((path) => !path.includes("node_modules"));
  for (const file of ["package-lock.json", ...workspaces.map((path) => join(path, "package.json"))]) {
    cpSync(join(projectRoot, file), join(folder, file));
  }
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [realNpm(), "ci", "--dry-run", "--offline", "--include=dev", "--loglevel=notice", ...platform],
    { cwd: folder, env: { ...process.env, npm_config_cache: join(folder, "cache") } },
  );
  return [...stdout.matchAll(/^add (\S+) /gm)].map(([, name = ""]) => name);
}

/** Tells whether the lock file has a package with its hash, or our empty one in its place. */
function isWhole(name: string): boolean {
  return entriesOf(name).some(({ integrity }) => integrity !== undefined) || isLeftOut(name);
}

function isLeftOut(name: string): boolean {
  return entriesOf(name).some(({ link, resolved }) => link && resolved?.endsWith("left-out"));
}

function entriesOf(name: string) {
  return Object.entries(lock.packages)
    .filter(([path]) => path.endsWith(`node_modules/${name}`))
    .map(([, entry]) => entry);
}
