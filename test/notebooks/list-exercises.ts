import type { Cell, Notebook } from "./read-notebook.ts";

/**
 * An exercise of a notebook: a text cell that asks, below it a code cell with the tag `exercise` in which the reader
 * answers, later a code cell that compares the answer, and a text cell with the tag `solution`.
 */
export interface Exercise {
  cell: Cell;
  /** The reader guesses before a cell shows it. */
  isPrediction: boolean;
  /** The code cells that compare with `expectClose` what the exercise declares. */
  checks: readonly Cell[];
  /** What stands in place of the exercise's cell; `null` where no later solution declares the same names. */
  solution: string | null;
  /** Its solution has the tag `measured`: how far it is off differs from run to run. */
  isMeasured: boolean;
}

/** How the text above an exercise begins. */
export const exerciseHeading = /^### (Exercise|Prediction): \S/;

const solutionForm =
  /^<details><summary>Solution<\/summary>\n\n```ts\n((?:(?!```).*\n)+)```\n\n\S[\s\S]*\n\n<\/details>$/;

/** Lists the exercises of a notebook in its order. */
export function listExercises({ cells }: Pick<Notebook, "cells">): Exercise[] {
  return cells.flatMap((cell, index) => {
    if (!hasTag(cell, "exercise")) return [];
    const names = declaredNames(cell.source);
    const later = cells.slice(index + 1);
    const solutionCell = later.find((one) => {
      const code = readSolution(one);
      return code !== null && names.length > 0 && String(declaredNames(code)) === String(names);
    });
    const compares = ({ type, source }: Cell) =>
      type === "code" && source.includes("expectClose(") && names.some((name) => hasWord(source, name));
    return {
      cell,
      isPrediction: exerciseHeading.exec(cells[index - 1]?.source ?? "")?.[1] === "Prediction",
      checks: later.filter(compares),
      solution: solutionCell === undefined ? null : readSolution(solutionCell),
      isMeasured: solutionCell !== undefined && hasTag(solutionCell, "measured"),
    };
  });
}

/** Returns the code of a solution; `null` where a cell is none, or has not its form. */
export function readSolution(cell: Cell): string | null {
  return hasTag(cell, "solution") && cell.type === "markdown"
    ? (solutionForm.exec(cell.source.trim())?.[1]?.trimEnd() ?? null)
    : null;
}

/** Says whether a cell has a tag. */
export function hasTag({ metadata }: Cell, tag: string): boolean {
  const tags = metadata["tags"];
  return Array.isArray(tags) && tags.includes(tag);
}

/** The names that a cell declares for its reader: all that begin with `my`. */
function declaredNames(source: string): string[] {
  return [...source.matchAll(/^(?:const|let) (my[A-Z]\w*)/gm)].map(([, name = ""]) => name).sort();
}

function hasWord(source: string, word: string): boolean {
  return source.match(/\w+/g)?.includes(word) ?? false;
}
