import { z } from "zod";
import { eachOf, type ParsedEntries } from "../../lib/src/each-of.ts";
import type { PriceKind } from "../../lib/src/facts/index.ts";

/** A price as a foreign list has it, in the book's units. */
export interface FoundPrice {
  provider: string;
  /** The provider's own name for it; for a GPU its id. */
  product: string;
  kind: PriceKind;
  value: number;
}

/** What a foreign list has. */
interface AdaptedList {
  prices: FoundPrice[];
  /** How many entries could not be read, and why the first could not; `null` where all could. */
  leftOut: string | null;
}

/** Turns a foreign document into prices; throws a ZodError where it is not in the form that the list has. */
export type PriceAdapter = (document: unknown) => AdaptedList;

// The same provider has other names elsewhere; a provider without a name here is not in the book.
const providerNames: Readonly<Record<string, string>> = {
  azure: "azure",
  azure_ai: "azure",
  bedrock: "aws-bedrock",
  bedrock_converse: "aws-bedrock",
  "amazon-bedrock": "aws-bedrock",
  together_ai: "together",
  togetherai: "together",
  fireworks_ai: "fireworks",
  "fireworks-ai": "fireworks",
  groq: "groq",
  deepinfra: "deepinfra",
  openrouter: "openrouter",
  "vertex_ai-llama_models": "google-vertex",
  "google-vertex": "google-vertex",
  novita: "novita",
  "novita-ai": "novita",
  nebius: "nebius",
  hyperbolic: "hyperbolic",
  cerebras: "cerebras",
  sambanova: "sambanova",
  mistral: "mistral",
};

// One broken entry of thousands must not cost the others, so a price that is no number counts as absent.
const price = z.coerce.number().nullish().catch(null);

// A price such as 7.2e-7 times a million would be 0.72 and some dust.
const pricePerToken = price.transform((usd) => (usd ? Number((usd * 1_000_000).toPrecision(12)) : usd));

const liteLlmEntry = z.object({
  litellm_provider: z.string(),
  input_cost_per_token: pricePerToken,
  output_cost_per_token: pricePerToken,
  cache_read_input_token_cost: pricePerToken,
  input_cost_per_token_batches: pricePerToken,
  output_cost_per_token_batches: pricePerToken,
});
/** Reads LiteLLM's `model_prices_and_context_window.json`: USD per token. */
export const adaptLiteLlm: PriceAdapter = (document) =>
  adaptEach(eachOf(liteLlmEntry).parse(document), (entry, key) =>
    // Its keys begin with the provider, where they have a slash.
    toFound(providerNames[entry.litellm_provider], key.slice(key.indexOf("/") + 1), {
      input_tokens: entry.input_cost_per_token,
      output_tokens: entry.output_cost_per_token,
      cached_input_tokens: entry.cache_read_input_token_cost,
      batch_input_tokens: entry.input_cost_per_token_batches,
      batch_output_tokens: entry.output_cost_per_token_batches,
    }),
  );

const modelsDevEntry = z.object({
  cost: z.object({ input: price, output: price, cache_read: price }).nullish(),
});
const modelsDevProvider = z.object({ models: eachOf(modelsDevEntry) });

/** Reads models.dev's `api.json`: USD per million tokens. */
export const adaptModelsDev: PriceAdapter = (document) => {
  const providers = eachOf(modelsDevProvider).parse(document);
  const lists = providers.entries
    .filter(([id]) => Object.hasOwn(providerNames, id))
    .map(([id, { models }]) => {
      const { prices, leftOut } = adaptEach(models, ({ cost }, product) =>
        toFound(providerNames[id], product, {
          input_tokens: cost?.input,
          output_tokens: cost?.output,
          cached_input_tokens: cost?.cache_read,
        }),
      );
      return { prices, leftOut: leftOut === null ? null : `${id}: ${leftOut}` };
    });
  const leftOut = [providers, ...lists].flatMap((list) => list.leftOut ?? []);
  return {
    prices: lists.flatMap(({ prices }) => prices),
    leftOut: leftOut.length === 0 ? null : leftOut.join(" "),
  };
};

const openRouterSchema = z.object({
  data: eachOf(
    z.object({
      id: z.string(),
      pricing: z.object({
        prompt: pricePerToken,
        completion: pricePerToken,
        input_cache_read: pricePerToken,
      }),
    }),
  ),
});

/** Reads OpenRouter's list of models: USD per token, as texts. */
export const adaptOpenRouter: PriceAdapter = (document) =>
  adaptEach(openRouterSchema.parse(document).data, ({ id, pricing }) =>
    toFound("openrouter", id, {
      input_tokens: pricing.prompt,
      output_tokens: pricing.completion,
      cached_input_tokens: pricing.input_cache_read,
    }),
  );

const runpodSchema = z.object({
  gpus: eachOf(z.object({ id: z.string(), price: z.object({ secure: price, community: price }) })),
});

/** Reads Runpod's catalogue of GPUs: USD per hour for one card; 0 means that this cloud does not have it. */
export const adaptRunpod: PriceAdapter = (document) =>
  adaptEach(runpodSchema.parse(document).gpus, ({ id, price: { secure, community } }) =>
    toFound("runpod", id, { gpu_hour_secure: secure || null, gpu_hour_community: community || null }),
  );

function adaptEach<Entry>(
  { entries, leftOut }: ParsedEntries<Entry>,
  find: (entry: Entry, key: string) => FoundPrice[],
): AdaptedList {
  return { prices: entries.flatMap(([key, entry]) => find(entry, key)), leftOut };
}

/** The prices that a list has of a product; none where the book does not have the provider. */
function toFound(
  provider: string | undefined,
  product: string,
  values: Partial<Record<PriceKind, number | null | undefined>>,
): FoundPrice[] {
  if (provider === undefined) return [];
  return (Object.entries(values) as [PriceKind, number | null | undefined][]).flatMap(([kind, value]) =>
    value === null || value === undefined ? [] : [{ provider, product, kind, value }],
  );
}
