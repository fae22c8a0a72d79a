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
  /** Everything else that Vega-Lite knows. */
  readonly [property: string]: unknown;
}

const schema = "https://vega.github.io/schema/vega-lite/v5.json";

// Every colour has a contrast above 3:1 on white and on the dark page, and no two differ in hue alone for most readers.
const categoryColors = ["#3a7abf", "#c2571a", "#2a8a6c", "#9a62b5", "#a87a0a", "#6f7c8a", "#c2477a"];

const labels = { labelFontSize: 12, titleFontSize: 12, titleFontWeight: 600 };

// Axes, grid and texts keep Vega's own colours: the report's dark theme is made of rules on these.
const defaultConfig = {
  font: "system-ui, sans-serif",
  axis: labels,
  legend: labels,
  title: { fontSize: 14, anchor: "start", offset: 12 },
  mark: { color: categoryColors[0] },
  text: { fontSize: 12 },
  range: { category: categoryColors },
};

// One drawing fills the column of a notebook; those of a facet or a row stay as small as Vega-Lite makes them.
const singleView = { continuousWidth: 560, continuousHeight: 280, discreteWidth: 560 };

/** Returns the specification with its schema and description, and with the house's defaults where it says nothing. */
export function applyChartDefaults(spec: ChartSpec, description: string): ChartSpec {
  const view = "mark" in spec || "layer" in spec ? { view: singleView } : {};
  return {
    ...spec,
    $schema: schema,
    description: spec.description ?? description,
    config: mergeSections({ ...defaultConfig, ...view }, { ...spec.config }),
  };
}

function mergeSections(
  defaults: Record<string, unknown>,
  own: Record<string, unknown>,
): Record<string, unknown> {
  const sections = Object.entries(defaults).map(([name, section]) => {
    const given = own[name];
    return [
      name,
      isRecord(section) && isRecord(given) ? { ...section, ...given } : (given ?? section),
    ] as const;
  });
  return { ...own, ...Object.fromEntries(sections) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
