import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  loadGpus,
  loadKnownErrors,
  loadModels,
  loadPriceBook,
  loadPublishedThroughput,
  type Price,
} from "../../lib/src/facts/index.ts";

const { prices } = loadPriceBook();
const models = loadModels();
const throughput = loadPublishedThroughput();
const gpus = loadGpus();

const today = new Date().toISOString().slice(0, 10);
/** A commit, a tag, or what a release calls itself. */
const version = /^(?:[0-9a-f]{7,40}|v?\d[\w.-]*)$/;

function describePrice({ provider, model, gpu, product, kind, observed }: Price): string {
  return [provider, model ?? gpu, product, kind, observed].join(", ");
}

/** Returns what stands more than once. */
function repeated(names: readonly string[]): string[] {
  return names.filter((name, place) => names.indexOf(name) !== place);
}

/** Whether others find the same words there tomorrow: a file of a repository is named with its version. */
function isLasting(url: string): boolean {
  const [, owner, , kind, branch = ""] = new URL(url).pathname.split("/");
  return (
    !url.startsWith("https://github.com/") ||
    owner === "" ||
    !["blob", "tree"].includes(kind ?? "") ||
    version.test(branch)
  );
}

describe("in the tables of facts", () => {
  test("no two current prices are of the same thing", () => {
    const current = prices.filter(({ status }) => status === "current");
    const names = current.map(({ provider, model, gpu, product, kind }) =>
      [provider, model ?? gpu, product, kind].join(", "),
    );
    const remedy =
      "Of each product only the newest row of prices.csv is current: set the older row to retired.";
    assert.deepEqual(repeated(names), [], `${remedy} It is about: ${repeated(names).join("; ")}`);
  });

  test("no current price has ended, and none ended before it began", () => {
    const wrong = prices.filter(
      ({ status, from, to, observed }) =>
        (status === "current" && to !== null && to < observed) || (from !== null && to !== null && to < from),
    );
    assert.deepEqual(wrong.map(describePrice), []);
  });

  test("no list's price is offered on for a product that has ended", () => {
    const series = ({ provider, model, gpu, product, kind }: Price) =>
      [provider, model ?? gpu, product, kind].join(", ");
    const begin = ({ from, observed }: Price) => from ?? observed;
    const offeredOn = [...Map.groupBy(prices, series).values()].flatMap((rows) => {
      const sure = rows.filter(({ status }) => status !== "unknown");
      const last = sure.toSorted((one, other) => begin(one).localeCompare(begin(other))).at(-1);
      const end = last?.status === "retired" ? last.to : null;
      return end === null
        ? []
        : rows.filter(({ status, observed }) => status === "unknown" && observed > end);
    });
    assert.deepEqual(offeredOn.map(describePrice), []);
  });

  test("no row was looked at, and no run published, on a day that is still to come", () => {
    const rows = [...prices, ...models, ...throughput, ...gpus, ...loadKnownErrors()];
    assert.deepEqual(
      rows.filter(({ observed }) => observed > today),
      [],
    );
    assert.deepEqual(
      throughput.filter(({ published, observed }) => published > observed),
      [],
    );
  });

  test("every source of a figure is an address that others can open, a file of a repository with its version", () => {
    const rows = [...prices, ...models, ...throughput, ...gpus];
    const urls = new Set(rows.flatMap(({ sources }) => sources));
    assert.deepEqual(
      [...urls].filter((url) => !/^https:\/\/[\w-]+(\.[\w-]+)+(\/|$)/.test(url) || !isLasting(url)),
      [],
    );
  });
});
