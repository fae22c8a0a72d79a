import { countPromptTokens, describeChange, type Endpoint, findRefusedField } from "../endpoint/index.ts";
import { seededRandom, seedOf } from "../seeded-random.ts";
import type { MeasurePlan } from "./measure-plan.ts";
import { listOwnFields, type RequestShape, withoutField, writeBody } from "./request-shape.ts";
import { runLoad } from "./run-load.ts";
import type { TimeBudget } from "./time-budget.ts";
import type { TokenBudget } from "./token-budget.ts";
import type { LoadTransport } from "./transport/load-transport.ts";

const mostAttempts = 6;
const probeTokens = 2;

/** What a measurement needs before it knows how its requests are written. */
export interface Preparation {
  endpoint: Endpoint;
  transport: LoadTransport;
  plan: MeasurePlan;
  budget: TokenBudget;
  time: TimeBudget;
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
  const { endpoint, transport, plan, budget, time, signal } = preparation;
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
    shared: null,
  });
  for (let attempt = 0; attempt < mostAttempts && !signal.aborted; attempt++) {
    const current = shape;
    const outputTokens = Math.min(probeTokens, plan.outputTokens);
    const prompt = writePrompt({ seed: plan.seed, phase: "probe", index: attempt }, current.promptWords);
    const { flights } = await runLoad({
      transport,
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
      time.learn(1, flights);
      if (tokens !== null) shape = fitPromptByUsage(shape, { tokens, wanted: plan.promptTokens });
      break;
    }
    const refused = findRefusedField(flight, listOwnFields(shape));
    if (refused === null) break;
    notes.push(describeChange(refused));
    shape = withoutField(shape, refused);
  }
  if (signal.aborted) notes.push("The first request was not answered before the measurement ended.");
  else if (shape.promptLengthFrom === "estimate") {
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
export function correctWords(words: number, { tokens, wanted }: { tokens: number; wanted: number }): number {
  const added = wanted - (tokens - words);
  const scaled = Math.round((words * wanted) / tokens);
  return Math.max(fewestPromptWords, tokens - words < words * 0.5 || tokens < 100 ? added : scaled);
}

/** The most that so many tokens may come out as, written or counted another time. */
export function withReserve(tokens: number): number {
  return Math.ceil(tokens * 1.1) + 4;
}

// Common short words: each is one token in the tokenizers of today's models, so that words can be counted as tokens.
const words = (
  "time year way day man thing woman life child world state group hand part place case week work night point " +
  "home water room area money story fact month lot right study book eye job word side kind head house power " +
  "hour game line end law car city name team idea body back level door art war party food land order north " +
  "music paper table river light sound glass field stone"
).split(" ");

/** Says which prompt is wanted: each combination gives another text from its first words on. */
export interface PromptKey {
  seed: number;
  /** For example `8 streams, repeat 1, warm-up`. */
  phase: string;
  index: number;
}

/**
 * Writes a prompt of so many words, drawn by its key: so practically nothing of it can come from a prefix cache.
 *
 * Two keys share a head only where their hashes of 32 bits agree: of ten thousand prompts about one pair in a hundred runs.
 */
export function writePrompt(key: PromptKey, wordCount: number): string {
  const random = seededRandom(seedOf(key.seed, key.phase, key.index));
  const chosen: string[] = [];
  while (chosen.length < wordCount) chosen.push(words[Math.floor(random() * words.length)] ?? "time");
  return chosen.join(" ");
}

/** The fewest words that keep one prompt apart from another. */
const fewestPromptWords = 4;
