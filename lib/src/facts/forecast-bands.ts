import { z } from "zod";
import { day, positive, sources, text } from "./columns.ts";
import { type FactsOptions, readFacts } from "./read-facts.ts";

const bandSchema = z.object({
  /** Machines and models that are alike for a forecast; `measured`: of any group, after one measurement of the same machine. */
  group: z.enum(
    ["dense, one card", "dense, NVLink", "dense, PCIe", "experts", "measured"],
    "is none of the groups",
  ),
  metric: z.enum(["output", "request", "time per token", "first token"], "is none of the metrics"),
  /** Published figures of this group that the forecast was compared with; 0: too few, and `note` says what stands in. */
  comparisons: z.coerce.number().int().min(0),
  /** Published figure divided by the forecast one, for one in ten and for nine in ten. */
  low: positive,
  high: positive,
  from: text,
  to: text,
  note: z.string().default(""),
  observed: day,
  sources,
});

/** How far published figures lie from forecast ones in four of five cases. */
export type ForecastBand = z.output<typeof bandSchema>;

/** Returns the bands of the forecast (`data/forecast-bands.csv`), which `npm run bench -- forecast` computes. */
export function loadForecastBands(options: FactsOptions = {}): readonly ForecastBand[] {
  return readFacts("forecast-bands.csv", bandSchema, options);
}
