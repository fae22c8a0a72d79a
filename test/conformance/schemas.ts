import { z } from "zod";

/** Token counts of one answer; they must add up. */
export const usageSchema = z
  .object({
    prompt_tokens: z.int().positive(),
    total_tokens: z.int().positive(),
    completion_tokens: z.int().nonnegative(),
  })
  .refine((usage) => usage.prompt_tokens + usage.completion_tokens === usage.total_tokens, {
    error: "prompt_tokens + completion_tokens is not total_tokens",
  });

const finishReasonSchema = z.enum(["stop", "length"]);
const stopReasonSchema = z.string().nullable();
const answerFields = {
  id: z.string().regex(/^chatcmpl-.+/),
  created: z.int().positive(),
  model: z.string(),
};

/** An answer that was not streamed. */
export const chatCompletionSchema = z.object({
  ...answerFields,
  object: z.literal("chat.completion"),
  choices: z.tuple([
    z.object({
      index: z.literal(0),
      message: z.object({
        role: z.literal("assistant"),
        content: z.string(),
        refusal: z.null(),
        reasoning: z.null(),
        function_call: z.null(),
      }),
      logprobs: z.null(),
      finish_reason: finishReasonSchema,
      stop_reason: stopReasonSchema,
    }),
  ]),
  system_fingerprint: z.string(),
  usage: usageSchema,
});

const chunkChoiceSchema = z.object({
  index: z.literal(0),
  // A vLLM with a parser of tool calls leaves out the content of a last chunk that has none.
  delta: z.strictObject({ role: z.literal("assistant").optional(), content: z.string().default("") }),
  logprobs: z.null(),
  finish_reason: finishReasonSchema.nullable(),
  stop_reason: stopReasonSchema.optional(),
});

/** One event of a stream. */
export const chatChunkSchema = z.object({
  ...answerFields,
  object: z.literal("chat.completion.chunk"),
  choices: z.array(chunkChoiceSchema).max(1),
  usage: usageSchema.optional(),
  system_fingerprint: z.string().optional(),
});

/** The list of served models. */
export const modelListSchema = z.object({
  object: z.literal("list"),
  data: z.array(
    z.object({
      id: z.string(),
      object: z.literal("model"),
      created: z.int(),
      owned_by: z.literal("vllm"),
      root: z.string(),
      parent: z.string().nullable(),
      max_model_len: z.int().positive().nullable(),
      permission: z.array(z.object({ object: z.literal("model_permission") })),
    }),
  ),
});

/** The answer of `/tokenize`. */
export const tokenizeSchema = z.strictObject({
  count: z.int().nonnegative(),
  max_model_len: z.int().positive(),
  tokens: z.array(z.int().nonnegative()),
  token_strs: z.null(),
});

export type Usage = z.output<typeof usageSchema>;
export type ChatCompletion = z.output<typeof chatCompletionSchema>;
export type ChatChunk = z.output<typeof chatChunkSchema>;
export type ChatChunkChoice = z.output<typeof chunkChoiceSchema>;
export type Tokenized = z.output<typeof tokenizeSchema>;
