import type { DisplayBundle } from "../kernel/index.ts";
import { type Figures, listOrigins, readRowKinds } from "./figures.ts";
import { tableTextBundle } from "./render-table.ts";
import { hasMoreParts, inspectOnOneLine, mostCharacters, valueCell } from "./result-cell.ts";
import { resultTable } from "./result-table.ts";
import { isMeasure } from "./short-measures.ts";
import { describeRows, type TableOptions } from "./table.ts";
import { isFrame, isPlainObject, isRows, type TableRow } from "./table-rows.ts";

const mostNames = 50;
const mostTables = 20;
const deepestTable = 3;
/** What is longer, or has more parts, has a table of its own. */
const longestInLine = 72;
const mostPartsInLine = 20;

/**
 * Returns a plain object as tables: its names and values, and below them each larger part: a frame, a list of objects or
 * of texts, objects that all have the same names, another object.
 */
export function objectTables(object: TableRow, figures?: TableOptions["figures"]): DisplayBundle {
  const tables = tablesOf(object, { path: [], figures, around: [], budget: { tables: mostTables } });
  const join = (type: string, between: string) => tables.map(({ data }) => data[type]).join(between);
  return { data: { "text/html": join("text/html", "\n"), "text/plain": join("text/plain", "\n\n") } };
}

interface Place {
  /** The names that lead to the part; the object itself has none. */
  path: readonly string[];
  figures: TableOptions["figures"];
  /** What the object around it says of its own figures. */
  around: readonly Figures[];
  /** How many tables may still come, wherever they are. */
  budget: { tables: number };
}

function tablesOf(part: unknown, place: Place): DisplayBundle[] {
  const { path, budget } = place;
  const figures = figuresOf(part, place);
  budget.tables--;
  const caption = path.length === 0 ? undefined : path.join(".");
  if (isFrame(part) || isRows(part)) return [resultTable(part, { caption, figures })];
  if (isTexts(part))
    return [
      resultTable(
        part.map((text) => ({ [caption ?? "text"]: text })),
        { figures },
      ),
    ];
  if (!isPlainObject(part)) return [];
  return isRecords(part)
    ? [resultTable(nameRecords(part), { caption, figures })]
    : namesAndValues(part, place);
}

function namesAndValues(object: TableRow, place: Place): DisplayBundle[] {
  const { path, figures, budget } = place;
  const own = readRowKinds([object]);
  const around = own.length > 0 ? own : place.around;
  const names = Object.keys(object);
  const cells: { name: string; text: string }[] = [];
  const below: DisplayBundle[] = [];
  for (const name of names.slice(0, mostNames)) {
    const { value, isGetter } = readProperty(object, name);
    const isApart = path.length < deepestTable && budget.tables > 0 && isLargePart(value);
    if (isApart) below.push(...tablesOf(value, { path: [...path, name], figures, around, budget }));
    else
      cells.push({
        name,
        text: isGetter ? "[Getter]" : valueCell(value, [...path, name].findLast(isMeasure) ?? name),
      });
  }
  const main = tableTextBundle({
    caption: path.length === 0 ? undefined : path.join("."),
    columns: [
      { head: "name", align: "left", cells: cells.map(({ name }) => valueCell(name, "")) },
      { head: "value", align: "left", cells: cells.map(({ text }) => text) },
    ],
    rowCount: cells.length,
    notes: names.length > mostNames ? [describeRows(mostNames, names.length) ?? ""] : [],
    origins: listOrigins(figuresOf(object, place), { rows: [object] }),
  });
  return cells.length === 0 && below.length > 0 ? below : [main, ...below];
}

/** An object may say itself what it is, as a capacity does, and with it what is inside it and says nothing. */
function figuresOf(part: unknown, { figures, around }: Place): TableOptions["figures"] {
  if (figures !== undefined || around.length === 0 || isFrame(part)) return figures;
  const rows = isRows(part) ? part : isPlainObject(part) ? [part] : [];
  return readRowKinds(rows).length > 0 ? undefined : around;
}

/** A getter is not called, as Node does not: it may do anything. */
function readProperty(object: TableRow, name: string): { value: unknown; isGetter: boolean } {
  const { get, value } = Object.getOwnPropertyDescriptor(object, name) ?? {};
  return { value, isGetter: get !== undefined };
}

function isLargePart(value: unknown): boolean {
  if (isFrame(value)) return true;
  if (isTexts(value)) return inspectOnOneLine(value).length > mostCharacters.column;
  const isPart = isRows(value) || isPlainObject(value);
  return isPart && (hasMoreParts(value, mostPartsInLine) || inspectOnOneLine(value).length > longestInLine);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "string");
}

/** Objects that all have the same names are the rows of a table; one of them may be missing. */
function isRecords(object: TableRow): object is Readonly<Record<string, TableRow | null>> {
  const names = Object.keys(object);
  if (names.length > mostNames) return false;
  const values = names.map((name) => readProperty(object, name).value).filter((value) => value !== null);
  if (values.length < 2 || !values.every(isPlainObject)) return false;
  const [first = [], ...others] = values.map((value) => Object.keys(value));
  const isSame = others.every(
    (keys) => keys.length === first.length && keys.every((key) => first.includes(key)),
  );
  return isSame && first.length > 0 && !first.includes("name");
}

function nameRecords(object: Readonly<Record<string, TableRow | null>>): TableRow[] {
  return Object.entries(object).map(([name, row]) => ({ name, ...row }));
}
