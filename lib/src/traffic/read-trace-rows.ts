import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { type Duplex, pipeline, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { parse } from "csv-parse";
import { z } from "zod";
import { InputError } from "../errors.ts";

/** One line of a trace's file: its cells by the names of their columns, as texts. */
export interface TraceRow {
  line: number;
  /** The line that has the names: the first of a CSV file, in JSON lines each one. */
  namesLine: number;
  cells: Readonly<Record<string, string>>;
}

const csvRowSchema = z.object({
  record: z.record(z.string(), z.string()),
  info: z.object({ lines: z.number() }),
});

const jsonLineSchema = z.record(z.string(), z.unknown());

/**
 * Reads a CSV file (first line: names; separated by commas, semicolons or tabs) or JSON lines, by its first character.
 *
 * Both may be compressed (`.gz`). One row at a time, so that a file may be larger than the memory.
 *
 * @throws InputError with file and line where a line is no row.
 */
export async function* readTraceRows(path: string, file: string): AsyncGenerator<TraceRow> {
  yield* (await isJsonLines(path)) ? readJsonLines(path, file) : readCsv(path, file);
}

function open(path: string): Readable {
  const bytes = createReadStream(path);
  return path.endsWith(".gz") ? connect(bytes, createGunzip()) : bytes;
}

// Unlike pipe, pipeline carries errors forwards, and closes the file when its reader stops early.
function connect<Reader extends Duplex>(source: Readable, reader: Reader): Reader {
  pipeline(source, reader, () => {});
  return reader;
}

async function isJsonLines(path: string): Promise<boolean> {
  for await (const chunk of open(path)) {
    // Like a space, the mark of the byte order is trimmed.
    const start = String(chunk).trimStart();
    if (start !== "") return start.startsWith("{");
  }
  return false;
}

async function* readCsv(path: string, file: string): AsyncGenerator<TraceRow> {
  const parser = parse({
    bom: true,
    columns: true,
    delimiter: [",", ";", "\t"],
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
  });
  try {
    for await (const row of connect(open(path), parser)) {
      const { record, info } = csvRowSchema.parse(row);
      yield { line: info.lines, namesLine: 1, cells: record };
    }
  } catch (cause) {
    const line = lineOf(cause);
    if (line === null) throw cause;
    throw new InputError(`loadTrace: ${file}, line ${line} is no line of a CSV file.`, {
      remedy: "Look for a quotation mark that is not closed.",
      cause,
    });
  }
}

function lineOf(cause: unknown): number | null {
  const parsed = z.object({ code: z.string().startsWith("CSV_"), lines: z.number() }).safeParse(cause);
  return parsed.success ? parsed.data.lines : null;
}

async function* readJsonLines(path: string, file: string): AsyncGenerator<TraceRow> {
  let line = 0;
  const lines = createInterface({ input: open(path), crlfDelay: Number.POSITIVE_INFINITY });
  for await (const text of lines) {
    line++;
    if (text.trim() === "") continue;
    yield { line, namesLine: line, cells: readJsonLine(text.trim(), { file, line }) };
  }
}

function readJsonLine(text: string, { file, line }: { file: string; line: number }): Record<string, string> {
  try {
    const cells = jsonLineSchema.parse(JSON.parse(text));
    return Object.fromEntries(
      Object.entries(cells)
        .filter(([, value]) => typeof value === "string" || typeof value === "number")
        .map(([name, value]) => [name, String(value)]),
    );
  } catch (cause) {
    throw new InputError(`loadTrace: ${file}, line ${line} is no JSON object.`, {
      remedy: "Write one object in each line, with timestamp, input_tokens and output_tokens.",
      cause,
    });
  }
}
