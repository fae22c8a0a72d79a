import { InputError } from "../errors.ts";
import { cleanName, escapeHtml, inWords } from "../words/index.ts";
import { sourceHtml } from "./source-html.ts";
import type { TableRow } from "./table-rows.ts";

/** What a figure can be, in the words that the foot of every report explains. */
export const figureKinds = ["measured", "published", "computed", "simulated", "assumed"] as const;

/** What a figure is: *measured* by this workbook alone; *assumed* is what a cell or its reader puts in. */
export type FigureKind = (typeof figureKinds)[number];

/** What a column can tell of the origin of each row's figures. */
export const originParts = ["kind", "date", "source"] as const;

/** One of them. */
export type OriginPart = (typeof originParts)[number];

/** Where figures come from: a price, a run, a trace, a capacity or a measurement as it is, or a day and a source in words. */
interface FigureSource {
  /** A day, month or year; of rows of `lib/data` the day of publication, else that on which somebody looked. */
  readonly date?: string | null;
  readonly published?: string;
  readonly observed?: string | null;
  readonly source?: string;
  readonly sources?: readonly string[] | null;
  /** What a measurement says of itself. */
  readonly startedAt?: string;
  readonly server?: string;
}

/** What the figures of a table or chart are, and where they come from. */
export interface Figures {
  readonly kind: FigureKind;
  /** Whose, and from when; of computed ones, what they were computed from. Leave it out where columns say it in each row. */
  readonly from?: FigureSource | readonly FigureSource[];
  /** The columns meant; default: all that no other entry names. */
  readonly columns?: readonly string[];
}

const [longestSource, longestDay, mostSources] = [500, 60, 50];

/** One line below a table or chart: a kind with its sources and days. */
export interface Origin {
  kind: FigureKind;
  /** The heads of the columns meant; none: all that no other line names. */
  columns: readonly string[];
  from: readonly { source: string; date: string }[];
}

/** Makes the lines of what somebody says about figures; where nothing is said, of what each row says of itself. */
export function listOrigins(
  figures: Figures | readonly Figures[] | undefined,
  options: { rows?: readonly TableRow[]; headOf?: (column: string) => string } = {},
): Origin[] {
  const { rows = [], headOf = (column: string) => column } = options;
  const said = figures === undefined ? readRowKinds(rows) : [figures].flat();
  return said.map(({ kind, columns = [], from = [] }) => {
    if (!figureKinds.includes(kind)) {
      throw new InputError(`figures: kind is ${cleanName(String(kind), 40)}.`, {
        remedy: `Say ${figureKinds.join(", ")}.`,
      });
    }
    const lines = [from].flat().flatMap((one) => {
      const day = one.published ?? one.observed ?? one.date ?? one.startedAt?.slice(0, 10);
      const date = toText(day).slice(0, longestDay);
      return nameSources(one)
        .map((source) => ({ source: toText(source), date }))
        .map((line) => [JSON.stringify(line), line] as const);
    });
    return { kind, columns: columns.map(headOf), from: [...new Map(lines).values()] };
  });
}

/** Addresses are a source each; where words say what they are of, all are one. */
function nameSources({ source, server, sources }: FigureSource): readonly string[] {
  const addresses = sources ?? [];
  if (source === undefined && addresses.length > 0) return addresses;
  return [[...new Set([source ?? server ?? "", ...addresses])].join(" ")];
}

// A frame of a reader's own has days as dates, and cells without a value.
function toText(value: unknown): string {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "" : value.toISOString().slice(0, 10);
  return value === undefined || value === null ? "" : cleanName(String(value), longestSource);
}

/** Rows that each have a kind, a day and a source say it all; one that does not leaves the table without. */
export function readRowKinds(rows: readonly TableRow[]): Figures[] {
  const read = rows.map(({ kind, date, observed, source, sources }) => ({
    kind: figureKinds.find((known) => known === kind),
    date: [observed, date].find((day) => typeof day === "string"),
    sources: [source, sources].flat().filter((one) => typeof one === "string"),
  }));
  const whole = read.flatMap(({ kind, date, sources }) =>
    kind === undefined || date === undefined || sources.length === 0 ? [] : [{ kind, date, sources }],
  );
  if (whole.length < rows.length) return [];
  return [...Map.groupBy(whole, ({ kind }) => kind)].map(([kind, from]) => ({ kind, from }));
}

/** Says which part of its origin a column tells of each row; `null`: none. */
export function partOfOrigin(key: string, values: readonly unknown[]): OriginPart | null {
  if (["date", "published", "observed"].includes(key)) return "date";
  if (["source", "sources"].includes(key)) return "source";
  const isKind =
    key === "kind" &&
    values.length > 0 &&
    values.every((value) => figureKinds.some((kind) => kind === value));
  return isKind ? "kind" : null;
}

/** Writes an origin as HTML; the test of the reports reads the same elements. */
export function originHtml({ kind, columns, from }: Origin): string {
  const heads = columns.map((head) => `<i>${escapeHtml(cleanName(head))}</i>`);
  const sources = from.map(({ source, date }) => {
    return `${sourceHtml(source)}${date === "" ? "" : ` (<time>${escapeHtml(date)}</time>)`}`;
  });
  return `<p class="note origin"><b>${kind}</b>${joinParts(kind, { heads, sources })}</p>`;
}

/** Writes an origin as text. */
export function originText({ kind, columns, from }: Origin): string {
  const sources = from.map(({ source, date }) => (date === "" ? source : `${source} (${date})`));
  return `${kind}${joinParts(kind, { heads: columns.map((head) => cleanName(head)), sources })}`;
}

function joinParts(
  kind: FigureKind,
  parts: { heads: readonly string[]; sources: readonly string[] },
): string {
  const { heads, sources } = parts;
  const columns = heads.length === 0 ? "" : `, ${heads.join(", ")}`;
  if (sources.length === 0) return `${columns}: day and source in each row`;
  const left = sources.length - mostSources;
  const more = left > 0 ? `; and ${inWords(left)} more` : "";
  return `${columns}${kind === "computed" ? " from" : ":"} ${sources.slice(0, mostSources).join("; ")}${more}`;
}
