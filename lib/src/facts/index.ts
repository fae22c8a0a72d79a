export { checkPrices, type PriceWarning } from "./check-prices.ts";
export type { PriceComparison, PriceDifferences } from "./compare-prices.ts";
export type { PriceSource } from "./fetch-price-list.ts";
export { type GpuPrice, loadGpuPrices } from "./gpu-prices.ts";
export { type Gpu, loadGpus } from "./gpus.ts";
export { type LoadTraceOptions, loadTrace } from "./load-trace.ts";
export { findModel, type Gated, loadModels, type Model, type Precision } from "./models.ts";
export {
  adaptLiteLlm,
  adaptModelsDev,
  adaptOpenRouter,
  adaptRunPod,
  type FoundPrice,
  type PriceAdapter,
} from "./price-adapters.ts";
export { priceFrame } from "./price-frame.ts";
export { loadPriceBook, type Price, type PriceBook, type PriceKind, type PriceStatus } from "./prices.ts";
export { type PriceSpread, priceAgeDays, priceSpread, pricesOn } from "./prices-on.ts";
export type { FactsOptions } from "./read-facts.ts";
export { type PriceRefresh, type RefreshPricesOptions, refreshPrices } from "./refresh-prices.ts";
export {
  type Roofline,
  type RooflineInput,
  type RooflinePoint,
  roofline,
  streamsNeeded,
} from "./roofline.ts";
export { loadServerlessPrices, type ServerlessPrice } from "./serverless-prices.ts";
export { shippedTraces, type TraceName } from "./shipped-traces.ts";
export { hoursPerMonth, loadStoragePrices, type StoragePrices } from "./storage-prices.ts";
export { loadPublishedThroughput, type PublishedThroughput } from "./throughput.ts";
export { type TokenOffer, tokenOffers } from "./token-offers.ts";
export { sortByArrival, summariseTrace, type Trace, type TraceColumns, type TraceSummary } from "./trace.ts";
