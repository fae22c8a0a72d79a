import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "csv-parse/sync";
import { z } from "zod";
import { WorkbookError } from "../errors.ts";

/** Where and how facts are read; tests give a folder of their own. */
export interface FactsOptions {
  /** The folder with the CSV files; default: the library's own `data`. */
  folder?: string;
  /** Is told of each row that was left out, in one sentence; default: a warning on the console. */
  onProblem?: (problem: string) => void;
}

type FactsRead<Row> = { rows: readonly Row[]; problems: readonly string[] };

// Found alike from src/facts and from dist/facts.
const dataFolder = fileURLToPath(new URL("../../data", import.meta.url));

const csvSchema = z.array(
  z.object({ record: z.record(z.string(), z.string()), info: z.object({ lines: z.number() }) }),
);

// The library's own files do not change while it runs.
const ownFacts = new Map<string, FactsRead<unknown>>();

/**
 * Reads one table of facts; a row that its schema refuses is named with its line and left out, the rest is returned.
 *
 * The schema sees a column `memory_gb` as `memoryGb`, and no empty cells, so that `optional` and `default` work.
 *
 * @throws WorkbookError where the file is missing, or is no CSV at all.
 */
export function readFacts<Row>(
  file: string,
  schema: z.ZodType<Row>,
  options: FactsOptions = {},
): readonly Row[] {
  const { folder = dataFolder, onProblem = console.warn } = options;
  const known = folder === dataFolder ? ownFacts.get(file) : undefined;
  const read = known ?? readFile(join(folder, file), file, schema);
  if (folder === dataFolder) ownFacts.set(file, read);
  for (const problem of read.problems) onProblem(problem);
  // A file name stands for one schema: each is read by one loader alone.
  return read.rows as readonly Row[];
}

function readFile<Row>(path: string, file: string, schema: z.ZodType<Row>): FactsRead<Row> {
  const rows: Row[] = [];
  const problems: string[] = [];
  for (const { record, line } of parseFile(path)) {
    const filled = Object.fromEntries(Object.entries(record).filter(([, value]) => value !== ""));
    const parsed = schema.safeParse(filled);
    if (parsed.success) rows.push(parsed.data);
    else problems.push(`${file}, line ${line}: ${describeIssues(parsed.error)} The row is left out.`);
  }
  return { rows, problems };
}

function parseFile(path: string): { record: Record<string, string>; line: number }[] {
  try {
    const text = readFileSync(path, "utf8");
    // A row with too few or too many cells is no error here: the schema then names what is missing.
    const parsed: unknown = parse(text, {
      bom: true,
      columns: (names: string[]) => names.map(camelCase),
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    });
    return csvSchema.parse(parsed).map(({ record, info }) => ({ record, line: info.lines }));
  } catch (cause) {
    throw new WorkbookError(`The table of facts ${path} could not be read.`, {
      remedy: "It belongs to the workbook: restore it from its repository.",
      cause,
    });
  }
}

function describeIssues(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => `${snakeCase(path.join(".")) || "row"}: ${message}.`)
    .join(" ");
}

function camelCase(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
