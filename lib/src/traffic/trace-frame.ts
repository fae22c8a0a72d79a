import type { DataFrame } from "nodejs-polars";
import type { Trace } from "./trace.ts";

/**
 * Returns the requests of some traces as a polars frame; one row is one request, `trace` is the name of its trace.
 *
 * Where a trace says it, there is a column `cachedInputTokens`, which is null for those that do not.
 */
export async function traceFrame(...traces: readonly Trace[]): Promise<DataFrame> {
  const { default: pl } = await import("nodejs-polars");
  const isCached = traces.some(({ cachedInputTokens }) => cachedInputTokens !== undefined);
  const frames = traces.map(({ name, arrivalSeconds, inputTokens, outputTokens, cachedInputTokens }) => {
    const columns = { arrivalSeconds, inputTokens, outputTokens };
    const cached = { cachedInputTokens: cachedInputTokens ?? Array.from(arrivalSeconds, () => null) };
    const frame = pl.DataFrame(isCached ? { ...columns, ...cached } : columns);
    const typed = isCached ? frame.withColumns(pl.col("cachedInputTokens").cast(pl.Float64)) : frame;
    return typed.select(pl.lit(name).alias("trace"), pl.col("*"));
  });
  return pl.concat(frames);
}
