// Makes the pictures of the README: node bin/workbook.mjs run tools/pictures.ts

import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { breakEvenChart } from "../lib/src/cost/index.ts";
import { chartBundle } from "../lib/src/show/index.ts";
import { launchBrowser } from "../test/helpers/browser.ts";
import { startLab } from "../test/lab/lab-process.ts";

const inDocs = (name: string) => fileURLToPath(new URL(`../docs/${name}`, import.meta.url));

writeFileSync(inDocs("cost-per-hour.svg"), await drawCostPerHour());
await photographChat(inDocs("chat-in-jupyterlab.png"));

/** The chart of the cost notebook, with a page of its own below it that follows the reader's theme. */
async function drawCostPerHour(): Promise<string> {
  const spec = breakEvenChart(
    {
      gpuUsdPerHour: 1.56,
      inputUsdPerMillion: 2.68,
      outputUsdPerMillion: 3.54,
      inputTokensPerOutputToken: 1,
    },
    { machine: "4 × A40, Runpod 2024: $1.56 an hour", api: "Llama 3.1 70B, Azure 2024, by the token" },
  );
  const description =
    "Dollars per hour against tokens per second, with the prices of 2024: four A40 GPUs at Runpod cost a flat $1.56, Llama 3.1 70B at Azure rises from zero and crosses that at 139 tokens per second.";
  const padded = {
    ...spec,
    description,
    padding: 16,
    config: { font: "system-ui, 'Segoe UI', Helvetica, Arial, sans-serif" },
  };
  const { data } = await chartBundle(padded);
  const style =
    "<style>svg{color:#22262b}.page{fill:#fdfcfa}" +
    "@media(prefers-color-scheme:dark){svg{color:#dfe2e5}.page{fill:#15181c}}</style>" +
    '<rect class="page" width="100%" height="100%" rx="8"/>';
  const title = `<title>${description}</title>`;
  return `${String(data["image/svg+xml"]).replace(/<svg [^<>]*>/, (start) => `${start}${title}${style}`)}\n`;
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
