/** The horizontal axis of charts against the number of streams, on a logarithmic scale. */
export function streamsAxis(options: { domain: readonly [number, number]; values: readonly number[] }) {
  return {
    field: "streams",
    type: "quantitative",
    title: "streams (requests in flight)",
    scale: { type: "log", base: 2, nice: false, domain: options.domain },
    axis: { values: options.values, format: "d", grid: false },
  };
}

/** A quantitative axis whose ends are those of its values. */
export function tightAxis(field: string, title: string): object {
  return { field, type: "quantitative", title, scale: { zero: true, nice: false } };
}

/** A text that stands beside a line, to the side of `align`. */
export function lineLabel(text: string, style: { align: "left" | "right"; baseline: string; dy?: number }) {
  return { type: "text", text, fontWeight: 600, dx: style.align === "left" ? 6 : -6, ...style };
}
