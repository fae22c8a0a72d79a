/**
 * What the forecast takes from measurements of single kernels, not from the runs that it is tested on.
 *
 * Sources: the kernel tables of microsoft/vidur (MIT: `data/profiling/compute`, a100 and a40) and of ai-dynamo/aiconfigurator
 * (Apache-2.0: `systems/data`, vLLM on A100, L40S, H100, H200, B200 and RTX PRO 6000), read on 2026-11-28.
 */
export const kernels = {
  /** Where `gpus.csv` has no share of the bandwidth for products of few rows. */
  thinProductShare: 0.8,
  /** What 8-bit and 4-bit weights reach of the share that 16-bit weights reach. */
  thinShareFactor: { "16-bit": 1, fp8: 0.88, int8: 0.88, "4-bit": 0.8 },
  /** Share of the arithmetic that wide products reach; weights of 8 bits on a card that cannot compute in them are unpacked first. */
  arithmeticShare: { "16-bit": 0.72, fp8: 0.55, int8: 0.62, "4-bit": 0.5, unpackedFp8: 0.61 },
  /** Products with the weights of experts: share of the bandwidth (times that of the card) and of the arithmetic. */
  expertBandwidthShare: 0.8,
  expertArithmeticShare: 0.35,
  /** Reading keys and values while writing, times the card's share. */
  cacheReadShare: 0.85,
  /** Attention over a prompt: share of the 16-bit arithmetic. */
  promptAttentionShare: 0.45,
  /** Element-wise kernels: share of the bandwidth. */
  elementwiseShare: 0.8,
  /** What launching and joining the kernels of a layer takes. */
  layerSeconds: 28e-6,
} as const;

/**
 * What the engine itself takes. Sources: vLLM 0.33.0, `vllm/engine/arg_utils.py` (streams and tokens of a step, share of the
 * memory); the times are those that runs on one card leave beside their kernels.
 */
export const engine = {
  /** Seconds of the scheduler and the sampler, for each step and for each stream of it; the engine before vLLM 0.8 took more. */
  overhead: { stepSeconds: 0.5e-3, streamSeconds: 6e-6 },
  olderOverhead: { stepSeconds: 1e-3, streamSeconds: 25e-6 },
  /** From the request's arrival to its place in the queue and back: HTTP, tokens, the first piece of text. */
  requestSeconds: 18e-3,
  /** From the end of an answer to the next request of the same stream. */
  pauseSeconds: 8e-3,
  /** Taken on each card beside weights and cache, in bytes. */
  reservedBytes: 3e9,
  /** A request is let in when its prompt and this part of its answer find room. */
  admittedAnswerShare: 0.6,
  /** Cards with 70 GiB or more, but not the A100, get the larger limits. */
  large: { fromGib: 70, streams: 1_024, stepTokens: 8_192 },
  small: { streams: 256, stepTokens: 2_048 },
} as const;

/** What the engine takes beside its kernels in a step. */
export interface Overhead {
  stepSeconds: number;
  streamSeconds: number;
}

/** Most streams at once (`max_num_seqs`), and most tokens of a step (`max_num_batched_tokens`). */
export interface EngineLimits {
  streams: number;
  stepTokens: number;
}

/** Bytes of a weight, scales included (groups of 128 with 16 bits each, and zero points). */
export const weightBytes = { "16-bit": 2, fp8: 1, int8: 1, "4-bit": 0.53 } as const;
