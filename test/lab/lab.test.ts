import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { Browser, Locator, Page } from "playwright-core";
import { describeInBrowser, launchBrowser, openPage } from "../helpers/browser.ts";
import { type Lab, startLab } from "./lab-process.ts";

const timeout = 600_000;

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const wcag22 = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"];

/** What Lab itself breaks, wherever a notebook is open: its editors, its list of cells, its buttons. */
const violationsOfLab = [
  "aria-allowed-attr",
  "aria-input-field-name",
  "aria-required-children",
  "button-name",
];

const longAnswer = [
  `import { openEndpoint, printChat } from "workbook";
const endpoint = await openEndpoint();`,
  `await printChat(endpoint, {
  messages: [{ role: "user", content: "Tell me a long story." }],
  max_tokens: 1900,
  ignore_eos: true,
  temperature: 1,
  seed: 1,
});`,
  `console.log("the kernel is still " + "here");`,
];

const muchText = [
  `console.log("letters".repeat(100));
console.error("https://example.org/" + "path/".repeat(100));
"word ".repeat(100);`,
  'for (let line = 0; line < 500_000; line++) console.log("x".repeat(99));',
];

describeInBrowser("in JupyterLab", () => {
  let lab: Lab;
  let browser: Browser;
  before(
    async () => {
      lab = await startLab({ cells: { "long-answer.ipynb": longAnswer, "much-text.ipynb": muchText } });
      browser = await launchBrowser();
    },
    { timeout },
  );
  after(async () => {
    await browser?.close();
    await lab?.close();
  });

  async function withNotebook(notebook: string, check: (page: Page) => Promise<void>): Promise<void> {
    const page = await openPage(browser, { viewport: { width: 1280, height: 900 }, colorScheme: "dark" });
    try {
      await lab.open(page, notebook);
      await check(page);
    } finally {
      await page.close();
    }
  }

  test("the chat notebook runs from the menu, and shows streamed text and tables", { timeout }, async () => {
    await withNotebook("02-chat.ipynb", async (page) => {
      await runAllCells(page);
      await waitUntilDone(page);
      assert.deepEqual(
        await page.locator('[data-mime-type="application/vnd.jupyter.stderr"]').allTextContents(),
        [],
      );
      const answer = cellWith(page, "seed: 7");
      assert.match(await outputOf(answer), /\[\d+ tokens, first text after \d+ ms, [\d.]+ tokens\/s/);
      const table = cellWith(page, "temperature = 1;").locator("table");
      assert.equal(await table.locator("tbody tr").count(), 3);
      assert.deepEqual(await findViolations(page), []);
    });
  });

  test("the cost notebook shows its chart live, and the slider moves it by the keyboard, in the dark theme", {
    timeout,
  }, async () => {
    await withNotebook("04-cost.ipynb", async (page) => {
      await runAllCells(page);
      await waitUntilDone(page);
      const cell = cellWith(page, "breakEvenChart(");
      await cell.scrollIntoViewIfNeeded();
      const drawing = cell.locator(".vega-embed svg");
      await drawing.waitFor();
      assert.match((await drawing.textContent()) ?? "", /break-even:139 tokens/);
      // Black text on the dark theme is drawn, and cannot be seen.
      assert.equal(await drawing.locator('text[fill="#000"], text[fill="black"]').count(), 0);
      const slider = cell.locator('input[type="range"]');
      await slider.focus();
      await page.keyboard.press("ArrowRight");
      await waitFor(
        async () => /break-even:14\d tokens/.test((await drawing.textContent()) ?? ""),
        "the chart moved",
      );
      assert.equal(await slider.inputValue(), "1.5");
      // Two prices in one paragraph are no formula.
      assert.equal(await page.locator("mjx-container").count(), 0);
      assert.deepEqual(await findViolations(page), []);
    });
  });

  test("long lines wrap, and a cell that prints 50 MB says what is left out of it", { timeout }, async () => {
    await withNotebook("much-text.ipynb", async (page) => {
      await runAllCells(page);
      await waitUntilDone(page);
      for (const width of [1280, 800]) {
        await page.setViewportSize({ width, height: 900 });
        const areWider = await page.evaluate<boolean[]>(
          `[...document.querySelector(".jp-CodeCell").querySelectorAll(".jp-OutputArea-output pre")]
            .map((box) => box.scrollWidth > box.clientWidth)`,
        );
        assert.deepEqual(areWider, [false, false, false]);
      }
      const output = await outputOf(cellWith(page, "500_000"));
      assert.match(output, /\[Left out here: \d\d\.\d MB of text/);
      assert.ok(output.length < 1_050_000, `${output.length} characters`);
    });
  });

  test("text grows as it comes, and the interrupt button stops the server and leaves the kernel usable", {
    timeout,
  }, async () => {
    await withNotebook("long-answer.ipynb", async (page) => {
      await runAllCells(page);
      const cell = cellWith(page, "Tell me a long story");
      await waitFor(async () => (await outputOf(cell)).length > 20, "text came");
      const begun = (await outputOf(cell)).length;
      await waitFor(async () => (await outputOf(cell)).length > begun, "it grew");
      assert.match(await cell.locator(".jp-InputPrompt").innerText(), /\[\*\]/);
      assert.equal(await lab.readMetric("num_requests_running"), 1);

      await page.locator('[data-command="notebook:interrupt-kernel"]').first().click();
      await waitUntilDone(page);
      await waitFor(async () => (await lab.readMetric("num_requests_running")) === 0, "the server stopped");
      const stopped = await lab.readMetric("generation_tokens_total");
      await delay(500);
      assert.equal(await lab.readMetric("generation_tokens_total"), stopped);

      const last = cellWith(page, "the kernel is still");
      await last.locator(".cm-content").click();
      await page.keyboard.press("Control+Enter");
      await waitFor(
        async () => (await outputOf(last)).includes("the kernel is still here"),
        "the next cell ran",
      );
    });
  });

  test("the terminal tells where Lab is, and nothing more", () => {
    const [, after = ""] = lab.said().split(/token=\w+/);
    assert.equal(after.trim(), "");
    assert.doesNotMatch(lab.said(), /^\[[WE] /m);
  });
});

/** What is wrong in the outputs of cells, and whatever else is wrong beside what Lab itself is to blame for. */
async function findViolations(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  const run = (scope: string) =>
    page.evaluate<{ violations: { id: string; help: string; nodes: { html: string }[] }[] }>(
      `axe.run(${scope}, ${JSON.stringify({ runOnly: { type: "tag", values: wcag22 }, resultTypes: ["violations"] })})`,
    );
  const outputs = await run('{ include: [[".jp-OutputArea-output"], [".jp-MarkdownOutput"]] }');
  const everything = await run("document");
  return [
    ...outputs.violations,
    ...everything.violations.filter(({ id }) => !violationsOfLab.includes(id)),
  ].map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join("\n")}`);
}

async function runAllCells(page: Page): Promise<void> {
  await page.getByRole("menuitem", { name: "Run", exact: true }).click();
  await page.getByRole("menuitem", { name: "Run All Cells", exact: true }).click();
  await page
    .locator(".jp-InputPrompt", { hasText: /\[[\d*]+\]/ })
    .first()
    .waitFor();
}

async function waitUntilDone(page: Page): Promise<void> {
  await waitFor(
    async () => (await page.locator(".jp-InputPrompt", { hasText: "[*]" }).count()) === 0,
    "all cells were done",
  );
}

function cellWith(page: Page, code: string): Locator {
  return page.locator(".jp-CodeCell", { has: page.locator(".jp-InputArea", { hasText: code }) }).first();
}

async function outputOf(cell: Locator): Promise<string> {
  return (await cell.locator(".jp-OutputArea-output").allTextContents()).join("\n");
}

/** Polls: what happens in Lab has no event that a test could hear. */
async function waitFor(isSo: () => Promise<boolean>, what: string): Promise<void> {
  const lastTry = Date.now() + timeout / 2;
  while (!(await isSo())) {
    if (Date.now() > lastTry) assert.fail(`waited in vain until ${what}`);
    await delay(100);
  }
}
