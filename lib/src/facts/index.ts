export { type GpuPrice, loadGpuPrices } from "./gpu-prices.ts";
export { type Gpu, loadGpus } from "./gpus.ts";
export { findModel, type Gated, loadModels, type Model, type Precision } from "./models.ts";
export type { FactsOptions } from "./read-facts.ts";
export { hoursPerMonth, storagePrices } from "./storage-prices.ts";
