import { InputError } from "../errors.ts";
import { type DisplayBundle, displayBundle } from "../kernel/index.ts";
import { applyChartDefaults, type ChartSpec } from "./chart-defaults.ts";
import { drawChart } from "./draw-chart.ts";
import { type Figures, listOrigins, originHtml } from "./figures.ts";

/** What a chart needs beside its specification. */
export interface ChartOptions {
  /** One sentence that says what the chart shows, for readers who do not see it; default: the specification's own. */
  readonly description?: string;
  /** What its figures are, from when and whose; default: what the specification says under `usermeta.figures`. */
  readonly figures?: Figures | readonly Figures[];
}

/** The media type of a Vega-Lite chart; JupyterLab draws version 5 and none newer. */
const vegaLiteType = "application/vnd.vegalite.v5+json";

// Lab has menus on and draws on a canvas; with its dark theme it also puts the chart into a grey box.
const embedOptions = { actions: false, renderer: "svg", config: { background: null } };

/**
 * Displays a Vega-Lite chart: live in JupyterLab and in the exported report, as a sentence in a terminal.
 *
 * The specification carries its data (`data: { values: rows }`), needs no `$schema`, width or font, and may have
 * sliders (`params` with `bind`). `null` is a chart without data yet: only the description is shown. Throws an `InputError` with vega-lite's own words where the specification is wrong.
 */
export async function chart(spec: ChartSpec | null, options: ChartOptions = {}): Promise<void> {
  if (spec === null)
    return displayBundle({ data: { "text/plain": options.description ?? "Nothing to draw." } });
  displayBundle(await chartBundle(spec, options));
}

/** Returns the bundle that `chart` displays: the specification, a static SVG of it, and the description as plain text. */
export async function chartBundle(spec: ChartSpec, options: ChartOptions = {}): Promise<DisplayBundle> {
  const checked = toJson(spec);
  const description = options.description ?? checked.description ?? "";
  if (description.trim() === "") {
    throw new InputError("chart: the description is empty.", {
      remedy: "Say in one sentence what the chart shows.",
    });
  }
  const origins = listOrigins(options.figures ?? checked.usermeta?.figures ?? []);
  const labelled =
    origins.length === 0
      ? checked
      : { ...checked, usermeta: { origins: origins.map(originHtml).join("\n") } };
  const complete = await applyChartDefaults(labelled, description);
  return {
    // No text/html: Lab and nbconvert would both take it instead of the chart.
    data: {
      [vegaLiteType]: complete,
      "image/svg+xml": await drawChart(complete),
      "text/plain": description,
    },
    metadata: { [vegaLiteType]: { embed_options: embedOptions } },
  };
}

// Rows from a data frame can have 64-bit integers and dates, which the message to the front end cannot carry.
function toJson(spec: ChartSpec): ChartSpec {
  if (typeof spec !== "object" || spec === null || Array.isArray(spec)) {
    throw new InputError("chart: the specification is no object.", {
      remedy: "Give a Vega-Lite specification, with a mark or layers.",
    });
  }
  const text = JSON.stringify(spec, (name, value: unknown) => {
    if (typeof value === "bigint") return Number(value);
    // vega-lite writes the titles of axes into expressions as they are.
    return name === "title" && typeof value === "string" ? value.replace(/[\r\n]+/g, " ") : value;
  });
  // Line ends that vega does not know, and that would break its expressions.
  return JSON.parse(text.replace(/[\u2028\u2029]/g, " ")) as ChartSpec;
}
