import type { Cell } from "./read-notebook.ts";

/** Some code cells as one module, and the way back from a position in it. */
export interface CellModule {
  code: string;
  /** The cell and the line in it, both counted from 1, of a position in `code`. */
  placeOf(position: number): { cell: number; line: number };
}

/** Joins code cells into one module: they share one scope, as in a kernel. */
export function joinCells(cells: readonly Pick<Cell, "number" | "source">[]): CellModule {
  const starts: { cell: number; start: number; source: string }[] = [];
  let code = "";
  for (const { number, source } of cells) {
    starts.push({ cell: number, start: code.length, source });
    // A cell is a whole number of statements, also where its last one has no semicolon.
    code += `${source}\n;\n`;
  }
  return {
    code,
    placeOf(position) {
      const place = starts.findLast(({ start }) => start <= position);
      if (place === undefined) return { cell: 1, line: 1 };
      const { cell, start, source } = place;
      return { cell, line: source.slice(0, position - start).split("\n").length };
    },
  };
}
