import type { DataFrame } from "nodejs-polars";
import { type FrameColumns, makeFrame } from "../frame.ts";
import type { Price, PriceBook } from "./prices.ts";
import { priceAgeDays } from "./prices-on.ts";
import { type TokenOffer, tokenOffers } from "./token-offers.ts";

const priceColumns: FrameColumns<Price & { source: string }> = {
  provider: "text",
  model: "text",
  gpu: "text",
  product: "text",
  kind: "text",
  value: "number",
  unit: "text",
  from: "text",
  to: "text",
  observed: "text",
  status: "text",
  source: "text",
  note: "text",
};

/** Returns prices as a polars frame: one row is one price; `source` is the first of its sources. */
export function priceFrame(prices: readonly Price[]): Promise<DataFrame> {
  return makeFrame(prices.map(withSource), priceColumns);
}

const offerColumns: FrameColumns<TokenOffer & { date: string; ageDays: number; source: string }> = {
  date: "text",
  provider: "text",
  product: "text",
  inputUsdPerMillion: "number",
  outputUsdPerMillion: "number",
  cachedInputUsdPerMillion: "number",
  batchInputUsdPerMillion: "number",
  batchOutputUsdPerMillion: "number",
  isRouter: "yes-or-no",
  status: "text",
  observed: "text",
  ageDays: "number",
  source: "text",
};

/** Returns the rows of `tokenOffers` as a polars frame; `ageDays` is how long before the day somebody last saw the price. */
export function offerFrame(book: PriceBook, options: { model: string; date: string }): Promise<DataFrame> {
  const { date } = options;
  const rows = tokenOffers(book, options).map((offer) => {
    return { ...withSource(offer), date, ageDays: priceAgeDays(offer, date) };
  });
  return makeFrame(rows, offerColumns);
}

function withSource<Row extends { sources: readonly string[] }>(row: Row): Row & { source: string } {
  return { ...row, source: row.sources[0] ?? "" };
}
