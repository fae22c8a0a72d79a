import { cleanName } from "../words/index.ts";
import { readTime } from "./read-time.ts";
import {
  type Fields,
  findPath,
  isMissing,
  type Leaf,
  listLeaves,
  plainName,
  toLeaf,
  toNumber,
  valueAt,
} from "./row-fields.ts";
import { epochUnit, type TimeUnit } from "./time-unit.ts";
import { isCacheBeside, type TokenPath, toTokenPath } from "./token-path.ts";
import {
  cachedNames,
  countNames,
  endNames,
  inputNames,
  outputNames,
  timeNames,
  unitWords,
  vagueNames,
} from "./trace-names.ts";

/** Where a file of another form has what a trace needs; a path goes into objects by dots, such as `usage.prompt_tokens`. */
export interface TraceColumnNames {
  /** When the request came. */
  time?: string;
  /** Several are added up, such as those of a cache. */
  inputTokens?: string | readonly string[];
  outputTokens?: string | readonly string[];
  /** Of the input tokens those that a cache held. */
  cachedInputTokens?: string;
  /** What tells failed requests: a status such as 429 or `error`, or the text of an error. */
  status?: string;
}

/** The paths of what a trace needs, in one row. */
export interface TraceColumnPaths {
  time: readonly string[];
  input: readonly TokenPath[];
  output: readonly TokenPath[];
  /** How many requests a row adds up, in exports of sums by minute, hour or day; `null`: a row is a request. */
  count: readonly string[] | null;
  /** Where the period of such a sum ends. */
  end: readonly string[] | null;
  /** The unit that the name of the time's column has in it, or that the format is documented to have. */
  unit: TimeUnit | null;
  /** The unit to take where nothing else tells it. */
  usualUnit: TimeUnit;
}

/** Finds what a trace needs in a row, as the caller named it, else by names that tools use; or says what is missing. */
export function findTraceColumns(
  fields: Fields,
  named: TraceColumnNames,
): TraceColumnPaths | { missing: readonly string[]; found: readonly string[] } {
  const leaves = listLeaves(fields);
  const missing: string[] = [];
  const byName = (written: string): Leaf | null => {
    const path = findPath(fields, written);
    if (path === null) missing.push(cleanName(written, 60));
    return path && toLeaf(path, valueAt(fields, path));
  };
  const find = (written: string | undefined, search: NeededSearch) => {
    if (written !== undefined && written !== "") return byName(written);
    const leaf = pick(leaves, search);
    if (leaf === null) missing.push(search.shown);
    return leaf;
  };
  const findTokens = (written: string | readonly string[] = [], search: NeededSearch): TokenPath[] => {
    const names = [written].flat().filter((name) => name !== "");
    const leaves = names.length > 0 ? names.map(byName) : [find(undefined, search)];
    return leaves.flatMap((leaf) => (leaf === null ? [] : [toTokenPath(leaf.path, names.length > 0)]));
  };
  const time = find(named.time, { names: timeNames, misfit: judgeTime, shown: "timestamp" });
  const input = findTokens(named.inputTokens, {
    names: inputNames,
    misfit: judgeCount,
    shown: "input_tokens",
  });
  const output = findTokens(named.outputTokens, {
    names: outputNames,
    misfit: judgeCount,
    shown: "output_tokens",
  });
  if (time === null || missing.length > 0) {
    return { missing, found: leaves.map(({ path }) => cleanName(path.join("."), 60)) };
  }
  const count = pick(leaves, { names: countNames, misfit: judgeCount });
  const isSum = count !== null && judgeCount(count.value) < 2;
  return {
    time: time.path,
    input,
    output,
    count: isSum ? count.path : null,
    end: isSum ? (pick(leaves, { names: endNames, misfit: judgeTime })?.path ?? null) : null,
    ...tellUnit(fields, time.words, input),
  };
}

/** Finds where a row has the part of its input tokens that a cache held; `null` where it does not say, or counts them apart. */
export function findCachedPath(
  fields: Fields,
  { named, input }: { named: TraceColumnNames; input: readonly TokenPath[] },
): readonly string[] | null {
  if (named.cachedInputTokens) return findPath(fields, named.cachedInputTokens);
  const counts = listLeaves(fields).filter(
    ({ value, names }) =>
      (isMissing(value) || judgeCount(value) < 2) && !names.some((name) => /cost|price|usd/.test(name)),
  );
  const path = pick(counts, { names: cachedNames, misfit: judgeCount })?.path ?? null;
  return path !== null && isCacheBeside(path, input) ? null : path;
}

interface Search {
  /** As in the table. */
  names: readonly string[];
  /** How well a value is what is sought: 0 well, 1 perhaps, 2 not. */
  misfit: (value: unknown) => 0 | 1 | 2;
}

interface NeededSearch extends Search {
  /** What to call it where it is missing. */
  shown: string;
}

// Numbers that do not count from 1970 may be how long something took, and a day is no moment.
function judgeTime(value: unknown): 0 | 1 | 2 {
  const time = readTime(value);
  if (time === null) return 2;
  return (time.isCalendar && !time.isDay) || epochUnit(time.value) !== null ? 0 : 1;
}

// Gateways write each count under several names, and 0 where they do not fill one; what has parts is a price.
function judgeCount(value: unknown): 0 | 1 | 2 {
  const count = toNumber(value);
  if (!(count >= 0) || !Number.isInteger(count)) return 2;
  return count === 0 ? 1 : 0;
}

/** Picks the leaf whose name comes first in the list: rather one whose value fits, rather one that lies less deep. */
function pick(leaves: readonly Leaf[], { names, misfit }: Search): Leaf | null {
  let best: { leaf: Leaf; rank: number } | null = null;
  for (const leaf of leaves) {
    const place = findPlace(leaf, names);
    const worse = misfit(leaf.value);
    // Names such as "input" are as often those of texts.
    if (place === null || (worse === 2 && vagueNames.has(names[place] ?? ""))) continue;
    const rank = worse * 1e6 + place * 100 + leaf.names.length;
    if (best === null || rank < best.rank) best = { leaf, rank };
  }
  return best?.leaf ?? null;
}

function findPlace({ names: own, words }: Leaf, names: readonly string[]): number | null {
  const last = words.filter((word) => !unitWords.has(word)).join("");
  const around = own.slice(0, -1);
  const places = [own.at(-1) ?? "", last].flatMap((end) =>
    own.map((_, from) => names.indexOf([...around.slice(from), end].join(""))),
  );
  const found = places.filter(
    (place) => place >= 0 && (own.length === 1 || !vagueNames.has(names[place] ?? "")),
  );
  return found.length === 0 ? null : Math.min(...found);
}

function tellUnit(
  fields: Fields,
  words: readonly string[],
  [input]: readonly TokenPath[],
): Pick<TraceColumnPaths, "unit" | "usualUnit"> {
  const named = words.map((word) => unitWords.get(word) ?? null).findLast((unit) => unit !== null) ?? null;
  const name = plainName(input?.path.at(-1) ?? "");
  // BurstGPT's traces and Bailian's (https://github.com/alibaba-edu/qwen-bailian-usagetraces-anon) have seconds.
  if (named === null && (name === "requesttokens" || "chat_id" in fields))
    return { unit: "seconds", usualUnit: "seconds" };
  if (named !== null || !/^(input|prompt)length$/.test(name)) return { unit: named, usualUnit: "seconds" };
  // Mooncake's have milliseconds; AIPerf, vLLM's benchmark and Ray read that form, also without hash_ids.
  return { unit: "hash_ids" in fields ? "milliseconds" : null, usualUnit: "milliseconds" };
}
