import assert from "node:assert/strict";
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { exportReport } from "../../bin/commands/report/export.ts";
import { drawWays } from "../../bin/commands/report/ways-picture.ts";
import { chartBundle } from "../../lib/src/show/index.ts";
import { describeInBrowser, launchBrowser, openPage } from "../helpers/browser.ts";
import { codeCell, display, notebookOf } from "../reports/sample-notebook.ts";
import { makeEveryChart } from "./every-chart.ts";
import { findChartFaults, findDrawingFaults } from "./find-chart-faults.ts";

const charts = makeEveryChart();

const manyWays: Parameters<typeof drawWays>[0] = {
  headline: "Take 2 × H100 SXM: $123,456 a month, a tenth less than the cheapest API",
  subject: "Llama 3.3 70B, 2,260,000 requests a month, 1,000 tokens in and 250 out, computed on 2026-11-28",
  ways: [1, 40, 4_000].map((dearness) => ({
    label: "Llama-3.3-70B-Instruct on 2 × H100 SXM, fp8, pod, always",
    serves: dearness === 40 ? "api" : "machine",
    remark: "users wait too long",
    isAnswer: dearness === 1,
    usdPerMonth: { low: 100 * dearness, typical: 123.4 * dearness, high: 200 * dearness },
  })),
};

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
    test(`lie clear of each other on the front page's picture of ways at ${width} px`, async () => {
      const page = await openPage(browser, { viewport: { width, height: 800 } });
      await page.setContent(`<style>svg { max-width: 100%; height: auto }</style>${drawWays(manyWays)}`);
      assert.deepEqual(await findDrawingFaults(page), []);
      await page.close();
    });
  }

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
