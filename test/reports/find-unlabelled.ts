import { execFileSync } from "node:child_process";
import { z } from "zod";
import { inProject } from "../../bin/set-up/project.mjs";
import { figureKinds } from "../../lib/src/show/index.ts";

const texts = z.array(z.string());
const shownSchema = z.object({
  what: z.string(),
  heads: z.array(z.object({ text: z.string(), says: z.string().nullable() })),
  rows: z.array(texts),
  origins: z.array(z.object({ kind: z.string().nullable(), columns: texts, dates: texts, sources: texts })),
});
type Shown = z.output<typeof shownSchema>;
type Origin = Shown["origins"][number];

/** Names each figure of the pages, by table, column and cell, whose kind, day or source a reader does not find beside it. */
export function findUnlabelled(files: readonly string[]): string[] {
  const printed = execFileSync(
    inProject(".venv/bin/python"),
    [inProject("test/reports/read-figures.py"), ...files],
    { encoding: "utf8", maxBuffer: 100_000_000 },
  );
  const pages = z.array(z.array(shownSchema)).parse(JSON.parse(printed));
  return pages.flatMap((shown, index) =>
    shown.flatMap(judge).map((problem) => `${files[index]?.split("/").slice(-2).join("/")}: ${problem}`),
  );
}

function judge(shown: Shown): string[] {
  const { what, heads, rows, origins } = shown;
  if (heads.length === 0) {
    return (origins.length === 0 ? [undefined] : origins).flatMap((origin) =>
      listMissing(origin, {}).map((missing) => `${what}: no ${missing}`),
    );
  }
  return heads.flatMap(({ text, says }, column) => {
    if (says !== null) return [];
    const origin =
      origins.find(({ columns }) => columns.includes(text)) ??
      origins.find(({ columns }) => columns.length === 0);
    // One cell shows what lacks: the others of the column lack it too.
    const problem = rows
      .filter((cells) =>
        text === "sentence" ? /\d/.test(cells[column] ?? "") : isFigure(cells[column] ?? ""),
      )
      .flatMap((cells) => {
        const inRow = Object.fromEntries(
          heads.flatMap((head, at) => (head.says === null ? [] : [[head.says, cells[at]]])),
        );
        const missing = listMissing(origin, inRow);
        return missing.length === 0
          ? []
          : [`${what}: ${cells[column]} in column "${text}" has no ${missing.join(", ")}`];
      })[0];
    return problem ?? [];
  });
}

/** A number with what belongs to it; no day, no name such as `00-setup`. */
function isFigure(cell: string): boolean {
  return !/^(?:\d{4}-\d\d|\d+-[a-z]|\d+ × )/.test(cell) && /^[^\w\s]{0,2}\d/.test(cell);
}

function listMissing(origin: Origin | undefined, inRow: Record<string, string | undefined>): string[] {
  const kind = inRow["kind"] ?? origin?.kind ?? "";
  const isKnown = figureKinds.some((known) => known === kind);
  const has = (part: string, said: readonly string[] = []) =>
    said.some((text) => text.trim() !== "") || ![undefined, "", "–"].includes(inRow[part]);
  return [
    ...(isKnown ? [] : ["kind"]),
    // What somebody assumes is of no day.
    ...(kind === "assumed" || has("date", origin?.dates) ? [] : ["day"]),
    ...(has("source", origin?.sources) ? [] : ["source"]),
  ];
}
