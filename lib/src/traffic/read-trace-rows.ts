import { createReadStream } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { type Duplex, pipeline, type Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { finished } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { parse } from "csv-parse";
import { z } from "zod";
import { InputError } from "../errors.ts";
import { expandRows } from "./expand-rows.ts";
import { type Fields, isFields } from "./row-fields.ts";

/** One row of a trace's file. */
export interface TraceRow {
  /** A line of cells, a line of JSON, or an entry of a list. */
  kind: "cells" | "json" | "entry";
  /** Counted from 1. */
  number: number;
  /** Of several rows in one line: which. */
  part?: number;
  fields: Fields;
}

/** Names a row for people, such as `line 3`. */
export function nameRow({ kind, number, part }: TraceRow): string {
  const row = `${kind === "entry" ? "entry" : "line"} ${number}`;
  return part === undefined ? row : `${row}, entry ${part}`;
}

/**
 * Reads a CSV file (first line: names; separated by commas, semicolons, tabs or bars), JSON lines, one JSON document with a list
 * of rows, or Parquet, by its first characters, and gives each row to `add`.
 *
 * All but Parquet may be compressed (`.gz`). CSV and JSON lines come one row at a time, so that a file may be larger than
 * the memory.
 *
 * @throws InputError with file and line where a line is no row; whatever `add` throws.
 */
export async function readTraceRows(
  path: string,
  { file, add }: { file: string; add: AddRow },
): Promise<void> {
  const bytes = await readFirstBytes(path);
  const startsWith = (mark: Buffer) => bytes.subarray(0, mark.length).equals(mark);
  if (startsWith(parquetStart)) return readParquet(path, add);
  if (startsWith(zipStart)) {
    throw new InputError(`loadTrace: ${file} is an archive or an Excel file.`, {
      remedy: "Unpack it, or save the sheet as CSV.",
    });
  }
  const isGzip = path.endsWith(".gz") || startsWith(gzipStart);
  const source: Source = { path, file, isGzip };
  const start = await readStart(source);
  if (start.startsWith("[")) return readDocument(source, add);
  return start.startsWith("{") ? readJsonLines(source, add) : readCsv(source, { add, start });
}

type AddRow = (row: TraceRow) => void;

interface Source {
  path: string;
  file: string;
  isGzip: boolean;
}

const gzipStart = Buffer.from([0x1f, 0x8b]);
// Also that of Excel files.
const zipStart = Buffer.from("PK\u0003\u0004");
const parquetStart = Buffer.from("PAR1");

async function readFirstBytes(path: string): Promise<Buffer> {
  const handle = await open(path);
  try {
    const { buffer } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return buffer;
  } finally {
    await handle.close();
  }
}

function openFile({ path, isGzip }: Source): Readable {
  const bytes = createReadStream(path);
  return isGzip ? connect(bytes, createGunzip()) : bytes;
}

// Unlike pipe, pipeline carries errors forwards, and closes the file when its reader stops early.
function connect<Reader extends Duplex>(source: Readable, reader: Reader): Reader {
  pipeline(source, reader, () => {});
  return reader;
}

async function readStart(source: Source): Promise<string> {
  for await (const chunk of openFile(source)) {
    // Like a space, the mark of the byte order is trimmed.
    const start = String(chunk).trimStart();
    if (start !== "") return start;
  }
  return "";
}

/** Tells what separates the cells: what the line of names has most of. In cells the others are often part of a text. */
function findDelimiter(start: string): string {
  const [names = ""] = start.split("\n", 1);
  const counts = [",", ";", "\t", "|"].map((delimiter) => ({
    delimiter,
    count: names.split(delimiter).length,
  }));
  return counts.reduce((most, one) => (one.count > most.count ? one : most)).delimiter;
}

async function readCsv(source: Source, { add, start }: { add: AddRow; start: string }): Promise<void> {
  const parser = parse({
    bom: true,
    columns: true,
    delimiter: findDelimiter(start),
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
  });
  try {
    await takeAll(connect(openFile(source), parser), ({ record, info }: CsvRow) =>
      add({ kind: "cells", number: info.lines, fields: record }),
    );
  } catch (cause) {
    const line = lineOf(cause);
    if (line === null) throw cause;
    throw new InputError(`loadTrace: ${source.file}, line ${line} is no line of a CSV file.`, {
      remedy:
        "Look for a quotation mark that is not closed, or that stands inside a cell. " +
        "A log that is no table has to be made one first, or JSON lines.",
      cause,
    });
  }
}

/** Hands over each item of a stream; waiting for each of millions, as `for await` does, takes longer than reading it. */
async function takeAll<Item>(stream: Readable, take: (item: Item) => void): Promise<void> {
  stream.on("data", (item: Item) => {
    try {
      take(item);
    } catch (error) {
      stream.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  });
  await finished(stream);
}

/** As csv-parse promises it for `columns` and `info`: checking each of millions of rows again would double the time. */
interface CsvRow {
  record: Readonly<Record<string, string>>;
  info: { lines: number };
}

function lineOf(cause: unknown): number | null {
  const parsed = z
    .object({ code: z.string().regex(/^CSV_|^INVALID_OPENING_QUOTE$/), lines: z.number() })
    .safeParse(cause);
  return parsed.success ? parsed.data.lines : null;
}

async function readJsonLines(source: Source, add: AddRow): Promise<void> {
  let number = 0;
  let rows = 0;
  // An object over several lines is a whole document.
  let isDocument = false;
  await takeLines(openFile(source), (line) => {
    number++;
    if (isDocument || line.trim() === "") return;
    const fields = readObject(line.trim());
    if (fields !== null) add({ kind: "json", number, fields });
    else if (rows > 0) throw noObject(source.file, number);
    else isDocument = true;
    rows++;
  });
  if (isDocument) await readDocument(source, add);
}

async function takeLines(bytes: Readable, take: (line: string) => void): Promise<void> {
  let begun: string[] = [];
  await takeAll(bytes.setEncoding("utf8"), (chunk: string) => {
    const [first = "", ...lines] = chunk.split("\n");
    begun.push(first);
    for (const line of lines) {
      take(begun.join(""));
      begun = [line];
    }
  });
  take(begun.join(""));
}

function readObject(line: string): Fields | null {
  try {
    const value: unknown = parseLoosely(line);
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
}

/** Parses JSON, also with the numbers that Python writes and JSON does not have: they count as missing. */
function parseLoosely(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    if (!/\b(?:NaN|Infinity)\b/.test(json)) throw error;
    return JSON.parse(json.replaceAll(/\bNaN\b|-?\bInfinity\b/g, "null"));
  }
}

function noObject(file: string, line: number): InputError {
  return new InputError(`loadTrace: ${file}, line ${line} is no JSON object.`, {
    remedy:
      "Write one object in each line, with timestamp, input_tokens and output_tokens, or all in one list.",
  });
}

async function readDocument(source: Source, add: AddRow): Promise<void> {
  const document = await readJson(source);
  const rows = expandRows(document, "known") ?? (isFields(document) ? [document] : []);
  for (const [index, fields] of rows.entries()) add({ kind: "entry", number: index + 1, fields });
}

async function readJson(source: Source): Promise<unknown> {
  try {
    const whole = source.isGzip ? await text(openFile(source)) : await readFile(source.path, "utf8");
    return parseLoosely(whole.replace(/^\uFEFF/, ""));
  } catch (cause) {
    throw new InputError(`loadTrace: ${source.file} is no complete JSON document.`, {
      remedy:
        "Give JSON lines (one object in each line), or one JSON list. A document must fit into memory: " +
        "jq -c '.[]' makes lines of a list.",
      cause,
    });
  }
}

async function readParquet(path: string, add: AddRow): Promise<void> {
  const { default: pl } = await import("nodejs-polars");
  const frame = pl.readParquet(path);
  const step = 10_000;
  for (let from = 0; from < frame.height; from += step) {
    for (const [index, fields] of frame.slice(from, step).toRecords().entries()) {
      add({ kind: "entry", number: from + index + 1, fields });
    }
  }
}
