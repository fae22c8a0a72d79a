import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { projectRoot } from "../list-imports.ts";
import { anywhere } from "../patterns/make-attacks.ts";
import { mostGrowth } from "../patterns/measure-growth.ts";
import { countBlocks, countCharacters } from "./count-work.ts";
import { listScanners, type Scanner } from "./list-scanners.ts";
import { calls, others } from "./scanner-calls.ts";

type Call = (text: string, pieces: readonly string[]) => unknown;
type Attack = (length: number) => string;

const length = 200;
const pieceLength = 7;
const metric = 'vllm:request_success_total{finished_reason="a"} 1\n';
/** Short ones over and over, and whole pages and bodies. */
const attacks: readonly Attack[] = [
  ...anywhere.flatMap((pump): Attack[] => {
    const write = (size: number) => pump.repeat(Math.ceil(size / pump.length));
    return [write, (size) => `<${write(size)}\u0007x`];
  }),
  (size) => `vllm:generation_tokens_total 1\nvllm:prompt_tokens_total 1\n${metric.repeat(size / 2)}`,
  (size) => `${'{"error":'.repeat(size)}"x"${"}".repeat(size)}`,
  (size) => `{"errors":[${Array(size).fill('{"message":"x"}')}]}`,
  (size) => "[".repeat(size) + "]".repeat(size),
];

/** Deeper than any stack. */
const nested = ['{"error":', '{"errors":[', '{"detail":', "["].map((start) => {
  const ends = [...start].reverse().flatMap((one) => (one === "{" ? "}" : one === "[" ? "]" : []));
  return `${start.repeat(30_000)}"x"${ends.join("").repeat(30_000)}`;
});

const scanners = listScanners();
const names = new Set(scanners.map(({ name }) => name));
const readers: readonly { title: string; find: () => Call | Promise<Call> }[] = [
  ...scanners.map((scanner) => ({
    title: `${scanner.name} in ${scanner.file}`,
    find: () => findCall(scanner),
  })),
  ...Object.entries(calls).flatMap(([title, call]) =>
    names.has(title) ? [] : [{ title, find: () => call }],
  ),
];

describe("every function that reads a text from elsewhere", () => {
  for (const { title, find } of readers) {
    test(`takes at most linear time, and survives any nesting: ${title}`, async () => {
      const call = await find();
      assert.deepEqual(findSlowTexts(call), []);
      for (const text of nested) tryCall(call, text, [text]);
    });
  }
});

test("the count of work tells slow functions from linear ones", () => {
  const rescan = (text: string) => [...text].map((_, index) => text.lastIndexOf("-", index));
  const loop = (text: string) => {
    let sum = 0;
    for (let end = 0; end < text.length; end++) for (let index = 0; index < end; index++) sum += index;
    return sum;
  };
  assert.deepEqual(
    [rescan, loop, (text: string) => text.split("").join(" ")].map(
      (call) => findSlowTexts(call, attacks.slice(0, 2)).length > 0,
    ),
    [true, true, false],
  );
});

async function findCall({ file, name, isStream, others: names }: Scanner): Promise<Call> {
  const listed = calls[name];
  if (listed !== undefined) return listed;
  assert.ok(!isStream, `scanner-calls.ts does not say how ${name} is given a text piece by piece`);
  const module: object = await import(pathToFileURL(join(projectRoot, file)).href);
  const called: unknown = Reflect.get(module, name);
  assert.ok(typeof called === "function");
  const missing = names.filter((one) => !(one in others));
  assert.deepEqual(missing, [], `scanner-calls.ts does not say what ${name} is given for these`);
  return (text) => called(text, ...names.map((one) => others[one]));
}

/** Lists the texts with which twice the length is more than two and a half times the work. */
function findSlowTexts(call: Call, tried = attacks): string[] {
  // What is loaded or made once belongs to no text.
  countBlocks(() => tryCall(call, "-"));
  const all = tried.map((attack) => ({ attack, characters: [] as number[] }));
  const blocksGrow = growthOf((size) =>
    countBlocks(() => {
      for (const { attack, characters } of all)
        characters.push(countCharacters(() => tryCall(call, attack(size))));
    }),
  );
  const growths = all.map(({ attack, characters }) => {
    const [once = 0, twice = 0, fourTimes = 0] = characters;
    const ofCharacters = growthOf((size) =>
      size === length ? once : size === 2 * length ? twice : fourTimes,
    );
    // Among all texts one that is slow does not show as much: only then each is tried alone.
    const ofBlocks =
      blocksGrow <= 2.1 ? 0 : growthOf((size) => countBlocks(() => tryCall(call, attack(size))));
    return { attack, growth: Math.max(ofCharacters, ofBlocks) };
  });
  return growths
    .filter(({ growth }) => growth > mostGrowth)
    .map(({ attack, growth }) => `${JSON.stringify(attack(4))}: ${growth.toFixed(1)} times the work`);
}

/** By how much the work grows that is added when the length is doubled, and doubled again: constant work is left out. */
function growthOf(count: (size: number) => number): number {
  const [once, twice, fourTimes] = [count(length), count(2 * length), count(4 * length)];
  return (fourTimes - twice) / Math.max(1, once, twice - once);
}

function tryCall(call: Call, text: string, pieces = cutIntoPieces(text)): void {
  try {
    call(text, pieces);
  } catch (error) {
    // A text that is refused costs work as well; one that overflows the stack ends a kernel in a callback.
    if (error instanceof RangeError) throw error;
  }
}

function cutIntoPieces(text: string): string[] {
  return Array.from({ length: Math.ceil(text.length / pieceLength) }, (_, index) =>
    text.slice(index * pieceLength, (index + 1) * pieceLength),
  );
}
