import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { describeInBrowser, launchBrowser, openPage } from "../helpers/browser.ts";
import { listPages, makeReports } from "./report-folder.ts";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** WCAG 2.2 A and AA, and what is good practice beyond: landmarks, headings in order, heads of tables. */
const accessibility = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"];
const megabyte = 1_000_000;

const background = "getComputedStyle(document.documentElement).backgroundColor";

/** What is left of A4 within the margins, in CSS pixels. */
const paper = { width: 672, height: 987 };
const wide = { width: 1400, height: 900 };
const narrow = { width: 380, height: 800 };

interface OpenedPage {
  page: Page;
  /** Addresses that the page asked for, beside its own. */
  requests: string[];
  /** What the page complained of. */
  complaints: string[];
}

/** Besides the pages of a real run a page made for it is checked, which holds what a run happens not to hold. */
const madeReports = await makeReports();
const runReports = process.env["WORKBOOK_TEST_REPORTS"];
const pages = [
  ...listPages(madeReports).map((page) => ({ name: `sample: ${page}`, file: join(madeReports, page) })),
  ...(runReports === undefined ? [] : listPages(runReports)).map((page) => ({
    name: `run: ${page}`,
    file: join(runReports ?? "", page),
  })),
  {
    name: "the sample in docs",
    file: fileURLToPath(new URL("../../docs/sample-report.html", import.meta.url)),
  },
];

test("the run that was to be checked has left pages", { skip: runReports === undefined }, () => {
  const fromRun = pages.filter(({ name }) => name.startsWith("run: "));
  assert.ok(fromRun.length >= 3, `${runReports} has ${fromRun.length} pages`);
});

describeInBrowser("every page of a report", () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser?.close());

  async function withPage(
    file: string,
    options: BrowserContextOptions,
    check: (opened: OpenedPage) => Promise<void>,
  ): Promise<void> {
    const page = await openPage(browser, options);
    try {
      const requests: string[] = [];
      const complaints: string[] = [];
      const own = pathToFileURL(file).href;
      // Whatever it asks for is counted and refused, also where a policy of the page would refuse it anyway.
      await page.route("**/*", (route) => {
        if (route.request().url() === own) return route.continue();
        requests.push(route.request().url());
        return route.abort();
      });
      page.on("console", (message) => {
        if (["error", "warning"].includes(message.type())) complaints.push(message.text());
      });
      page.on("pageerror", (error) => complaints.push(String(error)));
      await page.goto(own);
      if (options.javaScriptEnabled !== false) await drawCharts(page);
      await check({ page, requests, complaints });
    } finally {
      await page.close();
    }
  }

  for (const { name, file } of pages) {
    test(`${name} asks for nothing, complains of nothing, lets nothing in and shows every chart`, async () => {
      await withPage(file, { viewport: wide }, async ({ page, requests, complaints }) => {
        assert.deepEqual(requests, []);
        assert.deepEqual(complaints, []);
        assert.equal(await page.evaluate("globalThis.intruder"), undefined);
        assert.notEqual(await page.title(), "");
        assert.equal(await page.locator("h1").count(), 1);
        const charts = await page.locator("figure.chart").count();
        assert.equal(await page.locator("figure.chart .chart-live svg:visible").count(), charts);
        assert.equal(await page.locator(".chart-static").count(), 0);
      });
      assert.ok(statSync(file).size < 2 * megabyte, `${name} has ${statSync(file).size} bytes`);
    });

    test(`${name} has its charts and all of its text without scripts`, async () => {
      await withPage(file, { viewport: wide, javaScriptEnabled: false }, async ({ page, requests }) => {
        const charts = await page.locator("figure.chart").count();
        assert.equal(await page.locator("figure.chart .chart-static svg:visible").count(), charts);
        assert.ok((await page.locator("main").innerText()).length > 50);
        assert.deepEqual(requests, []);
      });
    });

    test(`${name} meets WCAG 2.2 A and AA in light and dark, fits a wide and a narrow screen, and prints`, async () => {
      await withPage(file, {}, async ({ page }) => {
        await page.evaluate("for (const folded of document.querySelectorAll('details')) folded.open = true");
        for (const viewport of [wide, narrow]) {
          await page.setViewportSize(viewport);
          for (const colorScheme of ["light", "dark"] as const) {
            await page.emulateMedia({ colorScheme });
            const where = `${colorScheme}, ${viewport.width} px`;
            assert.equal(await countPixelsTooWide(page), 0, `${where}: the page can be scrolled sideways`);
            assert.deepEqual(await findViolations(page), [], where);
            assert.deepEqual(await findCutCells(page), [], where);
          }
        }
        assert.equal(await page.evaluate(background), "rgb(21, 24, 28)");

        await page.setViewportSize(paper);
        await page.emulateMedia({ media: "print", colorScheme: "dark" });
        assert.equal(await page.evaluate(background), "rgb(255, 255, 255)");
        assert.equal(await page.evaluate("getComputedStyle(document.body).color"), "rgb(34, 38, 43)");
        assert.equal(await page.locator("header nav:visible").count(), 0);
        assert.equal(await countPixelsTooWide(page), 0, "something is cut off at the edge of the paper");
        const pdf = await page.pdf({ format: "A4" });
        assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
      });
    });

    test(`${name} has no link that leads nowhere`, () => {
      const html = readFileSync(file, "utf8");
      const ids = new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
      const links = [...html.matchAll(/<a\b[^>]* href="([^"]+)"/g)].map(([, href = ""]) => decodeURI(href));
      const broken = links.filter((href) =>
        href.startsWith("#")
          ? !ids.has(href.slice(1))
          : !/^https?:/.test(href) && !existsSync(beside(file, href)),
      );
      assert.deepEqual(broken, []);
    });
  }

  const withSlider = pages.filter(({ file }) => readFileSync(file, "utf8").includes('"input": "range"'));
  for (const { name, file } of withSlider) {
    test(`${name} has sliders that each move their chart by the keyboard`, async () => {
      await withPage(file, { viewport: wide }, async ({ page, complaints }) => {
        const sliders = page.locator('figure.chart input[type="range"]');
        for (let index = 0; index < (await sliders.count()); index++) {
          const slider = sliders.nth(index);
          const figure = slider.locator("xpath=ancestor::figure");
          const drawing = () => figure.locator(".chart-live svg").innerHTML();
          for (const key of ["ArrowLeft", "Home"]) {
            const before = await drawing();
            await slider.focus();
            await page.keyboard.press(key);
            await waitForChange(drawing, before);
          }
        }
        assert.deepEqual(complaints, []);
      });
    });
  }

  test("of which at least one has a slider", () => assert.notEqual(withSlider.length, 0));

  for (const viewport of [wide, narrow]) {
    test(`printed lines and values beside their names wrap at ${viewport.width} px, and only a printed table is scrolled in itself`, async () => {
      const sample = join(madeReports, "rehearsal/2026-11-23T19-52-03/sample.html");
      await withPage(sample, { viewport }, async ({ page }) => {
        const isWider = (selector: string) =>
          page.evaluate<boolean[]>(
            `[...document.querySelectorAll("${selector}")].map((box) => box.scrollWidth > box.clientWidth)`,
          );
        const wider = await isWider(".stream, .stream-error pre");
        assert.ok(wider.length >= 5);
        assert.deepEqual(new Set(wider), new Set([false]));
        assert.deepEqual(await isWider(".printed-table"), [true]);
        assert.deepEqual(await isWider(".outputs .table-scroll:not(:has(th:nth-child(3)))"), [false]);
        const lines = await page.evaluate<number>(
          `(() => { const table = document.querySelector(".printed-table");
            return Math.round(table.clientHeight / parseFloat(getComputedStyle(table).lineHeight)); })()`,
        );
        assert.equal(lines, 3);
        assert.equal(await page.locator(".printed-table").getAttribute("tabindex"), "0");
      });
    });
  }

  test("folded code is on the paper", async () => {
    const sample = join(madeReports, "rehearsal/2026-11-23T19-52-03/sample.html");
    await withPage(sample, { viewport: wide }, async ({ page }) => {
      const code = page.locator("details.code pre");
      assert.ok(!(await code.innerText()).includes("const line39"));
      await page.emulateMedia({ media: "print" });
      assert.match(await code.innerText(), /const line39/);
    });
  });
});

/** Brings every chart near the screen, which is when it becomes a live one. */
async function drawCharts(page: Page): Promise<void> {
  const charts = page.locator("figure.chart");
  for (let index = 0; index < (await charts.count()); index++) {
    await charts.nth(index).scrollIntoViewIfNeeded();
    await charts.nth(index).locator(".chart-live:not([hidden])").waitFor();
  }
}

/** The path of what a page links to, in its own folder or another. */
function beside(file: string, href: string): string {
  return join(dirname(file), href.replace(/#.*$/, ""));
}

async function countPixelsTooWide(page: Page): Promise<number> {
  return page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
}

/** Cells of a table that lie beyond the edge of their place, where nothing says so. */
async function findCutCells(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`[...document.querySelectorAll("td")].flatMap((cell) => {
    const place = (cell.closest(".table-scroll") ?? document.body).getBoundingClientRect();
    const isCut = cell.getBoundingClientRect().right > place.right + 1 || cell.scrollWidth > cell.clientWidth + 1;
    const isSaid = innerWidth > 704 && cell.closest(".scrolls") !== null;
    return isCut && !isSaid && cell.getClientRects().length > 0 ? [cell.textContent.slice(0, 60)] : [];
  })`);
}

async function findViolations(page: Page): Promise<string[]> {
  await page.evaluate(`globalThis.axe ?? (() => { ${axeSource} })()`);
  const options = JSON.stringify({
    runOnly: { type: "tag", values: accessibility },
    resultTypes: ["violations"],
  });
  const { violations } = await page.evaluate<{
    violations: { id: string; help: string; nodes: { html: string }[] }[];
  }>(`axe.run(document, ${options})`);
  return violations.map(
    ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join("\n")}`,
  );
}

async function waitForChange(read: () => Promise<string>, before: string): Promise<void> {
  for (let tries = 0; tries < 6_000; tries++) {
    if ((await read()) !== before) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail("the chart did not change");
}
