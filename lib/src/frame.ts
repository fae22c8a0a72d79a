import type { DataFrame } from "nodejs-polars";

/** The columns of a frame in their order, each with the type of its values; any value may be missing. */
export type FrameColumns<Row> = { readonly [Column in keyof Row & string]?: "text" | "number" | "yes-or-no" };

/** Makes a polars frame of rows, with the columns that are named; polars is loaded when this is first called. */
export async function makeFrame<Row extends object>(
  rows: readonly Row[],
  columns: FrameColumns<Row>,
): Promise<DataFrame> {
  const { default: pl } = await import("nodejs-polars");
  const types = { text: pl.String, number: pl.Float64, "yes-or-no": pl.Bool };
  const names = Object.entries<keyof typeof types | undefined>(columns);
  return pl.DataFrame([...rows], {
    schema: Object.fromEntries(names.map(([name, type = "text"]) => [name, types[type]])),
  });
}
