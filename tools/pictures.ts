// Makes the pictures of the README, the first from the newest run: node bin/workbook.mjs run tools/pictures.ts

import { writeFileSync } from "node:fs";
import { readRuns } from "../bin/commands/report/index.ts";
import { describeWays, drawWays } from "../bin/commands/report/ways-picture.ts";
import { LauncherError } from "../bin/set-up/launcher-error.mjs";
import { inProject } from "../bin/set-up/project.mjs";
import { launchBrowser } from "../test/helpers/browser.ts";
import { startLab } from "../test/lab/lab-process.ts";

writeFileSync(inProject("docs/decision.svg"), drawDecision());
await photographChat(inProject("docs/chat-in-jupyterlab.png"));

/** The picture on the front page of the newest run, with a page of its own below it. */
function drawDecision(): string {
  const { runs } = readRuns(inProject("reports"));
  const picture = runs.map(({ summary }) => summary.picture).find((one) => one !== null);
  if (picture === undefined) {
    throw new LauncherError("No run has a picture of a decision yet. Run npm start, then this again.");
  }
  console.log(`For the README: ${describeWays(picture)}`);
  return `${drawWays(picture, { standsAlone: true })}\n`;
}

/** The streamed answer of the chat notebook, as Lab shows it. */
async function photographChat(file: string): Promise<void> {
  const lab = await startLab({ cells: {} });
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 960, height: 600 }, deviceScaleFactor: 1.5 });
    await lab.open(page, "02-chat.ipynb");
    await page.keyboard.press("Control+b");
    await page.getByRole("menuitem", { name: "Run", exact: true }).click();
    await page.getByRole("menuitem", { name: "Run All Cells", exact: true }).click();
    const cell = page.locator(".jp-CodeCell", { hasText: "seed: 7" });
    await cell.getByText("first text after").waitFor({ timeout: 90_000 });
    // Once all cells are done nothing moves any more.
    await page.locator(".jp-InputPrompt", { hasText: "[*]" }).first().waitFor({ state: "detached" });
    await cell.locator(".jp-InputArea").click({ position: { x: 300, y: 5 } });
    await page.keyboard.press("Escape");
    await cell.scrollIntoViewIfNeeded();
    await page.screenshot({ path: file });
  } finally {
    await browser.close();
    await lab.close();
  }
}
