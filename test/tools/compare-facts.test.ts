import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { compareFacts } from "../../tools/facts/compare-facts.ts";
import { openCopies } from "../../tools/facts/find-copies.ts";
import { type Fact, listFacts } from "../../tools/facts/list-facts.ts";
import { makeFolder } from "../helpers/environment.ts";

const git = (folder: string, ...words: string[]) =>
  execFileSync("git", ["-C", folder, "-c", "user.name=a", "-c", "user.email=a@example.com", ...words], {
    encoding: "utf8",
  }).trim();

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
}

/** Makes a checkout with one commit and returns it. */
function commit(folder: string, files: Readonly<Record<string, string>>): string {
  write(folder, files);
  if (git(dirname(folder), "init", "--quiet", folder) !== "") assert.fail();
  git(folder, "add", ".");
  git(folder, "commit", "--quiet", "--message", "prices");
  return git(folder, "rev-parse", "--short", "HEAD");
}

const list = JSON.stringify({
  "llama-3-70b": { input: 0.00000072, output: 0.00000072 },
  other: { input: 9 },
});
const price: Fact = {
  table: "prices.csv",
  name: "somebody, llama-3-70b, input_tokens",
  observed: "2026-11-09",
  sources: [],
  isCurrent: true,
  near: ["llama-3-70b"],
  figures: { value: 0.72 },
  isShape: false,
  says: null,
};

function compare(folder: string, facts: readonly Fact[]) {
  return compareFacts(facts, { read: openCopies(folder), today: "2026-11-27", mostDays: 60 });
}

describe("the tables of facts, compared with copies of their sources,", () => {
  test("agree where a source has the figure near the name, in whatever unit", (t) => {
    const folder = makeFolder(t);
    const version = commit(join(folder, "lists+prices", "repo"), { "all/prices.json": list });
    const at = (value: number, path: string) => ({
      ...price,
      figures: { value },
      sources: [`https://github.com/lists/prices/${path.replace("VERSION", version)}`],
    });
    const facts = [
      at(0.72, "blob/VERSION/all/prices.json"),
      at(0.72, "tree/VERSION/all"),
      at(9, "tree/VERSION"),
    ];
    const [result] = compare(folder, [...facts, at(0.71, "blob/VERSION/all/prices.json")]);
    assert.equal(result?.agree, 3);
    assert.equal(result.newer, 0);
    assert.deepEqual(result.differ, [
      `somebody, llama-3-70b, input_tokens: value 0.71 not found in https://github.com/lists/prices/blob/${version}/all/prices.json`,
    ]);
  });

  test("are compared with the newest version where the named one is not there, and with folders without any", (t) => {
    const folder = makeFolder(t);
    commit(join(folder, "lists", "prices"), { "prices.json": list });
    write(folder, { "plain/prices.json": list });
    const sources = [
      "https://github.com/lists/prices/blob/0123456/prices.json",
      "https://github.com/a/plain/blob/main/prices.json",
    ];
    const [result] = compare(
      folder,
      sources.map((source) => ({ ...price, sources: [source] })),
    );
    assert.deepEqual([result?.agree, result?.newer], [2, 2]);
  });

  test("of models agree with just the numbers of their shape, prices also in other units and rounded", (t) => {
    const folder = makeFolder(t);
    write(folder, {
      "repo/config.json":
        '{"hidden_size": 5120, "layers": 64, "dropout": 0.08, "sizes":[18,36], "price": 0.7204}',
    });
    const of = (figures: Fact["figures"], isShape = true) => ({
      ...price,
      near: [],
      figures,
      isShape,
      sources: ["https://github.com/a/repo/blob/main/config.json"],
    });
    const shapes = [
      { hiddenSize: 5_120, layers: 64, kvHeads: 36 },
      { hiddenSize: 5_121 },
      { layers: 80 },
    ].map((shape) => of(shape));
    const [result] = compare(folder, [...shapes, of({ value: 0.72 }, false), of({ value: 80 }, false)]);
    assert.equal(result?.agree, 3);
    assert.deepEqual(
      result.differ.map((line) => line.replace(/^.*tokens: (.*) not found.*$/, "$1")),
      ["hiddenSize 5121", "layers 80"],
    );
  });

  test("are found in copies of every form: bare ones, links, names with spaces, views of a file", (t) => {
    const folder = makeFolder(t);
    const original = join(folder, "original");
    const version = commit(original, { "all/a b.json": list });
    git(folder, "clone", "--quiet", "--bare", original, join(folder, "lists+bare.git"));
    mkdirSync(join(folder, "lists+linked"));
    symlinkSync(original, join(folder, "lists+linked", "here"));
    symlinkSync(join(folder, "nowhere"), join(folder, "broken"));
    write(folder, { "plain/all/a b.json": list, "plain/HEAD": "a file of that name", file: "no folder" });
    const read = openCopies(folder);
    const textAt = (path: string) => {
      const found = read(`https://github.com/lists/${path}`);
      return "text" in found ? found.text.trim() : found.missing;
    };
    for (const path of [
      `bare/blob/${version}/all/a%20b.json`,
      `linked/blob/${version}/all/a b.json`,
      `original/blob/${version}/all/a%20b.json?raw=true#L1`,
      `original/tree/${version}/all`,
      "plain/blob/main/all/a%20b.json#L2-L3",
      "plain/tree/main/all",
    ]) {
      assert.equal(textAt(path), list, path);
    }
    assert.equal(textAt("broken/blob/main/a"), "no copy of lists/broken");
    assert.equal(textAt("file/blob/main/a"), "no copy of lists/file");
    assert.equal(textAt("plain/blob/main/100%.txt"), "no copy of lists/plain");
    assert.equal(textAt("plain/blob/--output=a/b"), "github.com: no file of a repository");
    assert.deepEqual(read("a letter"), { missing: "no address: no file of a repository" });
  });

  test("say what could not be compared, and why", (t) => {
    const folder = makeFolder(t);
    commit(join(folder, "prices"), { "prices.json": "{}" });
    const of = (...sources: string[]) => ({ ...price, sources });
    const [result] = compare(folder, [
      of("https://example.com/prices"),
      of("https://github.com/no/copy/blob/0123456/a.json"),
      of("https://github.com/no/copy/blob/0123456/b.json"),
      of("https://github.com/lists/prices/blob/0123456/gone.json"),
      // What can be read does not have it, but the rest might.
      of("https://github.com/lists/prices/blob/0123456/prices.json", "https://example.com/prices"),
    ]);
    assert.deepEqual(result?.differ, []);
    assert.deepEqual(
      [...result.notCompared],
      [
        ["example.com: no file of a repository", 2],
        ["no copy of no/copy", 2],
        ["lists/prices has no gone.json any more", 1],
      ],
    );
  });

  test("list what is older than 60 days and still claims to hold, the oldest first", (t) => {
    const of = (observed: string, isCurrent = true) => ({ ...price, name: observed, observed, isCurrent });
    const facts = [of("2026-09-28"), of("2026-09-27"), of("2025-01-01", false), of("2026-08-19")];
    const [result] = compare(makeFolder(t), facts);
    assert.deepEqual(result?.old, ["2026-08-19  2026-08-19", "2026-09-27  2026-09-27"]);
  });

  test("of models have their shape in several sources together, and errors their words", (t) => {
    const folder = makeFolder(t);
    write(folder, {
      "one/config.json": '{"layers": 80, "heads": 64}',
      "two/config.json": '{"kv": 8}',
      "two/errors.py": 'raise ValueError(f"the engine core failed to start: {n}")',
    });
    const [one, two, errors] = [
      "one/blob/a/config.json",
      "two/blob/a/config.json",
      "two/blob/a/errors.py",
    ].map((path) => `https://github.com/a/${path}`);
    const model = { ...price, near: [], figures: { layers: 80, kvHeads: 8, hiddenSize: null } };
    const error = {
      ...price,
      near: [],
      figures: {},
      says: "ValueError: The engine core failed to start: 17",
    };
    const results = compare(folder, [
      { ...model, sources: [one ?? "", two ?? ""] },
      { ...model, sources: [one ?? ""] },
      { ...error, sources: [errors ?? ""] },
      { ...error, sources: [one ?? ""] },
    ]);
    assert.equal(results[0]?.agree, 2);
    assert.deepEqual(
      results[0].differ.map((line) => line.replace(/^.*tokens: /, "")),
      [
        "kvHeads 8 not found in https://github.com/a/one/blob/a/config.json",
        '"ValueError: The engine core failed to start: 17" not found in https://github.com/a/one/blob/a/config.json',
      ],
    );
  });
});

test("a product of several cards is looked for by each of them, for lists have its memory apart", (t) => {
  const cards = listFacts().find(({ near }) => near.includes("A6000, A40 48GB"));
  assert.ok(cards !== undefined);
  const folder = makeFolder(t);
  write(folder, { "docs/prices.md": `| A6000, A40 | 48 GB | $${cards.figures["value"]} |` });
  const [result] = compare(folder, [
    { ...cards, sources: ["https://github.com/a/docs/blob/main/prices.md"] },
  ]);
  assert.equal(result?.agree, 1);
});

test("all tables of the library are listed, each row with a name, a day and its sources", (t: TestContext) => {
  const facts = listFacts();
  const files = readdirSync(new URL("../../lib/data", import.meta.url)).filter((file) =>
    file.endsWith(".csv"),
  );
  assert.deepEqual([...new Set(facts.map(({ table }) => table))].toSorted(), files.toSorted());
  for (const { name, observed, sources } of facts) {
    assert.ok(name !== "" && sources.length > 0, name);
    assert.match(observed, /^20\d\d-\d\d-\d\d$/, name);
  }
  t.diagnostic(`${facts.length} rows`);
});
