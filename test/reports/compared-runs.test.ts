import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { describeInBrowser, launchBrowser, openPage } from "../helpers/browser.ts";
import { makeReports } from "./report-folder.ts";

const folder = await makeReports();

describeInBrowser("two ticked runs", () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser?.close());

  test("are compared in the page, without script and network, and on a phone", async () => {
    const page = await openPage(browser, { javaScriptEnabled: false, viewport: { width: 390, height: 800 } });
    await page.goto(pathToFileURL(join(folder, "index.html")).href);
    const pair = page.locator("#pair-0-1");
    const hint = page.locator(".tick-hint");
    assert.deepEqual([await pair.isVisible(), await hint.isVisible()], [false, true]);
    await page.locator("#run-0").check();
    assert.equal(await pair.isVisible(), false);
    await page.locator("#run-1").check();
    assert.deepEqual([await pair.isVisible(), await hint.isVisible()], [true, false]);
    assert.match(await pair.innerText(), /B writes 30 % more tokens at 1 stream/);
    await page.locator("#run-0").uncheck();
    assert.equal(await pair.isVisible(), false);
    await page.close();
  });
});
