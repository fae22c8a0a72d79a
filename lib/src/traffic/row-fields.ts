/** A row as its file has it: texts by the names of their columns in CSV, whatever an object has in JSON. */
export type Fields = Readonly<Record<string, unknown>>;

/** A value of a row, and how to get there. */
export interface Leaf {
  path: readonly string[];
  /** The keys of the path, each as one word in lower case; without those that only wrap a value. */
  names: readonly string[];
  /** The words of the last of them. */
  words: readonly string[];
  value: unknown;
}

const mostDepth = 6;
const mostLeaves = 1_000;
// No name that means something is longer.
const mostCharacters = 200;
// What databases, exporters and AIPerf put around a number; it says nothing of what the number is.
const wrappers = new Set(["value", "$date", "$numberlong", "intvalue", "doublevalue", "stringvalue"]);
const words = new Set(["", "null", "none", "nan", "n/a", "na", "-", "\\n", "undefined"]);

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** Tells whether a cell says nothing: empty, null, or one of the words that tools write for it (`NaN`, `\N`, `None`). */
export function isMissing(value: unknown): boolean {
  if (typeof value === "number") return Number.isNaN(value);
  if (typeof value === "string")
    return !startsWithDigit(value) && value.length < 10 && words.has(value.trim().toLowerCase());
  return value === undefined || value === null;
}

// Most cells are numbers: a million of them are told at once.
function startsWithDigit(text: string): boolean {
  const first = text.charCodeAt(0);
  return first >= 48 && first <= 57;
}

/** Returns a number, or a text that is one; otherwise `NaN`. */
export function toNumber(value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  return typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
}

/** Returns what stands at the end of a path; a text on the way that is a JSON object is read, as exports to CSV have them. */
export function valueAt(fields: Fields, path: readonly string[]): unknown {
  let value: unknown = fields;
  for (const key of path) {
    const inside = open(value);
    if (inside === null) return undefined;
    value = inside[key];
  }
  return value;
}

/** Returns the object at the end of a path. */
export function openAt(fields: Fields, path: readonly string[]): Fields | null {
  return open(valueAt(fields, path));
}

/** Finds the path that a person wrote, such as `usage.prompt_tokens`: keys may have dots themselves. */
export function findPath(fields: Fields, written: string): readonly string[] | null {
  const parts = written.split(".", mostDepth * 4);
  return walk(fields, parts);
}

function walk(value: unknown, parts: readonly string[]): readonly string[] | null {
  if (parts.length === 0) return [];
  const inside = open(value);
  if (inside === null) return null;
  for (let taken = 1; taken <= parts.length; taken++) {
    const key = parts.slice(0, taken).join(".");
    const rest = Object.hasOwn(inside, key) ? walk(inside[key], parts.slice(taken)) : null;
    if (rest !== null) return [key, ...rest];
  }
  return null;
}

/** Returns the values of a row, those of objects inside it too; lists are left out, but for those of names and values. */
export function listLeaves(fields: Fields): Leaf[] {
  const leaves: Leaf[] = [];
  const add = (value: unknown, path: readonly string[]) => {
    if (leaves.length >= mostLeaves) return;
    const inside = path.length < mostDepth ? open(value) : null;
    if (inside !== null) for (const [key, inner] of Object.entries(inside)) add(inner, [...path, key]);
    else if (!Array.isArray(value)) leaves.push(toLeaf(path, value));
  };
  add(fields, []);
  return leaves;
}

export function toLeaf(path: readonly string[], value: unknown): Leaf {
  const keys = path.flatMap((key) => key.split(".", mostDepth)).map(splitWords);
  const isWrapper = (words: readonly string[]) => wrappers.has(words.join(""));
  const end = keys.findLastIndex((words) => !isWrapper(words)) + 1;
  const own = keys.slice(0, Math.max(end, 1));
  return { path, names: own.map((words) => words.join("")), words: own.at(-1) ?? [], value };
}

/** Writes a name as it is compared with others: `inputTokens` and `Input tokens` alike. */
export function plainName(name: string): string {
  return splitWords(name).join("");
}

/** Splits a name into its words, in lower case: `startTimeUnixNano` and `start_time-unix nano` alike. */
function splitWords(name: string): string[] {
  const spaced = name.slice(0, mostCharacters).replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2");
  return spaced.toLowerCase().match(/[a-z0-9$@]+/g) ?? [];
}

function open(value: unknown): Fields | null {
  if (isFields(value)) return value;
  if (Array.isArray(value)) return openAttributes(value);
  if (typeof value !== "string" || !value.startsWith("{")) return null;
  try {
    const parsed: unknown = JSON.parse(value);
    return isFields(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

// OpenTelemetry writes attributes as a list of names and values.
function openAttributes(list: readonly unknown[]): Fields | null {
  const isPair = (item: unknown): item is { key: string; value: unknown } =>
    isFields(item) && typeof item["key"] === "string" && "value" in item;
  if (list.length === 0 || !list.every(isPair)) return null;
  return Object.fromEntries(list.map(({ key, value }) => [key, value]));
}
