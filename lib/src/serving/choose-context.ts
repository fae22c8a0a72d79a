import { InputError } from "../errors.ts";
import { inWords } from "../words/index.ts";
import type { Caller } from "./caller.ts";
import { fitMemory, type MemoryFitInput, memoryUtilisation } from "./memory-fit.ts";

/** Share of the computed room that a plan uses by itself: the computation is right to some per cent. */
const safeShare = 0.9;

/** Below this the model starts, but no conversation is worth it. */
const shortestContextTokens = 1_024;

/**
 * Chooses the context length to serve: the one asked for, else the model's own, else the longest that fits well.
 *
 * @returns `null` where the model does not fit at all.
 * @throws InputError where more was asked for than the model or the memory has.
 */
export function chooseContext(
  input: MemoryFitInput,
  wanted?: { maxModelTokens: number | undefined; caller: Caller },
): { maxModelTokens: number; warnings: string[] } | null {
  const { id, contextTokens } = input.model;
  const longest = fitMemory(input).longestContextTokens;
  const safe = findSafeContext(input);
  if (safe < shortestContextTokens) return null;
  if (wanted?.maxModelTokens !== undefined) {
    const { maxModelTokens, caller } = wanted;
    const beginning = `${caller.name}: maxModelTokens is ${inWords(maxModelTokens)}`;
    if (maxModelTokens > contextTokens) {
      throw new InputError(`${beginning}, more than ${id} was made for.`, {
        remedy: `Give ${inWords(contextTokens)} at most.`,
        problem: "out-of-range",
        field: "maxModelTokens",
      });
    }
    if (maxModelTokens > longest) {
      throw new InputError(`${beginning}, for which there is not enough memory: vLLM would not start.`, {
        remedy: `About ${inWords(roundDown(safe))} fit; for more give a larger ${caller.gpuCount}, or kvCacheDtype "fp8".`,
        problem: "does-not-fit",
        field: "maxModelTokens",
      });
    }
    const warning = `A context of ${inWords(maxModelTokens)} tokens just fits (about ${inWords(longest)} are left): vLLM may refuse to start.`;
    return { maxModelTokens, warnings: maxModelTokens > safe ? [warning] : [] };
  }
  if (safe >= contextTokens) return { maxModelTokens: contextTokens, warnings: [] };
  const maxModelTokens = roundDown(safe);
  const warning =
    `The model allows ${inWords(contextTokens)} tokens of context, for which there is not enough memory: ` +
    `with that, vLLM would not start. The plan sets ${inWords(maxModelTokens)} (about ${inWords(longest)} would just fit).`;
  return { maxModelTokens, warnings: [warning] };
}

/** The longest context that fits into the safe share of the cache. */
function findSafeContext(input: MemoryFitInput): number {
  const { kvCacheGib } = fitMemory(input);
  const reserveGibPerGpu = (Math.max(0, kvCacheGib) * (1 - safeShare)) / input.gpuCount;
  const usableMemoryGibPerGpu = input.usableMemoryGibPerGpu - reserveGibPerGpu / memoryUtilisation;
  return fitMemory({ ...input, usableMemoryGibPerGpu }).longestContextTokens;
}

// A round number, so that a plan reads well and does not change with every digit of a table.
function roundDown(tokens: number): number {
  const step = tokens >= 8_192 ? 4_096 : 1_024;
  return Math.max(shortestContextTokens, Math.floor(tokens / step) * step);
}
