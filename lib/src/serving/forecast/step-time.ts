import { kernels } from "./constants.ts";
import type { Machine } from "./machine.ts";

/** What one step of the engine works on. */
export interface Batch {
  /** Streams that get a token each. */
  writing: number;
  /** What these have read and written so far, together. */
  contextTokens: number;
  /** Tokens of prompts that are read in this step, */
  readTokens: number;
  /** and the pairs of tokens that their attention compares. */
  readPairs: number;
  /** Prompts that are read to their end, so that they too get a token. */
  finished: number;
}

/** Seconds of a step, and what they are made of: the parts overlap, so that they come to more than the whole. */
export interface StepTime {
  seconds: number;
  bandwidthSeconds: number;
  computeSeconds: number;
  linkSeconds: number;
}

// Reading weights and computing with them overlap in part: where both take as long, the product takes a quarter longer than either.
function overlap(first: number, second: number): number {
  return Math.cbrt(first * first * first + second * second * second);
}

/**
 * Computes how long a step takes, from what it reads, computes and sends.
 *
 * step = layers × (products + a fixed time + two all-reduces + element-wise work) + keys and values read + attention over prompts
 * + output head + 0.5 ms + 8 µs a stream; a product of t tokens takes ∛(a³ + b³) with a = weights ÷ bandwidth and
 * b = 2 × parameters × t ÷ arithmetic. Of a mixture those experts are read that t tokens hit.
 */
export function stepTime(machine: Machine, batch: Batch): StepTime {
  const { shape, gpuCount, link, bandwidth, overhead } = machine;
  const { layers, hiddenSize, attentionHeads, vocabularySize, windowTokens, windowedLayers } = shape;
  const tokens = batch.writing + batch.readTokens;
  const denseRead = machine.denseBytes / machine.denseBandwidth;
  const denseCompute = (2 * machine.denseParameters * tokens) / machine.denseArithmetic;
  let read = denseRead;
  let compute = denseCompute;
  let products = overlap(denseRead, denseCompute);
  if (shape.experts > 0) {
    const { experts, expertsPerToken } = shape;
    const hit = experts * (1 - (1 - expertsPerToken / experts) ** tokens);
    const expertRead = (hit * machine.expertBytes) / machine.expertBandwidth;
    const expertCompute =
      (2 * machine.expertParameters * expertsPerToken * tokens) / machine.expertArithmetic;
    read += expertRead;
    compute += expertCompute;
    // Their kernels read and compute one after the other.
    products += expertRead + expertCompute;
  }
  const elementwise =
    (2 * tokens * ((3 * machine.workingWidth) / gpuCount + 10 * hiddenSize)) /
    (bandwidth * kernels.elementwiseShare);
  const allReduce =
    link === null
      ? 0
      : link.latencyUs * 1e-6 +
        (4 * tokens * hiddenSize * (gpuCount - 1)) / (gpuCount * link.busGbPerSecond * 1e9);
  const contextTokens = batch.contextTokens + kernels.extraContextTokens * batch.writing;
  const windowed = Math.min(batch.contextTokens, batch.writing * windowTokens);
  const cacheRead =
    (contextTokens * machine.wholeLayers * machine.cacheBytesWhole +
      windowed * windowedLayers * machine.cacheBytesWindowed) /
    machine.cacheBandwidth;
  // Layers with a window compare a tenth of the pairs, which is enough for the little that they take.
  const attention =
    (4 *
      batch.readPairs *
      attentionHeads *
      shape.headDimension *
      (machine.wholeLayers + 0.1 * windowedLayers)) /
    (gpuCount * machine.promptArithmetic);
  const headRead = machine.headBytes / machine.headBandwidth;
  const headCompute =
    (2 * vocabularySize * hiddenSize * (batch.writing + batch.finished)) /
    (gpuCount * machine.headArithmetic);
  const layerSeconds =
    machine.layerSeconds + overhead.layer + (machine.quantisesActivations ? overhead.quantisedLayer : 0);
  const linkSeconds = 2 * layers * allReduce;
  return {
    seconds:
      layers * (products + layerSeconds + elementwise) +
      linkSeconds +
      cacheRead +
      attention +
      overlap(headRead, headCompute) +
      overhead.step +
      (overhead.stream + (gpuCount > 1 ? overhead.sharedStream : 0)) * batch.writing,
    bandwidthSeconds: layers * (read + elementwise) + cacheRead + headRead,
    computeSeconds: layers * compute + attention + headCompute,
    linkSeconds,
  };
}
