import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

/** Sets variables of this process's environment, and what they were before when the test ends. */
export function setEnvironment(context: TestContext, values: Record<string, string>): void {
  for (const [name, value] of Object.entries(values)) {
    const before = process.env[name];
    process.env[name] = value;
    context.after(() => {
      if (before === undefined) delete process.env[name];
      else process.env[name] = before;
    });
  }
}

/** Makes an empty folder that is gone when the test ends. */
export function makeFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "workbook-test-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Makes a checkout of the project as far as settings see it: its root, a `.env`, and a folder inside. */
export function makeCheckout(
  context: TestContext,
  options: { envFile?: string } = {},
): { root: string; notebooks: string } {
  const root = makeFolder(context);
  const notebooks = join(root, "notebooks");
  mkdirSync(notebooks);
  writeFileSync(join(root, "package.json"), JSON.stringify({ name: "serving-workbook" }));
  if (options.envFile !== undefined) writeFileSync(join(root, ".env"), options.envFile);
  return { root, notebooks };
}
