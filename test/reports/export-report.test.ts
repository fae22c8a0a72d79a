import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { exportReport } from "../../bin/commands/report/export.ts";
import { listKnownSecrets } from "../../bin/commands/report/secrets.ts";
import { LauncherError } from "../../bin/set-up/launcher-error.mjs";
import { tableBundle } from "../../lib/src/show/index.ts";
import { makeFolder, setEnvironment } from "../helpers/environment.ts";
import { codeCell, display, hostileText, markdownCell, notebookOf, stream } from "./sample-notebook.ts";

type Cells = Parameters<typeof notebookOf>[0];
type Options = Partial<Parameters<typeof exportReport>[0]>;

/** A machine on which nothing is known but a user's name and folders. */
const surroundings = {
  projectFolder: "/home/ada/book",
  homeFolder: "/home/ada",
  stateFolder: "/data/state",
  userName: "ada",
  knownHosts: ["laptop7", "gpu.intern.firma.de", "10.20.30.40"],
  knownIds: ["abc123def456"],
};

/** Exports a notebook of the given cells and returns its page. */
async function exportCells(context: TestContext, cells: Cells, options: Options = {}): Promise<string> {
  const folder = makeFolder(context);
  const notebookFile = join(folder, "02-chat.ipynb");
  const outputFile = join(folder, "reports", "02-chat.html");
  writeFileSync(notebookFile, JSON.stringify(notebookOf(cells)));
  try {
    await exportReport({ notebookFile, outputFile, surroundings, knownSecrets: [], ...options });
    return readFileSync(outputFile, "utf8");
  } catch (error) {
    assert.equal(existsSync(outputFile), false, "a page was written although the export failed");
    throw error;
  }
}

/** The page without what it holds for the browser only. */
function visibleText(page: string): string {
  return page.replace(/<(style|script)\b.*?<\/\1>/gs, "").replace(/<[^>]*>/g, "");
}

test("many pages come from one process, without a warning of Node's", async (context) => {
  const warnings: Error[] = [];
  const note = (warning: Error) => warnings.push(warning);
  process.on("warning", note);
  context.after(() => process.off("warning", note));
  // More than the listeners that one stream may have, two for each page.
  for (let page = 0; page < 8; page += 1) await exportCells(context, [markdownCell("# Text")]);
  assert.deepEqual(warnings, []);
});

describe("the export of a report", () => {
  test("takes the title from the first heading, and says what the page is of", async (context) => {
    const page = await exportCells(context, [markdownCell("# Chat with a *model*\n\nText.")], {
      details: {
        startedAt: "2026-11-23T19:52:03Z",
        target: "given",
        model: "small <1>",
        versions: { node: "24.1" },
      },
    });
    assert.match(page, /<h1>Chat with a model<\/h1>/);
    assert.equal(page.match(/<h1/g)?.length, 1);
    const text = visibleText(page);
    for (const fact of [
      "23 November 2026, 19:52 UTC",
      "given",
      "small &lt;1&gt;",
      "node 24.1",
      "02-chat.ipynb",
    ])
      assert.ok(text.includes(fact), `the page does not say ${fact}`);
  });

  test("has a page for a notebook without a heading and without cells", async (context) => {
    assert.match(await exportCells(context, []), /<h1>02-chat<\/h1>/);
  });

  test("escapes what a model wrote, and drops its control characters", async (context) => {
    const page = await exportCells(context, [
      codeCell("a", [stream(`${hostileText}\u0000\u0007\u001b]0;title\u0007\u009b end`)]),
      codeCell("b", [stream(`Error: ${hostileText}`, "stderr")]),
      codeCell("c", [display({ data: { "text/plain": hostileText } })]),
    ]);
    assert.equal(page.includes("<script>globalThis.intruder"), false);
    assert.equal(page.includes("<img src=x"), false);
    assert.equal(page.match(/&lt;script&gt;globalThis\.intruder/g)?.length, 3);
    // biome-ignore format: one class of characters
    assert.doesNotMatch(page, /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/);
  });

  test("says at its foot what was replaced, and that it was searched for keys", async (context) => {
    const text = visibleText(await exportCells(context, [markdownCell("# Text")]));
    assert.match(
      text,
      /Replaced in it, wherever they are recognised, are the ids of pods, hosts and their addresses/,
    );
    assert.match(text, /searched for keys before it was written/);
  });

  test("cuts the middle out of a very long text, and says how much", async (context) => {
    const page = await exportCells(context, [codeCell("1", [stream(`${"a".repeat(3_000_000)}the end`)])]);
    assert.match(page, /2,800,007 characters are left out/);
    assert.match(page, /the end/);
    assert.ok(page.length < 2_000_000);
  });

  test("leaves the largest outputs out of a page that would be too large, and keeps what they showed in words", async (context) => {
    const points = Array.from({ length: 80_000 }, (_, index) => ({ x: index, y: index % 7 }));
    const chart = (description: string, values: unknown) =>
      display({
        data: {
          "application/vnd.vegalite.v5+json": { data: { values }, mark: "point" },
          "image/svg+xml": '<svg viewBox="0 0 10 10"></svg>',
          "text/plain": description,
        },
      });
    const page = await exportCells(context, [
      codeCell("1", [chart("All of the points.", points)]),
      codeCell("2", [chart("One point.", points.slice(0, 1))]),
      codeCell("3", [stream("the end")]),
    ]);
    const text = visibleText(page);
    assert.match(text, /All of the points\.\n\[Left out here: an output of 1\.\d MB\./);
    assert.match(text, /One point\./);
    assert.match(text, /the end/);
    assert.equal(page.match(/<figure class="chart">/g)?.length, 1);
    assert.ok(page.length < 2_000_000);
  });

  test("takes more out where marks make a text much longer in the page than it was", async (context) => {
    const cells = Array.from({ length: 7 }, () => codeCell("1", [stream("<div".repeat(47_500))]));
    const page = await exportCells(context, cells);
    assert.ok(page.includes("Left out here: an output of 0.2 MB"));
    assert.ok(page.length < 2_000_000);
  });

  test("refuses a page that is too large by its prose alone, and says what to do", async (context) => {
    await assert.rejects(exportCells(context, [markdownCell("word ".repeat(500_000))]), {
      name: "LauncherError",
      message: /02-chat\.ipynb was not written: its page would have 2\.5 MB.*split it in two/,
    });
  });

  test("says what nbconvert says where that fails, and goes on with the next notebook", async (context) => {
    await assert.rejects(exportCells(context, [codeCell("1", [{ output_type: "poem" }])]), (error) => {
      assert.ok(error instanceof LauncherError);
      assert.match(error.lastLines.join("\n"), /poem/);
      return true;
    });
    assert.match(await exportCells(context, [markdownCell("# Text")]), /<h1>Text<\/h1>/);
  });

  test("lets long addresses in tables break after their parts", async (context) => {
    const { data } = tableBundle([{ source: "https://example.org/a/prices_of_gpus?day=1" }]);
    const page = await exportCells(context, [codeCell("1", [display({ data })])]);
    const [, cell = ""] = /<td[^>]*>(https.*?)<\/td>/.exec(page) ?? [];
    assert.deepEqual(cell.split(/<wbr\/?>/), [
      "https://",
      "example.org/",
      "a/prices_",
      "of_gpus?",
      "day=",
      "1",
    ]);
  });

  test("lets links to other notebooks lead to their pages, or to the notebooks from a page that stands alone", async (context) => {
    const cells = [
      markdownCell("[next](03-throughput.ipynb#2.-Read) and [site](https://example.org/a.ipynb)"),
      markdownCell("How it [was *tested*](../docs/forecast.md) and [a log](../README.md#a-load)"),
      markdownCell("the [KV cache](../docs/glossary.md#kv-cache)"),
    ];
    const inRun = await exportCells(context, cells);
    assert.match(inRun, /href="03-throughput\.html#2\.-Read"/);
    assert.match(inRun, /href="https:\/\/example\.org\/a\.ipynb"/);
    assert.match(
      inRun,
      /How it was <em>tested<\/em> and a log/,
      "a file of the project does not travel with a page",
    );
    assert.match(inRun, /href="glossary\.html#kv-cache"/);
    const alone = await exportCells(context, cells, { details: { notebooksHref: "../notebooks/" } });
    assert.match(alone, /href="\.\.\/notebooks\/03-throughput\.ipynb#2\.-Read"/);
    assert.match(alone, /href="\.\.\/notebooks\/\.\.\/README\.md#a-load"/);
  });

  test("carries the chart libraries only where there is a chart", async (context) => {
    const page = await exportCells(context, [markdownCell("# Text")]);
    assert.equal(page.includes("chartLibraries"), false);
    assert.ok(page.length < 60_000);
  });

  test("writes the same page twice from the same notebook", async (context) => {
    const cells = [markdownCell("# Text"), codeCell("1 + 1", [stream("2")])];
    assert.equal(await exportCells(context, cells), await exportCells(context, cells));
  });
});

describe("the export refuses a notebook that holds", () => {
  const runpodKey = "rpa_canary_not_a_key";
  const huggingFaceToken = "hf_canary_not_a_token";
  const openaiKey = "sk-canary-not-a-key";

  const refused: [title: string, cells: Cells, message: RegExp][] = [
    [
      "a Runpod key in code",
      [codeCell("1"), codeCell(`const key = "${runpodKey}";`)],
      /: code cell 2 holds what looks like a Runpod key/,
    ],
    [
      "a Hugging Face token in an output",
      [markdownCell("Text"), codeCell("env", [stream(`token ${huggingFaceToken}\n`)])],
      /: the output of code cell 1 holds what looks like a Hugging Face token/,
    ],
    [
      "an API key in prose",
      [markdownCell("# A"), markdownCell(`My key is ${openaiKey}.`)],
      /: text cell 2 holds what looks like an API key/,
    ],
    [
      "a key that was streamed in pieces",
      [codeCell("1", [stream("rpa_can"), display({ data: { "text/plain": "x" } }), stream("ary_not_a_key")])],
      /the output of code cell 1 holds/,
    ],
    [
      "a key that was streamed in pieces with a warning between them",
      [codeCell("1", [stream("rpa_can"), stream("a warning", "stderr"), stream("ary_not_a_key")])],
      /the output of code cell 1 holds/,
    ],
    [
      "a key behind a line end that is written out",
      [codeCell("1", [stream(String.raw`{ file: 'A=1\n${huggingFaceToken}' }`)])],
      /the output of code cell 1 holds/,
    ],
    [
      "a key in an encoded address",
      [codeCell("1", [stream(`?q=Bearer%20${openaiKey}`)])],
      /the output of code cell 1 holds/,
    ],
    [
      "a key in base64, as a header of basic authentication has it",
      [codeCell("1", [stream(`Basic ${Buffer.from(`user:${runpodKey}`).toString("base64")}`)])],
      /the output of code cell 1 holds/,
    ],
    [
      "a key that markup cuts in pieces",
      [codeCell("1", [display({ data: { "text/html": "<b>rpa_</b><i>canary_not_a_key</i>" } })])],
      /the output of code cell 1 holds/,
    ],
    [
      "a key as the name of a column in a chart's data",
      [codeCell("1", [display({ data: { "application/json": { values: [{ [openaiKey]: 1 }] } } })])],
      /the output of code cell 1 holds/,
    ],
    [
      "a key with colours in it",
      [codeCell("1", [stream("rpa_\u001b[31mcanary_not\u001b[0m_a_key")])],
      /the output of code cell 1 holds/,
    ],
    [
      "a key in one form of a display",
      [
        codeCell("1", [
          display({ data: { "text/plain": "table", "text/html": [`<td>`, `${huggingFaceToken}</td>`] } }),
        ]),
      ],
      /the output of code cell 1 holds/,
    ],
    [
      "a key in a chart's data",
      [codeCell("1", [display({ data: { "application/json": { values: [{ key: openaiKey }] } } })])],
      /the output of code cell 1 holds/,
    ],
  ];
  for (const [title, cells, message] of refused) {
    test(title, async (context) => {
      await assert.rejects(exportCells(context, cells), (error: Error) => {
        assert.equal(error.name, "LauncherError");
        assert.match(error.message, /^The report of 02-chat\.ipynb was not written/);
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /canary/);
        return true;
      });
    });
  }

  test("a key that is set on this machine, whatever it looks like, also in a rehearsal", async (context) => {
    setEnvironment(context, {
      WORKBOOK_IGNORE_ENV_FILE: "1",
      WORKBOOK_TARGET: "rehearsal",
      OPENAI_API_KEY: "canary without any shape",
    });
    const folder = makeFolder(context);
    const notebookFile = join(folder, "02-chat.ipynb");
    const cells = [codeCell("1", [stream("it is canary without any shape, is it not")])];
    writeFileSync(notebookFile, JSON.stringify(notebookOf(cells)));
    await assert.rejects(exportReport({ notebookFile, outputFile: join(folder, "page.html") }), {
      name: "LauncherError",
      message: /the output of code cell 1 holds a key that is set on this machine/,
    });
  });

  const knownKey = "canary & no shape/at all";
  const disguises: [what: string, text: string][] = [
    ["in an address", encodeURIComponent(knownKey)],
    ["in base64", Buffer.from(knownKey).toString("base64")],
    ["in base64 behind a user's name", Buffer.from(`ada:${knownKey}`).toString("base64")],
    ["in base64 for addresses", Buffer.from(`?>${knownKey}`).toString("base64url")],
    ["in markup", knownKey.replace("&", "&amp;")],
    ["in markup, by numbers", knownKey.replace("&", "&#x26;").replace("/", "&#47;")],
    ["in what JSON and programs escape", knownKey.replace("&", "\\u0026").replace("/", "\\x2f")],
    ["over two lines", knownKey.replace("shape", "sha\npe")],
    [
      "in base64 over two lines",
      Buffer.from(knownKey)
        .toString("base64")
        .replace(/^.{12}/, "$&\n"),
    ],
    ["with invisible characters", knownKey.replace("shape", "sha\u200bpe")],
  ];
  for (const [what, text] of disguises) {
    test(`a key that is set on this machine, ${what}`, async (context) => {
      const cells = [codeCell("1", [stream(`it is ${text}, is it not`)])];
      await assert.rejects(exportCells(context, cells, { knownSecrets: [knownKey] }), {
        message: /the output of code cell 1 holds a key that is set on this machine/,
      });
    });
  }

  test("a key of another program that is set on this machine", async (context) => {
    setEnvironment(context, { SOMEBODYS_TOKEN: "canary of another program" });
    const cells = [codeCell("env", [stream("SOMEBODYS_TOKEN: canary of another program\n")])];
    const options = { knownSecrets: listKnownSecrets() };
    await assert.rejects(exportCells(context, cells, options), {
      message: /the output of code cell 1 holds a key that is set on this machine/,
    });
  });

  test("a key in what the head of the page would say", async (context) => {
    const options = { details: { server: `vLLM at ${runpodKey}` } };
    await assert.rejects(exportCells(context, [markdownCell("# Text")], options), {
      message: /its page would hold what looks like a Runpod key/,
    });
  });

  test("but not words that only begin like one", async (context) => {
    const words = "rpa_…, hf_…, sk-…, hf_hub_download, sk-test, task-scheduling-for-everyone, EMPTY";
    const page = await exportCells(context, [codeCell("1", [stream(words)])], { knownSecrets: ["EMPTY"] });
    assert.ok(visibleText(page).includes(words));
  });
});
