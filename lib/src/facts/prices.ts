import { z } from "zod";
import { day, orNull, sources, text } from "./columns.ts";
import { type FactsOptions, readFacts } from "./read-facts.ts";

/** The unit of each kind of price, all in USD without tax; a row that says another unit is refused. */
const priceUnits = {
  input_tokens: "usd_per_million_tokens",
  output_tokens: "usd_per_million_tokens",
  cached_input_tokens: "usd_per_million_tokens",
  batch_input_tokens: "usd_per_million_tokens",
  batch_output_tokens: "usd_per_million_tokens",
  gpu_hour_secure: "usd_per_hour",
  gpu_hour_community: "usd_per_hour",
  gpu_hour_spot: "usd_per_hour",
  gpu_hour_on_demand: "usd_per_hour",
  /** A card with the provider's own engine on it, kept for one customer: the model is theirs or yours. */
  gpu_hour_dedicated_endpoint: "usd_per_hour",
  gpu_second_serverless_flex: "usd_per_second",
  gpu_second_serverless_active: "usd_per_second",
  fine_tuned_hosting_hour: "usd_per_hour",
  storage_gb_month_running: "usd_per_gb_month",
  storage_gb_month_stopped: "usd_per_gb_month",
} as const;

export type PriceKind = keyof typeof priceUnits;

/** The price book: what could be read of the table, and what was left out of it, one sentence each. */
export interface PriceBook {
  prices: readonly Price[];
  problems: readonly string[];
  /** The youngest observation in it, such as `2026-11-09`; `null` for an empty book. */
  newestObservation: string | null;
}

// Outside of this a price per million tokens is an error of units: a source had 22,000 for 0.22.
const [leastUsdPerMillion, mostUsdPerMillion] = [0.001, 200];
const mostUsdPerGpuHour = 200;

const kinds = Object.keys(priceUnits) as [PriceKind, ...PriceKind[]];

const rowSchema = z.object({
  provider: text,
  /** The checkpoint on Hugging Face, for prices of tokens and of hosting a fine-tuned copy; else `null`. */
  model: orNull(z.string()),
  /** The card as Runpod spells it, for prices of GPUs (for one card); else `null`. */
  gpu: orNull(z.string()),
  /** The name at the provider. */
  product: text,
  kind: z.enum(kinds, "is no kind of price that the book knows"),
  /** In USD, by the unit. */
  value: z.coerce.number({ error: "is not a number" }),
  unit: text,
  /** First day; `null` where no source brackets it. */
  from: orNull(day),
  /** Last day; `null` while it holds, or where no source brackets it. */
  to: orNull(day),
  /** The day on which somebody read it. */
  observed: day,
  /** `retired`: the offer ended or a later price replaced it; `unknown`: stale, contradicted, or not to be checked. */
  status: z.enum(
    ["current", "deprecated", "retired", "unknown"],
    "takes current, deprecated, retired or unknown",
  ),
  sources,
  note: z.string().default(""),
});

// A row is refused that cannot be a price: wrong unit, zero, wrong by powers of ten.
const priceSchema = rowSchema.transform((row, context) => {
  for (const [column, message] of findMistakes(row)) {
    context.addIssue({ code: "custom", path: [column], message });
  }
  return { ...row, unit: priceUnits[row.kind] };
});

/** One published price: who asked how much for what, from when to when, and who says so. */
export type Price = z.output<typeof priceSchema>;

function findMistakes(row: z.output<typeof rowSchema>): [column: string, message: string][] {
  const unit = priceUnits[row.kind];
  const mistakes: [string, string][] = [];
  if (row.unit !== unit) mistakes.push(["unit", `is ${row.unit}, but ${row.kind} is in ${unit}`]);
  const wrongValue = findValueMistake(row.kind, row.value);
  if (wrongValue !== null) mistakes.push(["value", wrongValue]);
  const isOfModel = unit === "usd_per_million_tokens" || row.kind === "fine_tuned_hosting_hour";
  if (isOfModel && row.model === null) mistakes.push(["model", "is missing"]);
  if (row.kind.startsWith("gpu_") && row.gpu === null) mistakes.push(["gpu", "is missing"]);
  if (row.from !== null && row.to !== null && row.to < row.from) mistakes.push(["to", "lies before from"]);
  return mistakes;
}

/** Says why a value cannot be a price of its kind, in a few words; `null` where it can. */
export function findValueMistake(kind: PriceKind, value: number): string | null {
  const unit = priceUnits[kind];
  if (value === 0) return "is 0, which means unknown or a free tier, not free";
  if (!(value > 0 && Number.isFinite(value))) return "must be above 0";
  if (unit === "usd_per_million_tokens" && (value < leastUsdPerMillion || value > mostUsdPerMillion)) {
    return `is ${value}, outside ${leastUsdPerMillion} to ${mostUsdPerMillion}: an error of units`;
  }
  const usdPerHour = unit === "usd_per_hour" ? value : unit === "usd_per_second" ? value * 3_600 : 0;
  return usdPerHour > mostUsdPerGpuHour
    ? `is ${usdPerHour} USD for one card and hour: an error of units`
    : null;
}

/** Returns the price book (`data/prices.csv`), in USD without tax; a broken row is named in `problems`, and the rest loads. */
export function loadPriceBook(options: FactsOptions = {}): PriceBook {
  const { onProblem = console.warn } = options;
  const problems: string[] = [];
  const prices = readFacts("prices.csv", priceSchema, {
    ...options,
    onProblem: (problem) => {
      problems.push(problem);
      onProblem(problem);
    },
  });
  const newestObservation =
    prices
      .map(({ observed }) => observed)
      .toSorted()
      .at(-1) ?? null;
  return { prices, problems, newestObservation };
}
