import { quantitative } from "../show/index.ts";

/** The horizontal axis of charts against the number of streams, on a logarithmic scale. */
export function streamsAxis(options: { domain: readonly [number, number]; values: readonly number[] }) {
  return quantitative("streams", "streams (requests in flight)", {
    scale: { type: "log", base: 2, nice: false, domain: options.domain },
    axis: { values: options.values, format: "d", grid: false },
  });
}

/** A quantitative axis whose ends are those of its values. */
export function tightAxis(field: string, title: string): object {
  return quantitative(field, title, { scale: { zero: true, nice: false } });
}
