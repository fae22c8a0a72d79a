import { fileURLToPath, pathToFileURL } from "node:url";
import { launchBrowser } from "../helpers/browser.ts";

const repeats = 5;
const report = fileURLToPath(new URL("../../docs/sample-report.html", import.meta.url));

/**
 * Opens the sample report in Chromium and takes the time until all of its charts are live.
 *
 * A chart becomes live when it comes near; here the window is as high as the page, so all are near from the start.
 */
export async function reportOpenBench(): Promise<Record<string, number>> {
  const browser = await launchBrowser();
  const readableMs: number[] = [];
  const drawnMs: number[] = [];
  let charts = 0;
  try {
    for (let repeat = 0; repeat < repeats; repeat++) {
      // The page's own policy would forbid the question below.
      const page = await browser.newPage({ viewport: { width: 1400, height: 40_000 }, bypassCSP: true });
      await page.goto(pathToFileURL(report).href, { waitUntil: "commit" });
      await page.waitForFunction(
        "document.readyState === 'complete' && document.querySelectorAll('.chart-static').length === 0",
        undefined,
        { polling: "raf" },
      );
      drawnMs.push(await page.evaluate<number>("performance.now()"));
      readableMs.push(
        await page.evaluate<number>(
          "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN",
        ),
      );
      charts = await page.locator(".chart-live svg").count();
      await page.close();
    }
  } finally {
    await browser.close();
  }
  return {
    "charts (count)": charts,
    "text can be read, median (ms)": median(readableMs),
    "all charts are live, median (ms)": median(drawnMs),
    "all charts are live, slowest (ms)": Math.max(...drawnMs),
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
