/** A kind of GPU as RunPod offers it at this moment; a type, so that `table` takes it for a row. */
export type GpuOffer = {
  /** As RunPod's catalogue spells it. */
  id: string;
  name: string;
  memoryGb: number;
  /** For one card in RunPod's own data centres, without storage; `null` where it is not offered there. */
  secureUsdPerHour: number | null;
  /** For one card at RunPod's partners; `null` where it is not offered there. */
  communityUsdPerHour: number | null;
  /** How much is free now: `NONE`, `LOW`, `MEDIUM` or `HIGH`; `null` where the catalogue does not say. */
  stock: string | null;
  /** CUDA versions of hosts with free capacity, lowest first; empty where the catalogue does not say. */
  cudaVersions: string;
  /** Most cards of one pod in RunPod's own data centres. */
  maxGpuCount: number;
};
