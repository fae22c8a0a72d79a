import { Session } from "node:inspector";
import { setFlagsFromString } from "node:v8";

// Code that the compiler has put into its caller is not counted.
for (const flag of ["--no-opt", "--no-maglev"]) setFlagsFromString(flag);

/** The counts of one script since the last look, as V8 gives them. */
interface ScriptCoverage {
  url: string;
  functions: { ranges: { count: number }[] }[];
}

const session = new Session();
session.connect();
session.post("Profiler.enable");
session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });

/** Counts how often blocks of code run in a task; to look costs some milliseconds. */
export function countBlocks(task: () => unknown): number {
  task();
  let blocks = 0;
  session.post("Profiler.takePreciseCoverage", (error, answer) => {
    if (error !== null) throw error;
    const scripts: ScriptCoverage[] = answer.result;
    for (const { url, functions } of scripts) {
      if (!url.startsWith("file:") || url === import.meta.url) continue;
      for (const { ranges } of functions) for (const { count } of ranges) blocks += count;
    }
  });
  return blocks;
}

type BuiltIn = (this: unknown, ...given: unknown[]) => unknown;
type Cost = (self: unknown, given: readonly unknown[], result: unknown) => number;

const lengthOf = (value: unknown): number =>
  typeof value === "string" || Array.isArray(value) ? value.length : 0;
const ofSelf: Cost = (self) => lengthOf(self);
const ofResult: Cost = (_, __, result) => lengthOf(result);
const ofGiven: Cost = (_, [given]) => lengthOf(given);
/** From where a search began to where it ended. */
const ofSearch: Cost = (self, [, from], result) => {
  const start = typeof from === "number" ? from : 0;
  return Math.max(0, (typeof result === "number" && result >= 0 ? result : lengthOf(self)) - start);
};

const ofString: Record<string, Cost> = {
  ...Object.fromEntries(
    [
      "split",
      "replaceAll",
      "trim",
      "trimStart",
      "trimEnd",
      "toLowerCase",
      "toUpperCase",
      "normalize",
      "includes",
      "lastIndexOf",
    ].map((name) => [name, ofSelf]),
  ),
  ...Object.fromEntries(
    ["slice", "substring", "repeat", "padStart", "padEnd", "concat"].map((name) => [name, ofResult]),
  ),
  ...Object.fromEntries(["startsWith", "endsWith"].map((name) => [name, ofGiven])),
  indexOf: ofSearch,
};
const ofArray: Record<string, Cost> = {
  ...Object.fromEntries(
    ["includes", "slice", "splice", "concat", "shift", "unshift", "flat", "reverse", "sort"].map((name) => [
      name,
      ofSelf,
    ]),
  ),
  join: ofResult,
  indexOf: ofSearch,
};

/** Counts how many characters and elements JavaScript's own functions on texts and lists go over in a task. */
export function countCharacters(task: () => unknown): number {
  let work = 0;
  const restores: (() => void)[] = [];
  const wrap = (owner: object, name: string | symbol, cost: Cost) => {
    const original: unknown = Reflect.get(owner, name);
    if (typeof original !== "function") throw new Error(`there is no ${String(name)}`);
    const counted: BuiltIn = function (...given) {
      const before = this instanceof RegExp ? this.lastIndex : 0;
      const result: unknown = Reflect.apply(original, this, given);
      work += 1 + cost(this instanceof RegExp ? before : this, given, result);
      return result;
    };
    Object.defineProperty(owner, name, { value: counted, configurable: true, writable: true });
    restores.push(() =>
      Object.defineProperty(owner, name, { value: original, configurable: true, writable: true }),
    );
  };
  for (const [name, cost] of Object.entries(ofString)) wrap(String.prototype, name, cost);
  for (const [name, cost] of Object.entries(ofArray)) wrap(Array.prototype, name, cost);
  wrap(String.prototype, Symbol.iterator, ofSelf);
  wrap(JSON, "parse", ofGiven);
  wrap(JSON, "stringify", ofResult);
  // All other functions on patterns call this one once it is not the original any more.
  wrap(RegExp.prototype, "exec", (from, [text], found) => {
    const end =
      found === null
        ? lengthOf(text)
        : Reflect.get(Object(found), "index") + lengthOf(Reflect.get(Object(found), 0));
    return Math.max(0, end - Number(from));
  });
  try {
    task();
  } finally {
    for (const restore of restores) restore();
  }
  return work;
}
