import type { Question } from "./run-cells.ts";

/** A question at the place that `‸` marks in a cell. */
export function questionAt(what: Question["what"], marked: string): Question {
  const [before = "", after = ""] = marked.split("‸");
  return { what, code: before + after, cursor: Array.from(before).length };
}
