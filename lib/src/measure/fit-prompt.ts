import { z } from "zod";
import { type Endpoint, serverRoot } from "../endpoint/index.ts";
import { fewestPromptWords, writePrompt } from "./prompts.ts";
import type { RequestShape } from "./request-shape.ts";

const tokenizeSchema = z.object({ count: z.int().min(1) });

/**
 * Fits the number of words to a prompt length in tokens, with the server's own tokenizer and chat template.
 *
 * Without `/tokenize` the shape stays as it is.
 */
export async function fitPromptByTokenizer(
  endpoint: Endpoint,
  shape: RequestShape,
  options: { promptTokens: number; seed: number; signal: AbortSignal; headers: Record<string, string> },
): Promise<RequestShape> {
  let fitted = shape;
  for (let attempt = 0; attempt < 4; attempt++) {
    const prompt = writePrompt({ seed: options.seed, phase: "fit", index: attempt }, fitted.promptWords);
    const tokens = await countTokens(endpoint, prompt, options);
    if (tokens === null) return fitted;
    fitted = { ...fitted, promptLengthFrom: "tokenize", mostPromptTokens: withReserve(tokens) };
    if (tokens === options.promptTokens) break;
    const promptWords = correctWords(fitted.promptWords, { tokens, wanted: options.promptTokens });
    if (promptWords === fitted.promptWords) break;
    fitted = {
      ...fitted,
      promptWords,
      mostPromptTokens: withReserve(Math.max(tokens, options.promptTokens)),
    };
  }
  return fitted;
}

/** Fits the number of words by the count that the server reported for a prompt of the shape. */
export function fitPromptByUsage(
  shape: RequestShape,
  options: { promptTokens: number; reportedTokens: number },
): RequestShape {
  const { promptTokens: wanted, reportedTokens: tokens } = options;
  if (shape.promptLengthFrom === "tokenize") {
    return { ...shape, mostPromptTokens: Math.max(shape.mostPromptTokens, withReserve(tokens)) };
  }
  return {
    ...shape,
    promptLengthFrom: "usage",
    promptWords: correctWords(shape.promptWords, { tokens, wanted }),
    mostPromptTokens: withReserve(Math.max(tokens, wanted)),
  };
}

/** No word of ours has more than two tokens in any tokenizer known, and no template more than some hundred. */
export function mostTokensOf(words: number): number {
  return 2 * words + 300;
}

// Small differences come from the template and are added once; large ones from a tokenizer that splits the words.
function correctWords(words: number, options: { tokens: number; wanted: number }): number {
  const { tokens, wanted } = options;
  const added = wanted - (tokens - words);
  const scaled = Math.round((words * wanted) / tokens);
  return Math.max(fewestPromptWords, tokens - words < words * 0.5 || tokens < 100 ? added : scaled);
}

function withReserve(tokens: number): number {
  return Math.ceil(tokens * 1.1) + 4;
}

async function countTokens(
  endpoint: Endpoint,
  prompt: string,
  options: { signal: AbortSignal; headers: Record<string, string> },
): Promise<number | null> {
  try {
    const response = await fetch(`${serverRoot(endpoint.baseUrl)}/tokenize`, {
      method: "POST",
      headers: {
        ...options.headers,
        authorization: `Bearer ${endpoint.apiKey}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({
        model: endpoint.model,
        messages: [{ role: "user", content: prompt }],
        add_generation_prompt: true,
      }),
      redirect: "error",
      signal: AbortSignal.any([options.signal, AbortSignal.timeout(10_000)]),
    });
    return tokenizeSchema.parse(await response.json()).count;
  } catch {
    // Only vLLM has this route; the usage of the first answer takes its place.
    return null;
  }
}
