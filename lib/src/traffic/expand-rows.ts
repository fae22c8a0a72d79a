import { type Fields, isFields, plainName } from "./row-fields.ts";

// Where answers of APIs and exports have their rows: OpenAI, Helicone and LiteLLM under data, Cloudflare under result,
// OpenTelemetry under resourceSpans, scopeSpans and spans, Elasticsearch under hits.
const lists = new Set(
  (
    "data results result logs rows records items requests responses observations traces resourcespans scopespans spans " +
    "entries generations hits queries buckets runs"
  ).split(" "),
);
// What a request or a span has itself.
const ownLists = new Set(
  "attributes events links messages choices tools toolcalls input output content contents prompt".split(" "),
);
// Whose rows belong to the time that stands beside them: OpenAI's buckets, and Ray's traces of several queries at once.
const parts = new Set(["results", "queries"]);
// Lists beside that of the answered requests, as GuideLLM has them, and how such a request ended.
const failedLists = new Map([
  ["errored", "failed"],
  ["failed", "failed"],
  ["incomplete", "cancelled"],
  ["cancelled", "cancelled"],
]);
const mostDepth = 4;

/**
 * Returns the rows inside a list, or inside an object that has one under a name such as `data`, or under any; `null` where
 * it has none.
 */
export function expandRows(value: unknown, names: "known" | "any", depth = 0): readonly Fields[] | null {
  if (Array.isArray(value)) return value.filter(isFields);
  if (!isFields(value) || depth > mostDepth) return null;
  for (const [key, inner] of Object.entries(value)) {
    const name = plainName(key);
    const isKnown = lists.has(name);
    if (isTexts(inner) || (!isKnown && (names === "known" || ownLists.has(name)))) continue;
    const rows = expandRows(inner, names, depth + 1);
    if (rows === null || (rows.length === 0 && !isKnown)) continue;
    if (parts.has(name)) return rows.map((row) => ({ ...findScalars(value), ...row }));
    return failedLists.has(name) ? rows : [...rows, ...findFailed(value)];
  }
  return null;
}

function findFailed(fields: Fields): Fields[] {
  return Object.entries(fields).flatMap(([key, list]) => {
    const outcome = failedLists.get(plainName(key));
    return outcome === undefined || !Array.isArray(list)
      ? []
      : list.filter(isFields).map((row) => ({ ...row, outcome }));
  });
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && !value.some(isFields);
}

function findScalars(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => typeof value !== "object"));
}
