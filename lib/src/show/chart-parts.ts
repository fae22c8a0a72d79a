/** A channel of numbers; `more` is what else Vega-Lite takes, such as `scale` and `axis`. */
export function quantitative(field: string, title: string, more: object = {}): object {
  return { field, type: "quantitative", title, ...more };
}

/** A channel of names, each with its own colour, shape or opacity; its legend has no title and shows names whole. */
export function named(
  field: string,
  values: Iterable<readonly [name: string, value: unknown]>,
  legend: object = { orient: "top", columns: 1, labelLimit: 0 },
): object {
  const entries = [...values];
  const scale = { domain: entries.map(([name]) => name), range: entries.map(([, value]) => value) };
  return { field, type: "nominal", title: null, legend, scale };
}

/** A bold text beside a line. */
export function lineLabel(
  text: string,
  style: { align: "left" | "right"; baseline?: string; color?: string; dx?: number; dy?: number },
): object {
  return { type: "text", text, fontWeight: 600, dx: style.align === "left" ? 6 : -6, ...style };
}
