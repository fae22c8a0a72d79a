import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import fc from "fast-check";
import { ZodError } from "zod";
import { createWireReader } from "../../lib/src/endpoint/wire/index.ts";
import { WorkbookError } from "../../lib/src/errors.ts";
import { findError, loadPriceBook, loadPublishedThroughput } from "../../lib/src/facts/index.ts";
import { parseConfig } from "../../lib/src/hub/parse-config.ts";
import { readModelShape } from "../../lib/src/hub/read-model-shape.ts";
import { readCounters } from "../../lib/src/measure/server-counters.ts";
import { readQuestions } from "../../lib/src/questions/question.ts";
import { refusalError } from "../../lib/src/runpod/client/refusal-error.ts";
import { countMoney } from "../../lib/src/runpod/journal/count-money.ts";
import { openJournal } from "../../lib/src/runpod/journal/journal.ts";
import { openEndpointRecords, openRecords } from "../../lib/src/runpod/journal/journal-state.ts";
import { loadSettings } from "../../lib/src/settings.ts";
import { checkTrace, loadTrace } from "../../lib/src/traffic/index.ts";
import { parseJson, readServerWords } from "../../lib/src/words/index.ts";
import * as adapters from "../../tools/prices/price-adapters.ts";
import { readCorpus } from "../endpoint/wire/corpus.ts";
import { makeCheckout, makeFolder } from "../helpers/environment.ts";
import { examples } from "./examples.ts";
import { spoil } from "./spoil.ts";

// Whatever a file, a server or a list on the network holds: a reader returns, or throws a WorkbookError that a person can
// read. A reader that hangs never ends its test.

const projectFolder = join(import.meta.dirname, "../..");
const cases = Number(process.env["WORKBOOK_TEST_CASES"] ?? 60);

/** The first rows of one of the workbook's own tables. */
function firstLines(file: string): string {
  return readFileSync(join(examples.dataFolder, file), "utf8").split("\n").slice(0, 30).join("\n");
}

/** Reads a file by this name that holds the text. */
function readFileOf(
  context: TestContext,
  name: string,
  read: (place: { folder: string; path: string }) => unknown,
): Read {
  const folder = makeFolder(context);
  const path = join(folder, name);
  return (text) => {
    writeFileSync(path, text);
    return read({ folder, path });
  };
}

/** A list on the network may also be refused by its schema: whoever fetches it names the list. */
function readOrZodError(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof ZodError)) throw error;
  }
}

/** No terminal and no page breaks on it, and it does not fill a screen. */
function assertSane(text: string): void {
  assert.ok(text.length < 4_000, `${text.length} characters: ${text.slice(0, 500)}`);
  assert.ok(text.isWellFormed(), text);
  assert.doesNotMatch(text, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/u);
}

function assertReadable(error: unknown): void {
  if (!(error instanceof WorkbookError)) throw error;
  assertSane(error.message);
  assert.notEqual(error.remedy, "");
}

type Read = (text: string) => unknown;

/** Each reader of foreign text: what it is given as it should be, and how it is called. */
const readers: Record<string, { examples: readonly string[]; open: (context: TestContext) => Read }> = {
  "an answer in pieces": {
    examples: readCorpus().map(({ body }) => body.toString("latin1")),
    open: () => (text) => {
      for (const contentType of [null, "text/event-stream", "application/json"]) {
        const reader = createWireReader({ contentType, onFrame: () => {}, onChunk: () => {} });
        const bytes = Buffer.from(text, "latin1");
        for (let at = 0; at < bytes.length; at += 700) reader.feed(bytes.subarray(at, at + 700));
        reader.end({ isCut: text.length % 2 === 0 });
      }
    },
  },
  "a refusal of Runpod's": {
    examples: examples.problems,
    open: () => (body) => {
      const status = [400, 401, 403, 404, 409, 429, 500, 503][body.length % 8] ?? 400;
      const headers = new Headers();
      readServerWords(body);
      findError({ text: body, status });
      assertReadable(refusalError({ call: "POST /pods", status, headers, body, secrets: [] }));
    },
  },
  "counters of a server": { examples: [examples.counters], open: () => readCounters },
  "a table of prices": {
    examples: [firstLines("prices.csv")],
    open: (context) =>
      readFileOf(context, "prices.csv", ({ folder }) => loadPriceBook({ folder, onProblem: assertSane })),
  },
  "a table of published runs": {
    examples: [firstLines("throughput.csv")],
    open: (context) =>
      readFileOf(context, "throughput.csv", ({ folder }) =>
        loadPublishedThroughput({ folder, onProblem: assertSane }),
      ),
  },
  "a price list on the network": {
    examples: examples.priceLists,
    open: () => (text) => {
      for (const adapt of Object.values(adapters)) readOrZodError(() => adapt(parseJson(text)));
    },
  },
  "a log of requests": {
    examples: examples.traces,
    open: (context) =>
      readFileOf(context, "log.txt", async ({ path }) => checkTrace(await loadTrace(path), "test")),
  },
  "a journal of rentals": {
    examples: [examples.journal],
    open: (context) => {
      const stateFolder = makeFolder(context);
      const now = () => new Date("2026-11-24T09:30:00Z");
      const journal = openJournal({ stateFolder, target: "runpod", apiUrl: "https://api.runpod.io/v2", now });
      journal.append({ kind: "secret", name: "any", salt: "00", fingerprint: "11" });
      return (text) => {
        writeFileSync(journal.path, text);
        const state = journal.read();
        openRecords(state);
        openEndpointRecords(state);
        countMoney(state, now());
      };
    },
  },
  ".env": {
    examples: [examples.settings, readFileSync(join(projectFolder, ".env.example"), "utf8")],
    open: (context) => {
      const { root } = makeCheckout(context);
      return (text) => {
        writeFileSync(join(root, ".env"), text);
        loadSettings({}, { environment: {}, folder: root });
      };
    },
  },
  "a model's config.json": {
    examples: examples.configs,
    open: () => (text) => readModelShape({ id: "a/b", config: parseConfig(text), weightsGb: 16 }),
  },
  "a file of questions": {
    examples: [readFileSync(join(projectFolder, "notebooks/questions.json"), "utf8")],
    open: (context) => readFileOf(context, "questions.json", ({ path }) => readQuestions(path)),
  },
};

describe("whatever it is given, an error that a person can read is the worst that happens to the reader of", () => {
  for (const [name, { examples: given, open }] of Object.entries(readers)) {
    test(name, async (context) => {
      const read = open(context);
      await fc.assert(
        fc.asyncProperty(spoil(given), async (text) => {
          try {
            await read(text);
          } catch (error) {
            assertReadable(error);
          }
        }),
        { numRuns: cases },
      );
    });
  }
});
