import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, type SuiteContext } from "node:test";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const names = ["chromium", "chromium-browser", "google-chrome"];

/**
 * Describes behaviour that shows only in a real browser. Without one the tests are skipped, loudly, unless
 * `WORKBOOK_REQUIRE_BROWSER=1` says that there must be one.
 */
export function describeInBrowser(
  title: string,
  body: (context: SuiteContext) => void | Promise<void>,
): void {
  const isRequired = process.env["WORKBOOK_REQUIRE_BROWSER"] === "1";
  const skip =
    findBrowser() === null &&
    !isRequired &&
    "NOT CHECKED: NO CHROMIUM ON THIS MACHINE (Debian: apt install chromium)";
  describe(title, { skip }, (context) => body(context as SuiteContext));
}

/** Starts Chromium, which the caller closes. */
export function launchBrowser(): Promise<Browser> {
  const executablePath = findBrowser();
  if (executablePath === null) throw new Error(`None of ${names.join(", ")} is on the PATH.`);
  // Its sandbox does not work for root, which is what everyone is in a container.
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({ executablePath, timeout: 300_000, args: isRoot ? ["--no-sandbox"] : [] });
}

/** Opens a page that waits as long as a busy machine needs; closing it closes what it brought along. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await browser.newPage(options);
  page.setDefaultTimeout(300_000);
  return page;
}

function findBrowser(): string | null {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/bin"];
  const files = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return files.find(isExecutable) ?? null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
