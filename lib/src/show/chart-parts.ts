import { wrapWords } from "../words/index.ts";
import { chartColors } from "./chart-defaults.ts";

/** A channel of numbers; `more` is what else Vega-Lite takes, such as `scale` and `axis`. */
export function quantitative(field: string, title: string, more: object = {}): object {
  return { field, type: "quantitative", title, ...more };
}

/** So many letters fit into the width of a phone. */
const lettersOfPhone = 42;

/** A legend without a title, above the chart or below it, whose names are whole: long ones are broken into lines. */
export function wholeNames(names: Iterable<string>, orient: "top" | "bottom" = "top"): object {
  const lines = Object.fromEntries([...names].map((name) => [name, wrapWords(name, lettersOfPhone)]));
  const legend = { orient, columns: 1, labelLimit: 0, symbolOpacity: 1 };
  if (Object.values(lines).every(({ length }) => length <= 1)) return legend;
  return { ...legend, labelExpr: `${JSON.stringify(lines)}[datum.label]` };
}

/** A channel of names, each with its own colour, shape or opacity. */
export function named(
  field: string,
  values: Iterable<readonly [name: string, value: unknown]>,
  legend?: object | null,
): object {
  const entries = [...values];
  const domain = entries.map(([name]) => name);
  const scale = { domain, range: entries.map(([, value]) => value) };
  return {
    field,
    type: "nominal",
    title: null,
    legend: legend === undefined ? wholeNames(domain) : legend,
    scale,
  };
}

/** A bold text beside a line. */
export function lineLabel(
  text: string,
  style: { align: "left" | "right"; baseline?: string; color?: string; dx?: number; dy?: unknown },
): object {
  return { type: "text", text, fontWeight: 600, dx: style.align === "left" ? 6 : -6, ...style };
}

const lineHeight = 15;

/** An upright line with its name. */
export interface Upright {
  name: string;
  /** Where it stands, in the units of the axis. */
  at: number;
  /** The same as a part of the axis, 0 at the left end and 1 at the right one. */
  share: number;
  color: string;
}

/**
 * Draws upright lines with their names above the plot, each in a row of its own: none lies upon another, at any width.
 */
export function drawUprights(
  uprights: readonly Upright[],
  { x, field }: { x: object; field: string },
): object[] {
  // The innermost name lies lowest: the lines of others, which end at their own names, do not cross it.
  const outwards = uprights.toSorted((one, other) => Math.abs(one.share - 0.5) - Math.abs(other.share - 0.5));
  return outwards.flatMap(({ name, at, share, color }, index) => {
    const data = { values: [{ [field]: at }] };
    // Grey is hard to read.
    const ink = color === chartColors.grey ? {} : { color };
    const top = -5 - lineHeight * index;
    const align = share < 0.5 ? "left" : "right";
    // What does not fit beside its line is cut; charts name what matters in their captions too.
    const limit = { expr: `width * ${Math.max(share, 1 - share)}` };
    return [
      {
        data,
        mark: { type: "rule", strokeDash: [6, 4], strokeWidth: 1.5, color },
        encoding: { x, y: { value: top }, y2: { value: "height" } },
      },
      {
        data,
        mark: { ...lineLabel(name, { align, baseline: "bottom", dx: 0, ...ink }), limit },
        encoding: { x, y: { value: top } },
      },
    ];
  });
}

/** What a chart with a name above each of its rows is made of. */
export interface NamedRows {
  height: object;
  y: object;
  /** For marks: where they lie below the names. */
  yOffset: number;
  /** The layer of the names. */
  names: object;
}

const barHeight = 14;

/** Lays out rows whose names stand above their marks, since names beside them would take half of a phone's width. */
export function nameRows(field: string, names: readonly string[]): NamedRows {
  const rows = names.map((name) => ({ [field]: name, lines: wrapWords(name, lettersOfPhone) }));
  const lines = Math.max(1, ...rows.map((row) => row.lines.length));
  const step = lineHeight * lines + barHeight + 16;
  const scale = { type: "band", domain: names, padding: 0 };
  const y = { field, type: "nominal", sort: null, axis: null, scale };
  return {
    height: { step },
    y,
    yOffset: lineHeight * lines + 4 + barHeight / 2 - step / 2,
    names: {
      data: { values: rows },
      mark: { type: "text", align: "left", baseline: "top", lineHeight },
      encoding: { x: { value: 0 }, y: { ...y, bandPosition: 0 }, text: { field: "lines" } },
    },
  };
}

/** The height of the bars in named rows. */
export const rowBar = { height: barHeight } as const;
