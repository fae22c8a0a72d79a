import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { describeInBrowser, launchBrowser, openPage } from "../helpers/browser.ts";
import { type Lab, startLab } from "./lab-process.ts";

const timeout = 600_000;
const cells = [
  `import { printChat } from "workbook";
import pl from "nodejs-polars";
const größe = 1;
console.log("ready");`,
  "",
];

describeInBrowser("in an editor of JupyterLab", () => {
  let lab: Lab;
  let browser: Browser;
  before(
    async () => {
      lab = await startLab({ cells: { "editor.ipynb": cells } });
      browser = await launchBrowser();
    },
    { timeout },
  );
  after(async () => {
    await browser?.close();
    await lab?.close();
  });

  test("Tab completes a word, and Shift+Tab tells of a function within its call", { timeout }, async () => {
    const page = await openPage(browser, { viewport: { width: 1280, height: 900 } });
    await lab.open(page, "editor.ipynb");
    const editor = page.locator(".jp-CodeCell .cm-content").nth(1);
    const write = async (text: string) => {
      await editor.click();
      await page.keyboard.press("Control+A");
      await page.keyboard.insertText(text);
    };
    await page.locator(".jp-CodeCell .cm-content").first().click();
    await page.keyboard.press("Shift+Enter");
    await page.locator(".jp-OutputArea-output", { hasText: "ready" }).waitFor();

    await write("pl.readC");
    await page.keyboard.press("Tab");
    await page.locator(".jp-Completer-item", { hasText: "readCSVStream" }).waitFor();
    assert.deepEqual(await page.locator(".jp-Completer-match").allTextContents(), [
      "readCSV",
      "readCSVStream",
    ]);
    assert.deepEqual(await page.locator(".jp-Completer-typeExtended").allTextContents(), [
      "function",
      "function",
    ]);
    await page.keyboard.press("Escape");

    await write('const face = "😀"; grö + 1');
    for (let step = 0; step < "ö + 1".length; step++) await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Tab");
    await page.locator(".jp-Completer-item", { hasText: "größe" }).waitFor();
    await page.keyboard.press("Enter");
    await editor.getByText('const face = "😀"; größe + 1', { exact: true }).waitFor();

    await write("printChat(");
    await page.keyboard.press("Shift+Tab");
    const tooltip = page.locator(".jp-Tooltip");
    await tooltip.waitFor();
    assert.match(await tooltip.locator("pre").innerText(), /^printChat\(endpoint: Endpoint, request/);
    assert.match(await tooltip.locator("p").first().innerText(), /^Streams the answer to a chat request/);
  });
});
