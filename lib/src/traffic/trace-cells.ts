import { InputError } from "../errors.ts";
import { cleanName, writeJson } from "../words/index.ts";
import { nameRow, type TraceRow } from "./read-trace-rows.ts";
import { isMissing, toNumber } from "./row-fields.ts";
import { mostRequests, mostTokens } from "./trace.ts";

/** Where a cell stands, for messages. */
export interface CellPlace {
  file: string;
  row: TraceRow;
  path: readonly string[];
}

/**
 * Reads a number of tokens: whole, of at least 0; of several requests together it may be as many times as large.
 *
 * @throws InputError with file and line where it is missing, no number, negative, in parts, or above ten million.
 */
export function readTokens(value: unknown, place: CellPlace, requests = 1): number {
  const remedy =
    "Give the number of tokens as a whole number, without separators; " +
    'another column has it where you say so: columns: { inputTokens: "…", outputTokens: "…" }.';
  const tokens = readWhole(value, place, remedy);
  if (tokens <= mostTokens * Math.max(requests, 1)) return tokens;
  const problem = "is more than any model can read or write";
  throw cellError(value, place, { problem, remedy: `${remedy} Not characters or bytes.` });
}

/**
 * Reads how many requests a row adds up.
 *
 * @throws InputError with file and line where it is no whole number, or above 100 million.
 */
export function readCount(value: unknown, place: CellPlace): number {
  const remedy = "Give a whole number of requests; a part of them, such as one day, where there are more.";
  const count = readWhole(value, place, remedy);
  if (count <= mostRequests) return count;
  throw cellError(value, place, { problem: "is more than 100 million requests", remedy });
}

function readWhole(value: unknown, place: CellPlace, remedy: string): number {
  const number = toNumber(value);
  const problem = isMissing(value)
    ? "is missing"
    : Number.isNaN(number)
      ? "is not a number"
      : number < 0
        ? "is negative"
        : Number.isInteger(number)
          ? null
          : "is not a whole number";
  if (problem === null) return number;
  throw cellError(value, place, { problem, remedy });
}

/** Makes the error about one cell of a file, which is shown cut. */
export function cellError(
  value: unknown,
  place: CellPlace,
  said: { problem: string; remedy: string },
): InputError {
  const { file, row, path } = place;
  const written = typeof value === "object" ? writeJson(value) : String(value);
  const shown = isMissing(value) ? "" : ` ("${cleanName(written, 40)}")`;
  return new InputError(
    `loadTrace: ${file}, ${nameRow(row)}: ${cleanName(path.join("."), 60)}${shown} ${said.problem}.`,
    {
      remedy: said.remedy,
    },
  );
}
