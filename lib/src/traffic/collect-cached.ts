import { InputError } from "../errors.ts";
import { createNumberList } from "../statistics.ts";
import { cleanName } from "../words/index.ts";
import { countSharedBlocks } from "./count-shared-blocks.ts";
import type { TraceRow } from "./read-trace-rows.ts";
import { isMissing, toNumber, valueAt } from "./row-fields.ts";
import { readTokens } from "./trace-cells.ts";
import { findCachedPath, type TraceColumnNames, type TraceColumnPaths } from "./trace-columns.ts";

/** Of the input tokens of a file those that a cache held. */
export interface CollectedCache {
  /** One number for each request, at most that of its input. */
  tokens: Float64Array;
  column: string;
  /** The file says which prompts begin alike, and nobody what a cache held. */
  isComputed: boolean;
  /** Requests with more of them than input, which were cut. */
  cut: number;
}

// A first request has nothing in a cache, and may then not have the column.
const mostWithoutColumn = 1_000;

/** Collects how many of each request's input tokens a cache held, where its row says so. */
export function collectCached({ file, named }: { file: string; named: TraceColumnNames }): {
  /** `isUsual`: the row has its tokens where the rows before had them. */
  add(request: {
    row: TraceRow;
    paths: TraceColumnPaths;
    isUsual: boolean;
    requests: number;
    input: number;
  }): void;
  /** `null`: the file does not say it. Throws an InputError where it lacks the column that was named. */
  end(): CollectedCache | null;
} {
  const { cachedInputTokens: column = "" } = named;
  const tokens = createNumberList();
  const blocks = countSharedBlocks();
  const ofBlocks = createNumberList();
  let usual: readonly string[] | null = null;
  let [withoutColumn, cut] = [0, 0];

  function read(
    { row, requests, input }: { row: TraceRow; requests: number; input: number },
    path: readonly string[],
  ) {
    const value = valueAt(row.fields, path);
    if (isMissing(value)) return 0;
    const cached = column === "" ? toNumber(value) : readTokens(value, { file, row, path }, requests);
    if (!(cached >= 0)) return 0;
    if (cached > input) cut++;
    return Math.min(Math.floor(cached), input);
  }

  return {
    add(request) {
      const { row, paths, isUsual } = request;
      const isSought = usual === null && (column !== "" || withoutColumn++ < mostWithoutColumn);
      const path = isSought || !isUsual ? findCachedPath(row.fields, { named, input: paths.input }) : usual;
      if (isSought) usual = path;
      tokens.push(path === null ? 0 : read(request, path));
      ofBlocks.push(blocks.add(row.fields, Math.floor(request.input)));
    },
    end() {
      if (usual !== null) return { tokens: tokens.values(), column: usual.join("."), isComputed: false, cut };
      const isComputed = column === "" && blocks.isKnown();
      if (isComputed) return { tokens: ofBlocks.values(), column: "hash_ids", isComputed, cut: 0 };
      if (column === "") return null;
      throw new InputError(`loadTrace: ${file} has no column ${cleanName(column, 60)} in any row.`, {
        remedy: "Name the column of the cached tokens as the file does, or leave cachedInputTokens out.",
      });
    },
  };
}
