import { checkModel, readMessages, readObjectBody, tokenizeChat } from "./chat-request.ts";
import type { Engine } from "./engine.ts";
import * as field from "./request-fields.ts";

/** Answers `/tokenize` for a prompt or for messages, as vLLM does. */
export function answerTokenize(options: { body: unknown; servedModel: string; engine: Engine }) {
  const { servedModel, engine } = options;
  const body = readObjectBody(options.body);
  const fields = field.createFieldReader(body);
  const model = fields.optional("model", field.string);
  const messages = fields.optional("messages", field.list);
  const prompt = messages === undefined ? fields.required("prompt", field.string) : undefined;
  if (body["prompt"] === undefined && messages === undefined) fields.required("messages", field.list);
  const addGenerationPrompt = fields.optional("add_generation_prompt", field.boolean) ?? true;
  fields.check();
  checkModel(model, servedModel);
  const tokens =
    messages === undefined
      ? engine.tokenize(prompt ?? "")
      : tokenizeChat({ engine, conversation: readMessages(messages), addGenerationPrompt });
  return { count: tokens.length, max_model_len: engine.maxModelTokens, tokens, token_strs: null };
}
