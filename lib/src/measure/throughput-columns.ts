import type { TableColumn, TableRow } from "../show/index.ts";
import type { ThroughputRow } from "./compare-with-published.ts";

/** The columns of a table of `ThroughputRow`s, narrow enough for a notebook; {@link listSources} belongs below it. */
export const throughputColumns: readonly (string | TableColumn)[] = [
  "kind",
  { key: "model", head: "machine, model, weights, engine", format: (_, row) => describeSubject(row) },
  { key: "streams", align: "right" },
  { key: "outputTokensPerSecond", head: "output", unit: "tokens/s", digits: 1 },
  { key: "inputTokensPerSecond", head: "input", unit: "tokens/s", digits: 1 },
  "date",
];

/** Says in one line where the rows come from: each source once, with its kind. */
export function listSources(rows: readonly ThroughputRow[]): string {
  const said = rows.map(({ kind, source }) => `${kind}: ${shortenSource(source)}`);
  return `${[...new Set(said)].join("; ")}.`;
}

function describeSubject({ machine, model, precision, engine }: TableRow): string {
  const names = [machine, String(model).split("/").at(-1), precision, shortenEngine(engine)];
  return names.filter((name) => typeof name === "string").join(", ");
}

/** A rehearsal's engine tells at length what stands in for what. */
export function shortenEngine(engine: unknown): string | null {
  return typeof engine === "string" ? (engine.split(" standing in for ")[0] ?? engine) : null;
}

/** Of an address its host and first names: enough to find it, and the row has it whole. */
function shortenSource(source: string): string {
  const [first = ""] = source.split(" ");
  if (!URL.canParse(first)) return source;
  const { host, pathname } = new URL(first);
  const names = pathname.split("/").filter((part) => part !== "");
  return [host.replace(/^www\./, ""), ...names.slice(0, 2)].join("/");
}
