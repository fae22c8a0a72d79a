import type { DataFrame } from "nodejs-polars";
import type { Trace } from "./trace.ts";

/** Returns the requests of some traces as a polars frame; one row is one request, `trace` is the name of its trace. */
export async function traceFrame(...traces: readonly Trace[]): Promise<DataFrame> {
  const { default: pl } = await import("nodejs-polars");
  const frames = traces.map(({ name, arrivalSeconds, inputTokens, outputTokens }) =>
    pl
      .DataFrame({ arrivalSeconds, inputTokens, outputTokens })
      .select(pl.lit(name).alias("trace"), pl.col("*")),
  );
  return pl.concat(frames);
}
