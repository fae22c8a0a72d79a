import { isUtf8 } from "node:buffer";
import { parseJson } from "../../words/index.ts";
import { fieldOf } from "./fields.ts";
import { readChunk } from "./read-chunk.ts";
import type { WireChunk, WireUsage } from "./wire-chunk.ts";

/** An event of one line of data with a piece of text, cut where others of its server may differ from it. */
export interface ExampleEvent {
  /** What stands before each gap, and behind the last one. */
  fixed: Buffer[];
  gaps: Gap[];
  type: "text" | "reasoning";
  choice: number;
  /** As the server wrote it: the number of the answer. */
  index: unknown;
  usage: WireUsage | null;
  beside: "text" | "finish" | "nothing";
}

/** An event that was read by comparison. */
export interface ComparedEvent {
  chunks: WireChunk[];
  /** The number of the answer, as the server wrote it. */
  index: unknown;
  choice: number;
  /** Tokens of the answer so far; `null` where the event does not count. */
  counts: number | null;
  /** Where the next event begins. */
  end: number;
}

type Gap = "text" | "string" | "number" | "prompt_tokens" | "completion_tokens" | "total_tokens";

/** Fields that may differ; what an id, a time or a filler says, nobody reads. */
const fields: readonly [gap: Gap, label: RegExp][] = [
  ["string", /"id": ?"/],
  ["string", /"obfuscation": ?"/],
  ["number", /"created": ?/],
  ["prompt_tokens", /"prompt_tokens": ?/],
  ["completion_tokens", /"completion_tokens": ?/],
  ["total_tokens", /"total_tokens": ?/],
];

/** Ends of events, behind which no other has begun. */
const blankLines = ["\n\n", "\r\n\r\n"];
const [quote, backslash, zero] = [0x22, 0x5c, 0x30];

/** Whether so much of a stream ends with a whole event. */
export function endsEvent(bytes: Buffer): boolean {
  const end = bytes.toString("latin1", Math.max(0, bytes.length - 4));
  return blankLines.some((blankLine) => end.endsWith(blankLine));
}

/** Reads the event that begins at `from` as the example says; `null` where it is not like it, or not whole before `to`. */
export function readLike(
  example: ExampleEvent,
  bytes: Buffer,
  from: number,
  to: number,
): ComparedEvent | null {
  const { fixed, gaps, type, choice, index, usage, beside } = example;
  let place = from;
  let text = "";
  let prompt = usage?.prompt_tokens ?? 0;
  let completion = usage?.completion_tokens ?? 0;
  let total = -1;
  for (let part = 0; part < fixed.length; part++) {
    const same = fixed[part];
    if (same === undefined || place + same.length > to || !isSame(bytes, place, same)) return null;
    place += same.length;
    const gap = gaps[part];
    if (gap === undefined) break;
    const isString = gap === "text" || gap === "string";
    const end = isString ? findStringEnd(bytes, place, to) : findNumberEnd(bytes, place, to);
    if (end < 0) return null;
    if (gap === "text") {
      text = readString(bytes, place, end);
      if (text === "") return null;
    } else if (gap === "prompt_tokens") prompt = readNumber(bytes, place, end);
    else if (gap === "completion_tokens") completion = readNumber(bytes, place, end);
    else if (gap === "total_tokens") total = readNumber(bytes, place, end);
    else if (isString && !isPlain(bytes, place, end)) return null;
    place = end;
  }
  const piece: WireChunk = { type, text, choice };
  if (usage === null) return { chunks: [piece], index, choice, counts: null, end: place };
  const counted: WireUsage = {
    ...usage,
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: total < 0 ? prompt + completion : total,
  };
  const chunks: WireChunk[] = [{ type: "usage", usage: counted, beside }, piece];
  return { chunks, index, choice, counts: completion, end: place };
}

function isSame(bytes: Buffer, from: number, same: Buffer): boolean {
  for (let at = 0; at < same.length; at++) if (bytes[from + at] !== same[at]) return false;
  return true;
}

/** Finds the quote that ends a string; below 0 where there is none, or a byte that no string holds. */
function findStringEnd(bytes: Buffer, from: number, to: number): number {
  for (let end = from; end < to; end++) {
    const byte = bytes[end] ?? 0;
    if (byte === quote) return end;
    if (byte === backslash) end++;
    else if (byte < 0x20) return -1;
  }
  return -1;
}

/** Whether a string is of ASCII without escapes. */
function isPlain(bytes: Buffer, from: number, end: number): boolean {
  for (let at = from; at < end; at++) if ((bytes[at] ?? 0) > 0x7f || bytes[at] === backslash) return false;
  return true;
}

/** Reads a string without its quotes; empty where it is none of JSON. */
function readString(bytes: Buffer, from: number, end: number): string {
  if (isPlain(bytes, from, end)) return bytes.toString("latin1", from, end);
  if (!isUtf8(bytes.subarray(from, end))) return "";
  const read = parseJson(bytes.toString("utf8", from - 1, end + 1));
  return typeof read === "string" ? read : "";
}

/** Finds the end of a whole number; below 0 where there is none, or one that is not exact. */
function findNumberEnd(bytes: Buffer, from: number, to: number): number {
  let end = from;
  while (end < to && isDigit(bytes[end])) end++;
  const digits = end - from;
  return digits === 1 || (digits > 1 && digits < 16 && bytes[from] !== zero) ? end : -1;
}

function isDigit(byte = 0): boolean {
  return byte >= zero && byte <= zero + 9;
}

function readNumber(bytes: Buffer, from: number, end: number): number {
  let number = 0;
  for (let at = from; at < end; at++) number = number * 10 + (bytes[at] ?? zero) - zero;
  return number;
}

/**
 * Makes an example of the last event; `null` where it has more than a piece of text and counts, or cannot be one.
 *
 * The bytes begin with an event. An example counts only if it, filled with other values, is read alike by comparison and
 * by its JSON: then this holds for all values, since JSON and {@link readChunk} treat one like the other.
 */
export function findExample(bytes: Buffer): ExampleEvent | null {
  const text = bytes.toString("latin1");
  const blankLine = blankLines.find((one) => text.endsWith(one));
  if (blankLine === undefined) return null;
  const before = text.lastIndexOf(blankLine, text.length - blankLine.length - 1);
  const event = text.slice(before < 0 ? 0 : before + blankLine.length);
  const [, label = "", json] = /^(data: ?)(\{[\x20-\x7e]*\})\r?\n\r?\n$/.exec(event) ?? [];
  if (json === undefined) return null;
  const value = parseJson(json);
  const choices = fieldOf(value, "choices");
  const chunks = readChunk(value, { hasDeltas: true }) ?? [];
  const counted = chunks[0]?.type === "usage" ? chunks[0] : null;
  const said = chunks[counted === null ? 0 : 1];
  if (said === undefined || !("text" in said) || chunks.at(-1) !== said || said.text === "") return null;
  // Tool calls are short, and rare.
  if (said.type === "toolCall") return null;
  if (!Array.isArray(choices) || choices.length !== 1) return null;
  const found = findGaps(json);
  const searched = `"${said.text}"`;
  let at = json.indexOf(searched);
  for (let tries = 0; at >= 0 && tries < mostPlaces; tries++) {
    const from = at + 1;
    const gaps = [...found, { gap: "text" as const, from, to: from + said.text.length }];
    gaps.sort((one, other) => one.from - other.from);
    const ends = [0, ...gaps.map(({ to }) => to)];
    const fixed = [...gaps.map((gap) => gap.from), json.length].map((end, index) =>
      json.slice(ends[index], end),
    );
    fixed.unshift(label + (fixed.shift() ?? ""));
    fixed.push((fixed.pop() ?? "") + blankLine);
    const example: ExampleEvent = {
      fixed: fixed.map((part) => Buffer.from(part)),
      gaps: gaps.map(({ gap }) => gap),
      type: said.type,
      choice: said.choice,
      index: fieldOf(choices[0], "index"),
      usage: counted?.usage ?? null,
      beside: counted?.beside ?? "nothing",
    };
    if (isReadAlike(example, label.length)) return example;
    at = json.indexOf(searched, at + 1);
  }
  return null;
}

/** A text may stand in other fields too, before its own. */
const mostPlaces = 3;

function findGaps(json: string): { gap: Gap; from: number; to: number }[] {
  const bytes = Buffer.from(json);
  return fields.flatMap(([gap, label]) => {
    const found = label.exec(json);
    if (found === null) return [];
    const from = found.index + found[0].length;
    const to =
      gap === "string" ? findStringEnd(bytes, from, bytes.length) : findNumberEnd(bytes, from, bytes.length);
    return to <= from ? [] : [{ gap, from, to }];
  });
}

const otherValues: Readonly<Record<Gap, string>> = {
  text: "~ other ~",
  string: "~any~",
  number: "1234567",
  prompt_tokens: "7001",
  completion_tokens: "7002",
  total_tokens: "7004",
};

function isReadAlike(example: ExampleEvent, labelLength: number): boolean {
  const parts = example.fixed.map((part, index) => {
    const gap = example.gaps[index];
    return part.toString("latin1") + (gap === undefined ? "" : otherValues[gap]);
  });
  const event = parts.join("");
  const compared = readLike(example, Buffer.from(event), 0, event.length);
  const parsed = readChunk(parseJson(event.slice(labelLength).trimEnd()), { hasDeltas: true });
  return compared?.end === event.length && JSON.stringify(compared.chunks) === JSON.stringify(parsed);
}
