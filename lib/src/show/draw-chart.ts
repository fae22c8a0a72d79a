import type { TopLevelSpec } from "vega-lite";
import { InputError } from "../errors.ts";
import type { ChartSpec } from "./chart-defaults.ts";

// An empty or constant column is not a mistake in the specification: there may be no data yet.
const harmless = /^Infinite extent/;

/**
 * Draws a specification as SVG, as it looks before anyone moves a slider.
 *
 * Throws an `InputError` for whatever vega-lite or vega refuse, drop or cannot read: a chart with a typing error in it
 * would otherwise be shown without the part in question. Nothing is loaded from any address.
 */
export async function drawChart(spec: ChartSpec): Promise<string> {
  const [vega, vegaLite] = await Promise.all([import("vega"), import("vega-lite")]);
  const complaints: string[] = [];
  const logger = vega.logger(vega.Warn, undefined, (_method, _level, parts) => {
    const complaint = Array.from(parts, String).join(" ");
    if (!harmless.test(complaint)) complaints.push(complaint);
  });
  const loader = vega.loader();
  loader.load = (uri) => Promise.reject(new Error(`a chart carries its data, it does not load ${uri}`));
  const { sanitize } = loader;
  // A link that it refuses would be an error of nobody's, after the call.
  loader.sanitize = async (uri, options) => {
    try {
      return await sanitize.call(loader, uri, options);
    } catch {
      complaints.push(`a link of a chart cannot lead to ${uri}`);
      return { href: "" };
    }
  };
  // Vega marks the rows that it draws, so it gets a copy. What is in the specification is for vega-lite to check.
  const copy = structuredClone(spec) as unknown as TopLevelSpec;
  try {
    const { spec: vegaSpec } = vegaLite.compile(copy, { logger });
    const view = new vega.View(vega.parse(vegaSpec), { renderer: "none", logger, loader });
    const svg = await view.toSVG();
    view.finalize();
    if (complaints.length > 0) throw new Error(complaints.join("; "));
    return svg;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InputError(`chart: vega-lite cannot draw this specification: ${shorten(reason)}.`, {
      remedy: "Correct it with the Vega-Lite documentation, version 5.",
      cause,
    });
  }
}

// Some messages quote the whole specification, with all its data.
function shorten(reason: string): string {
  return reason.replace(/^([^{]*)\{.*\}/s, "$1{ … }");
}
