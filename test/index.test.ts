import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import * as workbook from "../lib/src/index.ts";
import { loadSettings } from "../lib/src/settings.ts";
import { makeCheckout } from "./helpers/environment.ts";

/** More than these nobody finds their way through. */
const mostValues = 95;

const index = new URL("../lib/src/index.ts", import.meta.url);

describe("the table of contents", () => {
  test("has what the notebooks import by these names", () => {
    const names = [
      "InputError",
      "SettingsError",
      "WorkbookError",
      "breakEven",
      "breakEvenChart",
      "chart",
      "describeEndpoint",
      "explainError",
      "foldSystemPrompt",
      "loadSettings",
      "modelGuide",
      "openEndpoint",
      "printChat",
      "show",
      "startModelServer",
      "streamChat",
      "table",
    ];
    const exported: Record<string, unknown> = { ...workbook };
    for (const name of names) assert.equal(typeof exported[name], "function", name);
  });

  test("holds nothing but re-exports, and none by default", () => {
    const source = readFileSync(index, "utf8");
    const statements = source.replace(/\/\/.*$/gm, "").split(";");
    for (const statement of statements) {
      assert.match(statement, /^\s*(export (type )?\{[^}]*\} from "\.\/[\w./-]+\.ts")?\s*$/);
    }
    assert.equal("default" in workbook, false);
  });

  test("exports few values, each used by a cell or a command or named in the README or a page of docs", () => {
    const root = fileURLToPath(new URL("../", import.meta.url));
    const files = globSync(["notebooks/*.ipynb", "bin/commands/**/*.ts", "README.md", "docs/*.md"], {
      cwd: root,
      exclude: ["docs/sample-report.md"],
    });
    const texts = files.map((file) => readFileSync(join(root, file), "utf8"));
    const used = new Set(texts.flatMap((text) => text.match(/\w+/g) ?? []));
    const names = Object.keys(workbook);
    assert.deepEqual(
      names.filter((name) => !used.has(name)),
      [],
    );
    assert.ok(names.length <= mostValues, `${names.length} values`);
  });

  test("loads nothing heavy: no server, no charts, no model engine, no tables", () => {
    const code = `
      import { registerHooks } from "node:module";
      const loaded = new Set();
      registerHooks({ resolve: (specifier, context, next) => {
        const { url, ...rest } = next(specifier, context);
        loaded.add(url);
        return { url, ...rest };
      } });
      await import(${JSON.stringify(index.href)});
      process.stdout.write([...loaded].join("\\n"));`;
    const run = spawnSync(process.execPath, ["--input-type=module", "-e", code], { encoding: "utf8" });
    assert.equal(run.status, 0, run.stderr);
    assert.match(run.stdout, /node_modules\/openai\//);
    const heavy =
      /node_modules\/(@hono|hono|vega[\w-]*|node-llama-cpp|nodejs-polars|prom-client)\/|src\/rehearsal\//;
    const found = run.stdout.split("\n").filter((url) => heavy.test(url));
    assert.deepEqual(found, []);
  });
});

describe(".env.example", () => {
  const lines = readFileSync(new URL("../.env.example", import.meta.url), "utf8").split("\n");
  const names = lines.flatMap((line) => /^# ([A-Z_]+)=/.exec(line)?.[1] ?? []);

  test("names every setting", () => {
    assert.deepEqual(names.toSorted(), [
      "HF_ENDPOINT",
      "HF_TOKEN",
      "MODEL",
      "OPENAI_API_KEY",
      "OPENAI_BASE_URL",
      "REHEARSAL_MODEL",
      "RUNPOD_API_KEY",
      "RUNPOD_API_URL",
      "RUNPOD_ENDPOINT_KEY",
      "RUNPOD_PROXY_URL",
      "WORKBOOK_MAX_USD",
      "WORKBOOK_MAX_USD_PER_HOUR",
      "WORKBOOK_SCALE_OUT",
      "WORKBOOK_STATE",
      "WORKBOOK_TARGET",
    ]);
  });

  test("sets nothing as it stands, and can be used with every line taken in", (t) => {
    assert.ok(lines.every((line) => line === "" || line.startsWith("#")));
    const used = lines.map((line) => line.replace(/^# ([A-Z_]+=)/, "$1")).join("\n");
    const { root } = makeCheckout(t, { envFile: used });
    const settings = loadSettings({}, { environment: {}, folder: root });
    assert.equal(settings.target, "rehearsal");
    assert.equal(settings.runpodApiUrl, "https://api.runpod.io/v2");
  });
});
