import type { Figures } from "./figures.ts";
import { isRow, type TableRow } from "./table-rows.ts";

/** A Vega-Lite specification (version 5.6 or older, the one that JupyterLab draws). */
export interface ChartSpec {
  readonly title?: unknown;
  readonly description?: string;
  readonly data?: unknown;
  /** What-if values; one with `bind` gets a slider or a list below the chart. */
  readonly params?: readonly object[];
  readonly transform?: readonly object[];
  readonly mark?: unknown;
  readonly encoding?: object;
  readonly layer?: readonly object[];
  readonly width?: unknown;
  readonly height?: unknown;
  readonly config?: object;
  /** Vega leaves it alone: what the chart's figures are. */
  readonly usermeta?: {
    readonly figures?: Figures | readonly Figures[];
    /** What `chart` makes of it, as HTML for the report. */
    readonly origins?: string;
  };
  /** Everything else that Vega-Lite knows. */
  readonly [property: string]: unknown;
}

const compositions = ["layer", "concat", "hconcat", "vconcat"];
const deepestView = 5;

/** Says whether a value has the form of a specification: a mark with an encoding, or views side by side or upon each other. */
export function isChartSpec(value: unknown): value is ChartSpec {
  if (!isRow(value)) return false;
  return ("mark" in value && isRow(value["encoding"])) || isComposed(value, 0);
}

function isComposed(value: TableRow, depth: number): boolean {
  const isView = (view: unknown) =>
    depth < deepestView && isRow(view) && ("mark" in view || isComposed(view, depth + 1));
  const groups = compositions.map((name) => value[name]);
  return (
    isView(value["spec"]) ||
    groups.some((views) => Array.isArray(views) && views.length > 0 && views.every(isView))
  );
}

const schema = "https://vega.github.io/schema/vega-lite/v5.json";

/** Each has a contrast above 3:1 on white and on the dark page, and no two differ in hue alone for most readers. */
export const chartColors = {
  blue: "#3a7abf",
  orange: "#c2571a",
  green: "#2a8a6c",
  purple: "#9a62b5",
  ochre: "#a87a0a",
  grey: "#6f7c8a",
  pink: "#c2477a",
} as const;

const size = { labelFontSize: 12, titleFontSize: 12, titleFontWeight: 600 };

// Texts take the colour of the page around them and grid lines let its background through, so that one drawing is right in
// a light and a dark notebook, report and editor, and stays right when the theme changes.
const pageColor = "currentColor";
const lineColor = "rgba(128, 128, 128, 0.3)";
const texts = { labelColor: pageColor, titleColor: pageColor };

const defaultConfig = {
  background: "transparent",
  font: "system-ui, sans-serif",
  axis: { ...size, ...texts, gridColor: lineColor, domainColor: "#888", tickColor: "#888" },
  legend: { ...size, ...texts },
  header: texts,
  title: { fontSize: 14, anchor: "start", offset: 12, color: pageColor },
  mark: { color: chartColors.blue },
  text: { fontSize: 12, color: pageColor },
  range: { category: Object.values(chartColors) },
};

// One drawing fills the column of a notebook; those of a facet or a row stay as small as Vega-Lite makes them.
const singleView = { continuousWidth: 640, continuousHeight: 300, discreteWidth: 640, stroke: lineColor };

// Where a slider makes the figures at an axis longer, the picture grows.
const autosize = { type: "pad", resize: true };

/** Returns the specification with its schema and description, and with the house's defaults where it says nothing. */
export async function applyChartDefaults(spec: ChartSpec, description: string): Promise<ChartSpec> {
  // Loading Vega takes 0.2 s, which only a chart is worth.
  const { mergeConfig } = await import("vega");
  const view = "mark" in spec || "layer" in spec ? { view: singleView } : {};
  return {
    autosize,
    ...spec,
    $schema: schema,
    description: spec.description ?? description,
    config: mergeConfig({}, defaultConfig, view, spec.config ?? {}),
  };
}
