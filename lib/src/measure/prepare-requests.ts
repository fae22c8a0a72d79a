import { countPromptTokens, type Endpoint } from "../endpoint/index.ts";
import type { HttpTarget } from "./http-target.ts";
import type { MeasurePlan } from "./measure-plan.ts";
import { adaptShape, fewestPromptWords, type RequestShape, writeBody, writePrompt } from "./request-shape.ts";
import { runLoad, type TokenBudget } from "./run-load.ts";

const mostAttempts = 6;
const probeTokens = 2;

interface Preparation {
  endpoint: Endpoint;
  target: HttpTarget;
  plan: MeasurePlan;
  budget: TokenBudget;
  signal: AbortSignal;
}

/**
 * Finds how requests must be written for this endpoint, with one short request, or a few where it refuses something.
 *
 * An endpoint that answers errors only is no error here: the first level then shows its words.
 */
export async function prepareRequests(
  preparation: Preparation,
): Promise<{ shape: RequestShape; notes: string[] }> {
  const { endpoint, target, plan, budget, signal } = preparation;
  const notes: string[] = [];
  const promptWords = Math.max(fewestPromptWords, plan.promptTokens);
  let shape = await fitPromptByTokenizer(preparation, {
    model: endpoint.model,
    mode: plan.mode,
    usage: endpoint.hasRunningUsage ? "running" : "final",
    limitName: "max_tokens",
    hasTemperature: true,
    extra: plan.request,
    promptWords,
    promptLengthFrom: "estimate",
    mostPromptTokens: mostTokensOf(promptWords),
  });
  for (let attempt = 0; attempt < mostAttempts && !signal.aborted; attempt++) {
    const current = shape;
    const outputTokens = Math.min(probeTokens, plan.outputTokens);
    const prompt = writePrompt({ seed: plan.seed, phase: "probe", index: attempt }, current.promptWords);
    const { flights } = await runLoad({
      target,
      body: () => writeBody(current, { prompt, outputTokens }),
      streams: 1,
      mostRequests: 1,
      budget,
      worstTokensPerRequest: () => current.mostPromptTokens + outputTokens,
      stallMs: plan.stallMs,
      signal,
    });
    const [flight] = flights;
    if (flight === undefined) break;
    if (flight.outcome === "completed") {
      const { inputTokens: tokens } = flight;
      if (tokens !== null) shape = fitPromptByUsage(shape, { tokens, wanted: plan.promptTokens });
      break;
    }
    const isRefused = flight.status === 400 || flight.status === 422;
    const adapted = isRefused ? adaptShape(shape, flight.error ?? "") : null;
    if (adapted === null) break;
    shape = adapted.shape;
    if (adapted.note !== null) notes.push(adapted.note);
  }
  if (shape.promptLengthFrom === "estimate") {
    notes.push(
      "The length of the prompts is an estimate: the server neither counts tokens nor reports them.",
    );
  }
  return { shape, notes };
}

/** Fits the number of words with the server's own tokenizer and chat template; without `/tokenize` the shape stays. */
async function fitPromptByTokenizer(
  { endpoint, plan, signal }: Preparation,
  shape: RequestShape,
): Promise<RequestShape> {
  const { promptTokens: wanted, seed, headers } = plan;
  let fitted = shape;
  for (let attempt = 0; attempt < 4; attempt++) {
    const content = writePrompt({ seed, phase: "fit", index: attempt }, fitted.promptWords);
    const tokens = await countPromptTokens(
      endpoint,
      { messages: [{ role: "user", content }] },
      { signal, timeoutMs: 10_000, headers },
    ).catch(() => null);
    // Only vLLM has this route; the usage of the first answer takes its place.
    if (tokens === null) return fitted;
    const promptWords = correctWords(fitted.promptWords, { tokens, wanted });
    const isLast = tokens === wanted || promptWords === fitted.promptWords;
    const mostPromptTokens = withReserve(isLast ? tokens : Math.max(tokens, wanted));
    fitted = {
      ...fitted,
      promptLengthFrom: "tokenize",
      mostPromptTokens,
      promptWords: isLast ? fitted.promptWords : promptWords,
    };
    if (isLast) break;
  }
  return fitted;
}

/** Fits the number of words by the count that the server reported for a prompt of the shape. */
function fitPromptByUsage(shape: RequestShape, counts: { tokens: number; wanted: number }): RequestShape {
  const { tokens, wanted } = counts;
  if (shape.promptLengthFrom === "tokenize") {
    return { ...shape, mostPromptTokens: Math.max(shape.mostPromptTokens, withReserve(tokens)) };
  }
  return {
    ...shape,
    promptLengthFrom: "usage",
    promptWords: correctWords(shape.promptWords, counts),
    mostPromptTokens: withReserve(Math.max(tokens, wanted)),
  };
}

/** No word of ours has more than two tokens in any tokenizer known, and no template more than some hundred. */
function mostTokensOf(words: number): number {
  return 2 * words + 300;
}

// Small differences come from the template and are added once; large ones from a tokenizer that splits the words.
function correctWords(words: number, { tokens, wanted }: { tokens: number; wanted: number }): number {
  const added = wanted - (tokens - words);
  const scaled = Math.round((words * wanted) / tokens);
  return Math.max(fewestPromptWords, tokens - words < words * 0.5 || tokens < 100 ? added : scaled);
}

function withReserve(tokens: number): number {
  return Math.ceil(tokens * 1.1) + 4;
}
