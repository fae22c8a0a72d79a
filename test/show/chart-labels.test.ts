import assert from "node:assert/strict";
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { exportReport } from "../../bin/commands/report/export.ts";
import { chartBundle } from "../../lib/src/show/index.ts";
import { describeInBrowser, launchBrowser, openPage } from "../helpers/browser.ts";
import { codeCell, display, notebookOf } from "../reports/sample-notebook.ts";
import { makeEveryChart } from "./every-chart.ts";
import { findChartFaults } from "./find-chart-faults.ts";

const charts = makeEveryChart();

test("every chart of the library is among those that are looked at", () => {
  const files = globSync("**/*-chart.ts", { cwd: new URL("../../lib/src/", import.meta.url) });
  const makers = files
    .map((file) => basename(file, ".ts").replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()))
    .filter((maker) => maker !== "drawChart");
  const source = readFileSync(new URL("every-chart.ts", import.meta.url), "utf8");
  assert.ok(makers.length > 10);
  assert.deepEqual(
    makers.filter((maker) => !source.includes(`${maker}(`)),
    [],
  );
});

describeInBrowser("the texts of every chart", () => {
  const folder = mkdtempSync(join(tmpdir(), "workbook-charts-"));
  const outputFile = join(folder, "charts.html");
  let browser: Browser;
  before(async () => {
    const bundles = await Promise.all(charts.map(([, spec]) => chartBundle(spec)));
    const notebook = notebookOf(bundles.map((bundle) => codeCell("", [display(bundle)])));
    const notebookFile = join(folder, "charts.ipynb");
    writeFileSync(notebookFile, JSON.stringify(notebook));
    await exportReport({ notebookFile, outputFile });
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const width of [1_280, 390]) {
    test(`lie clear of each other, inside of the picture, and can be read at ${width} px wherever its sliders stand`, async () => {
      const page = await openPage(browser, { viewport: { width, height: 800 } });
      await page.goto(pathToFileURL(outputFile).href);
      const faults = await findChartFaults(page);
      await page.close();
      assert.equal(faults.length, charts.length);
      const named = faults.flatMap((ofChart, index) =>
        ofChart.map((fault) => `${charts[index]?.[0]}: ${fault}`),
      );
      assert.deepEqual(named, []);
    });
  }
});
