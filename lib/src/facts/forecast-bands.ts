import { z } from "zod";
import { count, day, positive, sources, text } from "./columns.ts";
import { type FactsOptions, readFacts } from "./read-facts.ts";

const bandSchema = z.object({
  /** Machines and models that are alike for a forecast. */
  group: z.enum(["dense, one card", "dense, NVLink", "dense, PCIe", "experts"], "is none of the groups"),
  metric: z.enum(
    ["output", "first token", "first token, saturated", "time per token", "request"],
    "is none of the metrics",
  ),
  /** Published figures that the forecast was compared with. */
  comparisons: count,
  /** Published figure divided by the forecast one, for one in ten and for nine in ten. */
  low: positive,
  high: positive,
  from: text,
  to: text,
  observed: day,
  sources,
});

/** How far published figures lie from forecast ones in four of five cases. */
export type ForecastBand = z.output<typeof bandSchema>;

/** Returns the bands of the forecast (`data/forecast-bands.csv`), which `npm run bench -- forecast` computes. */
export function loadForecastBands(options: FactsOptions = {}): readonly ForecastBand[] {
  return readFacts("forecast-bands.csv", bandSchema, options);
}
