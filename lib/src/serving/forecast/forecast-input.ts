import type { PeerToPeer } from "../../facts/index.ts";
import type { ForecastShape } from "./forecast-shape.ts";

/** How the weights are stored: 4-bit is AWQ, GPTQ or, of gpt-oss, MXFP4. */
export type ForecastPrecision = "16-bit" | "fp8" | "int8" | "4-bit";

/** What was measured on the very machine, at one load: it corrects the forecast for other loads of that machine. */
export interface MeasuredPoint {
  inputTokens: number;
  outputTokens: number;
  streams: number;
  /** Part of its prompts that was in the prefix cache, 0 (default) to 1. */
  cachedInputShare?: number;
  outputTokensPerSecond?: number | null;
  timeToFirstTokenMs?: number | null;
  timePerOutputTokenMs?: number | null;
}

/** How vLLM was started, where that is not the default of its current version on that card. */
export interface EngineInput {
  /** Such as `0.7.2`: before 0.8 it took more time between two steps. */
  version?: string;
  /** `--max-num-seqs`. */
  mostStreams?: number;
  /** `--max-num-batched-tokens`. */
  stepTokens?: number;
}

/** Which machine serves which model, and the load on it. */
export interface ForecastInput {
  /** A checkpoint of the tables, or a shape. */
  model: string | ForecastShape;
  /** As Runpod spells it (`NVIDIA A40`), or as people call it (`A40`). */
  gpu: string;
  gpuCount: number;
  precision: ForecastPrecision;
  /** Default: what the kind of card says: `yes` over NVLink, else `unknown`, which gives the union of both. */
  peerToPeer?: PeerToPeer | boolean;
  /** Means of a request. */
  inputTokens: number;
  outputTokens: number;
  /** 0 (default): all requests alike; 0.5: lengths evenly between half and one and a half of the mean. */
  lengthSpread?: number;
  /** So many requests at any time: each answer is followed by the next request. */
  streams?: number;
  /** Requests that arrive at random (Poisson), whether or not earlier ones have their answer. */
  requestsPerSecond?: number;
  /** Part of the prompts that is in the prefix cache already, 0 (default) to 1. */
  cachedInputShare?: number;
  /** `fp8` halves the cache; default `auto`: 16 bits. */
  kvCacheDtype?: "auto" | "fp8";
  engine?: EngineInput;
  /** Own measurements of that machine. */
  measured?: readonly MeasuredPoint[];
}
