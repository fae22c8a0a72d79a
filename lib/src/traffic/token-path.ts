import { type Fields, isMissing, openAt, plainName } from "./row-fields.ts";

/** Where a number of tokens stands, and which numbers beside it belong to it. */
export interface TokenPath {
  path: readonly string[];
  /** The object that it stands in. */
  around: readonly string[];
  /**
   * `cache`: Anthropic and Bedrock count what a cache read or wrote beside `input_tokens`, not in it
   * (https://docs.claude.com/en/docs/build-with-claude/prompt-caching,
   * https://docs.aws.amazon.com/bedrock/latest/userguide/quotas-token-burndown.html).
   * `input`, `output`: each kind of token has a count of its own, and those with the word in their names belong together, as
   * in Langfuse's `usage_details` (https://langfuse.com/docs/token-usage).
   */
  beside: "cache" | "input" | "output" | null;
}

// As plain names, for tables have them with spaces and capital letters. llama.cpp's `prompt_n` is what it has read
// (https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md).
const cacheNames = new Set([
  "cachereadinputtokens",
  "cachecreationinputtokens",
  "cachewriteinputtokens",
  "cachereadinputtokencount",
  "cachewriteinputtokencount",
  "cachen",
]);
const plainTokens = new Set(["inputtokens", "uncachedinputtokens", "inputtokencount", "promptn"]);

// Most names of a row are no such name: they are told at once.
function isCacheName(name: string): boolean {
  return /cache/i.test(name) && cacheNames.has(countName(name));
}

// Flattened to a table, a column is called usage.input_tokens. OpenTelemetry's gen_ai.usage.input_tokens is the sum.
function countName(key: string): string {
  return plainName(key.startsWith("usage.") ? key.slice("usage.".length) : key);
}

/** Makes a path to tokens; where nobody named it, its name tells what beside it belongs to it. */
export function toTokenPath(path: readonly string[], isNamed: boolean): TokenPath {
  const around = path.slice(0, -1);
  const own = countName(path.at(-1) ?? "");
  const outer = plainName(path.at(-2) ?? "");
  if (!isNamed && outer === "usagedetails" && (own === "input" || own === "output")) {
    return { path, around, beside: own };
  }
  return { path, around, beside: !isNamed && plainTokens.has(own) ? "cache" : null };
}

/** Whether tokens of a cache stand beside input tokens that somebody named without them. */
export function isCacheBeside(cached: readonly string[], input: readonly TokenPath[]): boolean {
  const isPlain = input.some(({ path }) => plainTokens.has(countName(path.at(-1) ?? "")));
  const isAdded = input.some(({ path, beside }) => beside !== null || path.join() === cached.join());
  return isPlain && !isAdded && isCacheName(cached.at(-1) ?? "");
}

/** Adds up a number of tokens with what beside it belongs to it; `read` makes a number of a value, which stands at a path. */
export function addUpTokens(
  fields: Fields,
  { path, around, beside }: TokenPath,
  read: (value: unknown, path: readonly string[]) => number,
): number {
  const container = openAt(fields, around);
  const own = path.at(-1) ?? "";
  const sum = read(container?.[own], path);
  if (beside === null || container === null) return sum;
  let others = 0;
  const add = (name: string) => {
    if (!isMissing(container[name])) others += read(container[name], [...around, name]);
  };
  const belongs = (name: string) =>
    beside === "cache" ? isCacheName(name) : name !== own && name.toLowerCase().includes(beside);
  for (const name in container) if (belongs(name)) add(name);
  return sum + others;
}
