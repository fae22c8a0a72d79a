/** What is alike on all cards; what a card's kernels reach stands in `kernels.csv`, in parts of its bandwidth and arithmetic. */
export const kernels = {
  /** Of the arithmetic that 16-bit weights reach: weights that are unpacked from 8 or 4 bits first (vllm-project/vllm#29901). */
  unpackedShare: { fp8: 0.85, "4-bit": 0.8 },
  /** Experts: share of the bandwidth; of 4 bits, Triton's and, on data-centre Blackwell, its own kernel. */
  expertThinShare: { normal: 0.8, fourBit: 0.7, fourBitBlackwell: 0.85 },
  /** Experts of 4 bits: share of the 16-bit arithmetic. */
  fourBitExpertWideShare: { normal: 0.58, blackwell: 1 },
  /** Choosing and sorting experts, for each layer. */
  expertLayerSeconds: 20e-6,
  /** Attention over a prompt: share of the 16-bit arithmetic. */
  promptAttentionShare: 0.45,
  /** Element-wise kernels: share of the bandwidth. */
  elementwiseShare: 0.8,
  /** What a cache of 8 bits reaches of the bandwidth that one of 16 bits does. */
  eightBitCacheFactor: 0.8,
  /** Reading the keys and values of a stream takes as long as if it had so many tokens more. */
  extraContextTokens: 100,
} as const;

/** What the engine takes beside its kernels, in seconds. */
export interface Overhead {
  step: number;
  /** For each stream of a step. */
  stream: number;
  layer: number;
  /** For each layer, where activations are quantised too. */
  quantisedLayer: number;
  /** For each stream of a step, where several cards are told of it. */
  sharedStream: number;
}

/** Most streams at once (`max_num_seqs`), and most tokens of a step (`max_num_batched_tokens`). */
export interface EngineLimits {
  streams: number;
  stepTokens: number;
  reservedBytes: number;
}

/**
 * What the engine itself takes. Limits, memory and admission: vLLM 0.33.0, `vllm/engine/arg_utils.py` and
 * `v1/core/sched/scheduler.py`; the times are those that published runs on one card leave beside their kernels.
 */
export const engine = {
  /** The first version with today's engine. */
  sinceVersion: "0.8",
  /** Scheduler and sampler; `older` is the engine before vLLM 0.8, which sent the state of all streams to each card. */
  overhead: {
    step: 0.5e-3,
    stream: 8e-6,
    layer: 0,
    quantisedLayer: 2e-6,
    sharedStream: 0,
  } satisfies Overhead,
  olderOverhead: {
    step: 1e-3,
    stream: 50e-6,
    layer: 2e-6,
    quantisedLayer: 6e-6,
    sharedStream: 50e-6,
  } satisfies Overhead,
  /** From the request's arrival to its place in the queue and back: HTTP, tokens, the first piece of text. */
  requestSeconds: 16e-3,
  /** Of each token of the prompt: text becomes tokens. */
  promptTokenSeconds: 5e-6,
  /** From the end of an answer to the next request of the same stream. */
  pauseSeconds: 8e-3,
  /** Of the cache; the rest stays free while requests are let in. */
  usableCacheShare: 0.99,
  /** Cards with 70 GiB or more, but not the A100, get the larger limits; reserved is what a card needs beside weights and cache. */
  large: { fromGib: 70, streams: 1_024, stepTokens: 8_192, reservedBytes: 3e9 },
  small: { streams: 256, stepTokens: 2_048, reservedBytes: 2e9 },
} as const;

/** Bytes of a weight, scales included (groups of 128 with 16 bits each, and zero points). */
export const weightBytes = { "16-bit": 2, fp8: 1, int8: 1, "4-bit": 0.53 } as const;

/** Longer prompts and answers are no input of a forecast. */
export const mostTokens = 1_000_000;
