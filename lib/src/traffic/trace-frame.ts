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
    const cached = cachedInputTokens && { cachedInputTokens };
    const frame = pl.DataFrame({ arrivalSeconds, inputTokens, outputTokens, ...cached });
    const unknown = pl.lit(null).cast(pl.Float64).alias("cachedInputTokens");
    const lacking = isCached && cached === undefined ? [unknown] : [];
    return frame.select(pl.lit(name).alias("trace"), pl.col("*"), ...lacking);
  });
  return pl.concat(frames);
}
