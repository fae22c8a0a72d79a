import { cleanName } from "../words/index.ts";
import { readTime } from "./read-time.ts";
import {
  type Fields,
  findPath,
  isMissing,
  type Leaf,
  listLeaves,
  splitWords,
  toNumber,
} from "./row-fields.ts";
import type { TimeUnit } from "./time-unit.ts";

/** Where a file of another form has what a trace needs; a path goes into objects by dots, such as `usage.prompt_tokens`. */
export interface TraceColumnNames {
  /** When the request came. */
  time?: string;
  /** Several are added up, such as those of a cache. */
  inputTokens?: string | readonly string[];
  outputTokens?: string | readonly string[];
  /** What tells failed requests: a status such as 429 or `error`, or the text of an error. */
  status?: string;
}

/** The paths of what a trace needs, in one row. */
export interface TraceColumnPaths {
  time: readonly string[];
  input: readonly (readonly string[])[];
  output: readonly (readonly string[])[];
  /** How many requests a row adds up, in exports of sums by minute, hour or day; `null`: a row is a request. */
  count: readonly string[] | null;
  /** Where the period of such a sum ends. */
  end: readonly string[] | null;
  /** The unit that the name of the time's column has in it, or that the format is documented to have. */
  unit: TimeUnit | null;
  /** The unit to take where nothing else tells it. */
  usualUnit: TimeUnit;
}

// As names are compared: in lower case, without separators, of times also without their unit; the first that is found is
// taken. A name may take in those of the objects around it. Sources:
// https://github.com/Azure/AzurePublicDataset (TIMESTAMP, ContextTokens, GeneratedTokens)
// https://github.com/HPMLL/BurstGPT (Timestamp, Request tokens, Response tokens)
// https://github.com/kvcache-ai/Mooncake (timestamp, input_length, output_length)
// https://github.com/BerriAI/litellm/blob/main/schema.prisma (LiteLLM_SpendLogs, LiteLLM_DailyUserSpend)
// https://langfuse.com/docs/api-and-data-platform/features/blob-storage-export-fields
// https://platform.openai.com/docs/api-reference/usage and …/chat/list (buckets; created, usage)
// https://github.com/Helicone/helicone/tree/main/examples/export/typescript
// https://github.com/ai-dynamo/aiperf/blob/main/docs/tutorials/working-with-profile-exports.md
// https://github.com/ai-dynamo/aiperf, src/aiperf/dataset/loader/baseten_trace.py (timestamp_start_unix_ms)
// https://developers.cloudflare.com/api/resources/ai_gateway/subresources/logs (tokens_in, tokens_out)
// https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html (inputTokenCount)
// https://opentelemetry.io/docs/specs/semconv/gen-ai and https://github.com/Arize-ai/openinference (spans)
// https://openrouter.ai/docs/api-reference/get-a-generation (native_tokens_prompt, tokens_prompt)
const timeNames = (
  "timestamp timestamps arrival arrivaltime arrivedat timestampstart requeststart requeststarttime " +
  "requestcreatedat requesttimestamp requesttime requestedat starttime startedat startingat starttimestamp start " +
  "eventtime @timestamp time ts createdat created creationtime datetime aggregationtimestamp loggedat date"
).split(" ");
const inputNames = (
  "inputtokens contexttokens prompttokens requesttokens inputlength usagedetailsinput nativetokensprompt " +
  "tokensprompt inputtokencount prompttokencount tokencountprompt tokensin uncachedinputtokens numprompttokens " +
  "numinputtokens promptlength inputsequencelength usageinput tokensinput tokensprompt promptevalcount promptn " +
  "ncontexttokenstotal inputlen promptlen isl"
).split(" ");
const outputNames = (
  "outputtokens generatedtokens completiontokens responsetokens outputlength usagedetailsoutput " +
  "nativetokenscompletion tokenscompletion outputtokencount completiontokencount candidatestokencount " +
  "tokencountcompletion tokensout numcompletiontokens numoutputtokens numgeneratedtokens responselength " +
  "outputsequencelength usageoutput tokensoutput tokenscompletion evalcount predictedn ngeneratedtokenstotal " +
  "outputlen osl"
).split(" ");
const countNames =
  "nummodelrequests nrequests numrequests requestcount apirequests totalrequests requests".split(" ");
const endNames = "endtime endingat end".split(" ");
const unitWords = new Map<string, TimeUnit | null>([
  ...["s", "sec", "secs", "seconds"].map((word) => [word, "seconds"] as const),
  ...["ms", "msec", "millis", "milliseconds"].map((word) => [word, "milliseconds"] as const),
  ...["us", "usec", "micros", "microseconds"].map((word) => [word, "microseconds"] as const),
  ...["ns", "nano", "nanos", "nanoseconds"].map((word) => [word, "nanoseconds"] as const),
  ...["unix", "epoch", "utc", "iso"].map((word) => [word, null] as const),
]);

/** Finds what a trace needs in a row, as the caller named it, else by names that tools use; or says what is missing. */
export function findTraceColumns(
  fields: Fields,
  named: TraceColumnNames,
): TraceColumnPaths | { missing: readonly string[]; found: readonly string[] } {
  const leaves = listLeaves(fields);
  const isTime = (value: unknown) => readTime(value) !== null;
  const isCount = (value: unknown) => toNumber(value) >= 0;
  const byName = (written: string) => findPath(fields, written);
  const time =
    named.time === undefined
      ? pick(leaves, timeNames, { fits: isTime, withoutUnit: true })
      : byName(named.time);
  const input = findTokens(named.inputTokens, { leaves, byName, names: inputNames, short: "input" });
  const output = findTokens(named.outputTokens, { leaves, byName, names: outputNames, short: "output" });
  if (time === null || input === null || output === null) {
    const needed = {
      [showName(named.time ?? "timestamp")]: time,
      [showName(named.inputTokens ?? "input_tokens")]: input,
      [showName(named.outputTokens ?? "output_tokens")]: output,
    };
    return {
      missing: Object.keys(needed).filter((name) => needed[name] === null),
      found: leaves.map(({ path }) => cleanName(path.join("."), 60)),
    };
  }
  const count = pick(leaves, countNames, { fits: isCount });
  return {
    time,
    input,
    output,
    count: count === null || isMissing(leafAt(leaves, count)) ? null : count,
    end: count === null ? null : pick(leaves, endNames, { fits: isTime, withoutUnit: true }),
    ...tellUnit(fields, time, input),
  };
}

function showName(name: string | readonly string[]): string {
  return cleanName([name].flat().join(" + "), 60);
}

function leafAt(leaves: readonly Leaf[], path: readonly string[]): unknown {
  return leaves.find((leaf) => leaf.path === path)?.value;
}

function findTokens(
  written: string | readonly string[] | undefined,
  search: {
    leaves: readonly Leaf[];
    byName: (written: string) => readonly string[] | null;
    names: readonly string[];
    short: "input" | "output";
  },
): (readonly string[])[] | null {
  const { leaves, byName, names, short } = search;
  if (written !== undefined) {
    const paths = [written].flat().map(byName);
    return paths.every((path) => path !== null) && paths.length > 0 ? paths : null;
  }
  const isCount = (value: unknown) => toNumber(value) >= 0;
  // "input" alone is as often the text of a prompt: then it is no number.
  const plain = leaves.find(
    ({ path, names: [name], value }) => path.length === 1 && name === short && isCount(value),
  );
  const path = pick(leaves, names, { fits: isCount }) ?? plain?.path ?? null;
  if (path === null) return null;
  return [path, ...leaves.filter((leaf) => isBeside(leaf, path, short)).map((leaf) => leaf.path)];
}

// Anthropic counts what a cache read or wrote beside input_tokens, not in it
// (https://docs.claude.com/en/docs/build-with-claude/prompt-caching); in Langfuse's usage_details each kind of token has a
// count of its own, and all whose names have "input" in them are input (https://langfuse.com/docs/token-usage).
function isBeside(leaf: Leaf, path: readonly string[], short: "input" | "output"): boolean {
  if (leaf.path === path || leaf.path.length !== path.length || !(toNumber(leaf.value) > 0)) return false;
  if (leaf.path.slice(0, -1).some((key, index) => key !== path[index])) return false;
  const own = splitWords(path.at(-1) ?? "").join("");
  const name = splitWords(leaf.path.at(-1) ?? "").join("");
  if (own === short) return /^usage_?details$/i.test(path.at(-2) ?? "") && name.includes(short);
  return /^(uncached)?inputtokens$/.test(own) && /^cache(read|creation)inputtokens$/.test(name);
}

/** Picks the leaf whose name comes first in the list: rather one whose value fits, rather one that lies less deep. */
function pick(
  leaves: readonly Leaf[],
  names: readonly string[],
  how: { fits: (value: unknown) => boolean; withoutUnit?: boolean },
): readonly string[] | null {
  let best: { path: readonly string[]; rank: number } | null = null;
  for (const { path, names: own, value } of leaves) {
    const last = path.at(-1) ?? "";
    const tail = how.withoutUnit === true ? dropUnit(own, last) : own;
    const place = Math.min(
      ...tail.map((_, index) => names.indexOf(tail.slice(index).join(""))).filter((found) => found >= 0),
    );
    if (place === Number.POSITIVE_INFINITY) continue;
    const rank = (how.fits(value) ? 0 : 1e6) + place * 100 + path.length;
    if (best === null || rank < best.rank) best = { path, rank };
  }
  return best?.path ?? null;
}

function dropUnit(names: readonly string[], last: string): readonly string[] {
  const words = splitWords(last.split(".").at(-1) ?? "").filter((word) => !unitWords.has(word));
  return words.length === 0 ? names : [...names.slice(0, -1), words.join("")];
}

function tellUnit(
  fields: Fields,
  time: readonly string[],
  input: readonly (readonly string[])[],
): Pick<TraceColumnPaths, "unit" | "usualUnit"> {
  const words = splitWords(time.at(-1) ?? "");
  const named = words.map((word) => unitWords.get(word) ?? null).findLast((unit) => unit !== null) ?? null;
  const usesLengths = splitWords(input[0]?.at(-1) ?? "").join("") === "inputlength";
  if (named !== null || !usesLengths) return { unit: named, usualUnit: "seconds" };
  // Bailian's traces (https://github.com/alibaba-edu/qwen-bailian-usagetraces-anon) have seconds, Mooncake's milliseconds;
  // AIPerf and vLLM's benchmark read Mooncake's form, also without hash_ids.
  if ("chat_id" in fields) return { unit: "seconds", usualUnit: "seconds" };
  return { unit: "hash_ids" in fields ? "milliseconds" : null, usualUnit: "milliseconds" };
}
