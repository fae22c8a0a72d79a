import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { z } from "zod";

const sourceSchema = z.union([z.string(), z.array(z.string()).transform((lines) => lines.join(""))]);

const notebookSchema = z.object({
  nbformat: z.literal(4),
  metadata: z.looseObject({ kernelspec: z.looseObject({ name: z.string() }).optional() }),
  cells: z.array(
    z.object({
      cell_type: z.enum(["code", "markdown", "raw"]),
      id: z.string().optional(),
      metadata: z.record(z.string(), z.unknown()),
      source: sourceSchema,
      outputs: z.array(z.unknown()).default([]),
      execution_count: z.int().nullable().default(null),
    }),
  ),
});

/** A cell as its author sees it; `number` counts all cells of the notebook from 1, text cells too. */
export interface Cell {
  number: number;
  type: "code" | "markdown" | "raw";
  source: string;
  metadata: Record<string, unknown>;
  hasOutputs: boolean;
  hasExecutionCount: boolean;
}

/** A notebook file, as far as the checks need it. */
export interface Notebook {
  /** The file's name, with its ending. */
  name: string;
  /** The name of its kernel spec; null where it names none. */
  kernel: string | null;
  cells: readonly Cell[];
}

/** Something that is wrong in a notebook; `line` counts from 1 within the cell. */
export interface Problem {
  notebook: string;
  cell: number;
  line: number;
  text: string;
}

/**
 * Reads a notebook file.
 *
 * @throws ZodError where it is no notebook of format 4.
 */
export function readNotebook(path: string): Notebook {
  const { metadata, cells } = notebookSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  return {
    name: basename(path),
    kernel: metadata.kernelspec?.name ?? null,
    cells: cells.map((cell, index) => ({
      number: index + 1,
      type: cell.cell_type,
      source: cell.source,
      metadata: cell.metadata,
      hasOutputs: cell.outputs.length > 0,
      hasExecutionCount: cell.execution_count !== null,
    })),
  };
}
