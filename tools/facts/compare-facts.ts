import { priceAgeDays } from "../../lib/src/facts/index.ts";
import type { SourceText } from "./find-copies.ts";
import type { Fact } from "./list-facts.ts";

/** What came of comparing the rows of one table with their sources. */
export interface TableComparison {
  table: string;
  rows: number;
  /** Rows of which a source says the same, and how many of these in a newer version than the row names. */
  agree: number;
  newer: number;
  /** Rows of which no source that could be read says the same: somebody must look. */
  differ: readonly string[];
  /** Why rows could not be compared at all, with how many. */
  notCompared: ReadonlyMap<string, number>;
  /** Rows that claim to hold and that nobody looked at for so long, the oldest first. */
  old: readonly string[];
}

/** Compares facts with what their sources say, and lists those that are older than a number of days. */
export function compareFacts(
  facts: readonly Fact[],
  options: { read: (url: string) => SourceText; today: string; mostDays: number },
): TableComparison[] {
  const { read, today, mostDays } = options;
  return [...Map.groupBy(facts, ({ table }) => table)].map(([table, rows]) => {
    const outcomes = rows.map((fact) => compareFact(fact, read));
    const reasons = Map.groupBy(
      outcomes.flatMap(({ notCompared = [] }) => notCompared),
      (reason) => reason,
    );
    const old = rows
      .filter(({ isCurrent, observed }) => isCurrent && priceAgeDays({ observed }, today) > mostDays)
      .toSorted((one, other) => one.observed.localeCompare(other.observed));
    return {
      table,
      rows: rows.length,
      agree: outcomes.filter(({ agreesWith }) => agreesWith !== undefined).length,
      newer: outcomes.filter(({ agreesWith }) => agreesWith === "a newer version").length,
      differ: outcomes.flatMap(({ differs = [] }) => differs),
      notCompared: new Map(
        [...reasons]
          .map(([reason, all]) => [reason, all.length] as const)
          .toSorted(([, one], [, other]) => other - one),
      ),
      old: old.map(({ observed, name }) => `${observed}  ${name}`),
    };
  });
}

/** What came of one fact: just one of the three. */
interface Outcome {
  agreesWith?: "its version" | "a newer version";
  differs?: string;
  notCompared?: string;
}

function compareFact(fact: Fact, read: (url: string) => SourceText): Outcome {
  const sources = fact.sources.map((url) => ({ url, ...read(url) }));
  const readable = sources.filter((source) => "text" in source);
  const [first = [], ...others] = readable.map((source) => listLacking(fact, source));
  // Several sources say it together: one has the shape of a model, another its window.
  const lacking = first.filter((part) => others.every((list) => list.includes(part)));
  if (readable.length > 0 && lacking.length === 0) {
    return { agreesWith: readable.every(({ isNewer }) => isNewer) ? "a newer version" : "its version" };
  }
  const missing = sources.find((source) => "missing" in source);
  if (missing !== undefined) return { notCompared: missing.missing };
  const urls = readable.map(({ url }) => url).join(" ");
  return { differs: `${fact.name}: ${lacking.join(", ")} not found in ${urls}` };
}

/** Lists what of a fact a source does not have. */
function listLacking(fact: Fact, { url, text }: { url: string; text: string }): string[] {
  const { near, figures, isShape, says } = fact;
  // A file may be named after what it is about.
  const isWhole = near.length === 0 || near.some((name) => url.includes(name));
  const parts = isWhole ? [text] : near.flatMap((name) => cutAround(text, name));
  const toKey = isShape ? String : round;
  const numbers = new Set(parts.flatMap(listNumbers).map(toKey));
  const units = isShape ? [1] : priceUnits;
  const lacking = Object.entries(figures).flatMap(([column, value]) =>
    value === null || units.some((unit) => numbers.has(toKey(value * unit))) ? [] : [`${column} ${value}`],
  );
  if (near.length > 0 && parts.length === 0) return [`"${near[0]}"`, ...lacking];
  return says === null || text.toLowerCase().includes(longestPart(says)) ? lacking : [`"${says}"`];
}

/** The text around each place with a name: lists have the figure on its line or in the lines below. */
function cutAround(text: string, name: string): string[] {
  const [wanted, searched] = [name.toLowerCase(), text.toLowerCase()];
  const parts: string[] = [];
  for (let at = searched.indexOf(wanted); at >= 0; at = searched.indexOf(wanted, at + 1_000)) {
    parts.push(text.slice(Math.max(0, at - 400), at + 1_600));
  }
  return parts;
}

function listNumbers(text: string): number[] {
  const found = text.match(/\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?/gi) ?? [];
  // A comma parts thousands, or cells.
  return found.flatMap((number) => [number.replaceAll(",", ""), ...number.split(",")]).map(Number);
}

// A price stands per million, thousand or single token, in dollars or cents; a rate by the second or hour.
const priceUnits = [1, 1e-3, 1e-6, 100, 1e-4, 3_600];

/** Rounding in a list is no difference. */
function round(value: number): string {
  return value.toPrecision(3);
}

/** Of a message the longest part without what differs from case to case: sources hold its pattern. */
function longestPart(says: string): string {
  const parts = says.toLowerCase().split(/[^a-z _-]+/);
  return parts.map((part) => part.trim()).toSorted((one, other) => other.length - one.length)[0] ?? "";
}
