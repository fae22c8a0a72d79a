import { InputError } from "../errors.ts";
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
  wantedTokens: number | undefined,
): { maxModelTokens: number; warnings: string[] } | null {
  const { model } = input;
  const longest = fitMemory(input).longestContextTokens;
  const safe = findSafeContext(input);
  if (safe < shortestContextTokens) return null;
  if (wantedTokens !== undefined) return takeWanted({ wantedTokens, longest, input });
  if (safe >= model.contextTokens) return { maxModelTokens: model.contextTokens, warnings: [] };
  const maxModelTokens = roundDown(safe);
  const warning =
    `The model allows ${inWords(model.contextTokens)} tokens of context, for which there is not enough memory: ` +
    `with that, vLLM would not start. The plan sets ${inWords(maxModelTokens)} (about ${inWords(longest)} would just fit).`;
  return { maxModelTokens, warnings: [warning] };
}

function takeWanted(options: { wantedTokens: number; longest: number; input: MemoryFitInput }): {
  maxModelTokens: number;
  warnings: string[];
} {
  const { wantedTokens, longest, input } = options;
  const { id, contextTokens } = input.model;
  if (wantedTokens > contextTokens) {
    throw new InputError(
      `planPod: maxModelTokens is ${inWords(wantedTokens)}, more than ${id} was made for.`,
      {
        remedy: `Give ${inWords(contextTokens)} at most.`,
      },
    );
  }
  if (wantedTokens > longest) {
    throw new InputError(
      `planPod: maxModelTokens is ${inWords(wantedTokens)}, for which there is not enough memory: vLLM would not start.`,
      {
        remedy: `About ${inWords(roundDown(findSafeContext(input)))} fit; for more take more GPUs, or kvCacheDtype "fp8".`,
      },
    );
  }
  const tight = wantedTokens > findSafeContext(input);
  const warning = `A context of ${inWords(wantedTokens)} tokens just fits (about ${inWords(longest)} are left): vLLM may refuse to start.`;
  return { maxModelTokens: wantedTokens, warnings: tight ? [warning] : [] };
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

function inWords(tokens: number): string {
  return tokens.toLocaleString("en-US");
}
