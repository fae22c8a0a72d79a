import type { DataFrame } from "nodejs-polars";
import type { Price } from "./prices.ts";

/**
 * Returns prices as a Polars data frame, for questions that a cell can ask in one line.
 *
 * One row is one price; sources are one text, separated by spaces. Polars is loaded when this is first called.
 */
export async function priceFrame(prices: readonly Price[]): Promise<DataFrame> {
  const { default: pl } = await import("nodejs-polars");
  const column = <Field extends keyof Price>(field: Field) => prices.map((price) => price[field]);
  return pl.DataFrame({
    provider: pl.Series("provider", column("provider"), pl.Utf8),
    model: pl.Series("model", column("model"), pl.Utf8),
    gpu: pl.Series("gpu", column("gpu"), pl.Utf8),
    product: pl.Series("product", column("product"), pl.Utf8),
    kind: pl.Series("kind", column("kind"), pl.Utf8),
    value: pl.Series("value", column("value"), pl.Float64),
    unit: pl.Series("unit", column("unit"), pl.Utf8),
    from: pl.Series("from", column("from"), pl.Utf8),
    to: pl.Series("to", column("to"), pl.Utf8),
    observed: pl.Series("observed", column("observed"), pl.Utf8),
    status: pl.Series("status", column("status"), pl.Utf8),
    sources: pl.Series(
      "sources",
      prices.map((price) => price.sources.join(" ")),
      pl.Utf8,
    ),
    note: pl.Series("note", column("note"), pl.Utf8),
  });
}
