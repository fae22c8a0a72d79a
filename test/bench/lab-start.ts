import { launchBrowser } from "../helpers/browser.ts";
import { startLab } from "../lab/lab-process.ts";

const repeats = 3;
const notebook = "first-cell.ipynb";

/** Starts Lab as `npm run lab` does after set-up, opens a notebook in Chromium and runs its first cell. */
export async function labStartBench(): Promise<Record<string, number>> {
  const browser = await launchBrowser();
  const listensMs: number[] = [];
  const ranMs: number[] = [];
  try {
    for (let repeat = 0; repeat < repeats; repeat++) {
      const startedMs = performance.now();
      const lab = await startLab({ cells: { [notebook]: ['console.log("it " + "runs");'] } });
      listensMs.push(performance.now() - startedMs);
      try {
        const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
        await lab.open(page, notebook);
        await page.locator(".jp-CodeCell .cm-content").first().click();
        await page.keyboard.press("Shift+Enter");
        await page.locator(".jp-OutputArea-output", { hasText: "it runs" }).waitFor();
        ranMs.push(performance.now() - startedMs);
        await page.close();
      } finally {
        await lab.close();
      }
    }
  } finally {
    await browser.close();
  }
  return {
    "Lab listens, slowest (ms)": Math.max(...listensMs),
    "its first cell has run, median (ms)": median(ranMs),
    "its first cell has run, slowest (ms)": Math.max(...ranMs),
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
