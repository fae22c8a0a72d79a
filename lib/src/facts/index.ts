export { checkPrices } from "./check-prices.ts";
export { type FoundError, findError } from "./find-error.ts";
export { findPrice } from "./find-price.ts";
export { type ForecastBand, loadForecastBands } from "./forecast-bands.ts";
export { findGpu, type Gpu, loadGpus } from "./gpus.ts";
export { type KernelShares, loadKernels } from "./kernels.ts";
export {
  type ErrorPlace,
  errorPlaces,
  type FailedStart,
  type KnownError,
  loadKnownErrors,
  type Refusal,
} from "./known-errors.ts";
export { type LinkSpeed, loadLinks } from "./links.ts";
export { type Answerer, findAnswerer, isCalmLog, isFatalLine, readLogLines } from "./log-lines.ts";
export {
  indexNumbers,
  type LayerCache,
  listCaches,
  type ModelShape,
  requireModelName,
  type ShapeDoubt,
} from "./model-shape.ts";
export { findModelType, loadModelTypes, type ModelType } from "./model-types.ts";
export {
  findModel,
  type Gated,
  loadHostedModels,
  loadModels,
  type Model,
  type Precision,
  type SamplingDefaults,
  weightBits,
} from "./models.ts";
export { type PeerToPeer, peerToPeer } from "./peer-to-peer.ts";
export { offerFrame, priceFrame } from "./price-frame.ts";
export { findValueMistake, loadPriceBook, type Price, type PriceBook, type PriceKind } from "./prices.ts";
export { mostPriceAgeDays, priceAgeDays, pricesOn } from "./prices-on.ts";
export { providerName } from "./providers.ts";
export {
  type GpuPrice,
  hoursPerMonth,
  loadGpuPrices,
  loadServerlessPrices,
  loadStoragePrices,
  mostHoursPerMonth,
} from "./runpod-prices.ts";
export { testedVllmVersion } from "./tested-vllm.ts";
export { loadPublishedThroughput, type PublishedThroughput } from "./throughput.ts";
export { type TokenOffer, tokenOffers } from "./token-offers.ts";
