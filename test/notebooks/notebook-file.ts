import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { makeFolder } from "../helpers/environment.ts";

/** A cell as a notebook file has it. */
export interface FileCell {
  cell_type: "code" | "markdown";
  source: string;
  metadata?: Record<string, unknown>;
  outputs?: unknown[];
  execution_count?: number | null;
}

export const title: FileCell = { cell_type: "markdown", source: "# A title\n\nSome words." };

/** A text cell. */
export function text(source: string): FileCell {
  return { cell_type: "markdown", source };
}

/** A code cell without outputs. */
export function code(source: string): FileCell {
  return { cell_type: "code", source, outputs: [], execution_count: null };
}

/** Writes `made.ipynb` into a folder that is gone when the test ends, and returns its path. */
export function writeNotebook(
  context: TestContext,
  cells: readonly FileCell[],
  options: { kernel?: string } = {},
): string {
  const path = join(makeFolder(context), "made.ipynb");
  const notebook = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: options.kernel ?? "tslab", display_name: "TypeScript" } },
    cells: cells.map((cell, index) => ({ id: `cell-${index}`, metadata: {}, ...cell })),
  };
  writeFileSync(path, JSON.stringify(notebook));
  return path;
}
