export { type Adapter, findAdapterRefusal, findAdapterRoom, roundRank } from "./adapters.ts";
export type { Caller } from "./caller.ts";
export { fitMachine } from "./choose-context.ts";
export { type ChosenGpu, chooseGpus, type GpuCandidate, type GpuOffer } from "./choose-gpus.ts";
export { type Band, exactBand, mapBand } from "./forecast/band.ts";
export {
  type FewestStreams,
  fewestStreams,
  findFewest,
  mostOutput,
  mostStreams,
} from "./forecast/fewest-streams.ts";
export { forecast } from "./forecast/forecast.ts";
export type {
  ForecastInput,
  ForecastPrecision,
  MeasuredPoint,
} from "./forecast/forecast-input.ts";
export type { Correction, Forecast } from "./forecast/forecast-result.ts";
export type { ForecastShape } from "./forecast/forecast-shape.ts";
export type { NotCovered } from "./forecast/not-covered.ts";
export { findModelShape } from "./memory-fit.ts";
export { type GuidedModel, modelGuide } from "./model-guide.ts";
export type { PlannedMemory } from "./place-model.ts";
export {
  type GpuCount,
  type PlannedServer,
  planServer,
  type ServerPlan,
  type ServerRequest,
  suggestDiskGb,
} from "./plan-server.ts";
export { type Roofline, roofline, streamsNeeded } from "./roofline.ts";
export {
  computePodCost,
  networkVolumeUsdPerMonth,
  sayUsd,
  selectWarnings,
  storageUsdPerHour,
  type Warning,
  warnOfPrices,
} from "./server-warnings.ts";
export { shareOfCeiling } from "./share-of-ceiling.ts";
export { compareVersions, joinArguments, serverPort } from "./vllm-arguments.ts";
