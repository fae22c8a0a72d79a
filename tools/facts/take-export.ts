import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { LauncherError } from "../../bin/set-up/launcher-error.mjs";
import { loadPublishedThroughput } from "../../lib/src/facts/index.ts";
import { exportedSchema, toThroughputRows } from "../../lib/src/measure/index.ts";
import { parseJson } from "../../lib/src/words/index.ts";

const table = "throughput.csv";
const mostBytes = 1_000_000;

/**
 * Takes an exported measurement into a folder's `throughput.csv`, and returns the lines that were added.
 *
 * @throws LauncherError where the file is no export, has anything beside what an export has, its rows are not those of its
 *   figures, the source is no address, it is of a day to come, or the table has the rows already; InputError where the tables
 *   have no such model or card, or the figures are beyond what these can do.
 */
export function takeExport(options: {
  file: string;
  /** Where others can open the file: an https address. */
  source: string;
  today: string;
  dataFolder: string;
}): string[] {
  const { file, source, today, dataFolder } = options;
  const { rows, ...exported } = readExport(file);
  if (!isDeepStrictEqual(rows, toThroughputRows(exported))) {
    throw new LauncherError(`The rows of ${file} are not those of its own figures: it was changed by hand.`);
  }
  if (/\s/.test(source) || URL.parse(source)?.username) {
    throw new LauncherError(
      `${table} would not take ${file}: sources is not one https address without a user.`,
    );
  }
  if (exported.day > today) throw new LauncherError(`${file} is of ${exported.day}, a day to come.`);
  const path = join(dataFolder, table);
  const before = readFileSync(path, "utf8");
  const columns = (before.split("\n")[0] ?? "").trim().split(",");
  const lines = rows.map((row) => {
    const complete: Record<string, string> = { ...row, observed: today, sources: source };
    return columns.map((column) => toCell(complete[column] ?? "")).join(",");
  });
  const known = new Set(before.split("\n").map(withoutDay));
  if (lines.some((line) => known.has(withoutDay(line))) || new Set(lines).size < lines.length) {
    throw new LauncherError(`${table} has rows of ${file} already, or the file has one twice.`);
  }
  const after = `${before.trimEnd()}\n${lines.join("\n")}\n`;
  const problems = findProblems(after, before);
  if (problems.length > 0) throw new LauncherError(`${table} would not take ${file}: ${problems.join(" ")}`);
  writeFileSync(path, after);
  return lines;
}

function readExport(file: string) {
  let text: string;
  try {
    text = statSync(file).size > mostBytes ? "" : readFileSync(file, "utf8");
  } catch {
    throw new LauncherError(`${file} cannot be read.`);
  }
  const parsed = exportedSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new LauncherError(
    `${file} is not what exportMeasurement writes: ${issue?.path.join(".")} ${issue?.message}.`,
  );
}

/** What the table's own reader says of the new rows. */
function findProblems(after: string, before: string): string[] {
  const read = (text: string) => {
    const folder = mkdtempSync(join(tmpdir(), "workbook-facts-"));
    const problems: string[] = [];
    try {
      writeFileSync(join(folder, table), text);
      loadPublishedThroughput({ folder, onProblem: (problem) => problems.push(problem) });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    return problems;
  };
  const old = new Set(read(before));
  return read(after).filter((problem) => !old.has(problem));
}

/** The same row may have been looked at again on another day, from another address. */
function withoutDay(line: string): string {
  return line.replace(/,\d{4}-\d\d-\d\d,(?:https:[^,]*|"https:[^"]*")(?=,)/, "");
}

function toCell(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
