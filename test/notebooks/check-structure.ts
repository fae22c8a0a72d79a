import { describeSecret } from "../../bin/commands/report/secrets.ts";
import type { Cell, Notebook, Problem } from "./read-notebook.ts";

const mostLines = 20;
const mostColumns = 100;

/** Folders of somebody's machine; those of a pod's image (`/workspace`, the hub's cache) are none. */
const machinePath =
  /(?<![\w.:/-])(?:\/(?:home|Users|tmp|work|mnt|var|opt)\/|\/root\/(?!\.cache\/huggingface)|[A-Z]:\\{1,2}\w|file:\/\/\/)/;

/**
 * Checks what readers and git see of a notebook: headings in order, short cells, and nothing of the machine or the run
 * that it was last saved from.
 */
export function checkStructure(notebook: Notebook): Problem[] {
  const { name, kernel, cells } = notebook;
  const problems: Problem[] = [];
  const report = (cell: number, line: number, text: string) =>
    problems.push({ notebook: name, cell, line, text });

  if (kernel !== "tslab") report(1, 1, `the kernel is ${kernel ?? "not named"}, it should be tslab`);
  for (const cell of cells) {
    if (cell.hasOutputs) report(cell.number, 1, "has outputs: clear them before the notebook is saved");
    if (cell.hasExecutionCount) report(cell.number, 1, "has an execution count: clear it with the outputs");
    if ("execution" in cell.metadata) report(cell.number, 1, "has times of an execution in its metadata");
    if (cell.source.trim() === "") report(cell.number, 1, "is empty");
    for (const { line, text } of checkLines(cell)) report(cell.number, line, text);
  }
  for (const { cell, line, text } of checkHeadings(cells)) report(cell, line, text);
  return problems;
}

function checkLines({ type, source }: Cell): { line: number; text: string }[] {
  const lines = source.split("\n");
  const found = lines.flatMap((content, index) => {
    const texts: string[] = [];
    if (type === "code" && content.length > mostColumns) {
      texts.push(`is ${content.length} columns wide; ${mostColumns} fit into a report`);
    }
    if (machinePath.test(content)) texts.push("holds an absolute path of somebody's machine");
    const secret = describeSecret(content, []);
    if (secret !== null) texts.push(`holds ${secret}`);
    return texts.map((text) => ({ line: index + 1, text }));
  });
  if (type === "code" && lines.length > mostLines) {
    found.push({
      line: mostLines + 1,
      text: `the cell has ${lines.length} lines; ${mostLines} can be read at a glance`,
    });
  }
  return found;
}

function checkHeadings(cells: readonly Cell[]): { cell: number; line: number; text: string }[] {
  const headings = cells.filter(({ type }) => type === "markdown").flatMap(listHeadings);
  const [title] = headings;
  if (title === undefined || title.cell !== 1 || title.line !== 1 || title.level !== 1) {
    return [{ cell: 1, line: 1, text: "the notebook must begin with its title, a heading with one #" }];
  }
  return headings.slice(1).flatMap(({ cell, line, level }, index) => {
    const levelBefore = headings[index]?.level ?? 1;
    if (level === 1) return [{ cell, line, text: "is a second title; one # stands only at the top" }];
    if (level > levelBefore + 1) {
      return [{ cell, line, text: `the heading skips a level, from ${levelBefore} to ${level}` }];
    }
    return [];
  });
}

function listHeadings({ number, source }: Cell): { cell: number; line: number; level: number }[] {
  let isInFence = false;
  return source.split("\n").flatMap((content, index) => {
    if (/^\s*(?:```|~~~)/.test(content)) isInFence = !isInFence;
    const marks = isInFence ? undefined : content.match(/^(#{1,6}) /)?.[1];
    return marks === undefined ? [] : [{ cell: number, line: index + 1, level: marks.length }];
  });
}
