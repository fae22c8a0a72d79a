import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { loadTrace, type Trace } from "../../lib/src/traffic/index.ts";
import { makeFolder } from "./environment.ts";

/** Loads a trace from a file of this content. */
export function loadText(
  context: TestContext,
  {
    file = "own.csv",
    content,
    ...options
  }: { file?: string; content: string } & Parameters<typeof loadTrace>[1],
): Promise<Trace> {
  const path = join(makeFolder(context), file);
  writeFileSync(path, content);
  return loadTrace(path, options);
}

/** Objects as JSON lines. */
export function writeLines(...rows: unknown[]): string {
  return rows.map((row) => JSON.stringify(row)).join("\n");
}
