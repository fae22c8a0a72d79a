import { InputError } from "workbook/errors";
import { z } from "zod";
import type { ChatMessage, Engine } from "./engine.ts";
import { createThinkingEngine } from "./thinking-engine.ts";

/** Chat templates that take no system prompt, by a model that has one. */
export const rejectingTemplates = ["mistral-0.1", "gemma-2", "ministral-3"] as const;

const quirksSchema = z.strictObject({
  /** The template refuses a system prompt, in the words of this model's; `missing`: there is no template at all. */
  chatTemplate: z.enum([...rejectingTemplates, "missing"]).optional(),
  /** Prompt and answer together; at most what the engine has room for. */
  maxModelTokens: z.int().min(1).optional(),
  /**
   * The model thinks before it answers. Its thoughts come in this field: `reasoning` as of a vLLM with a reasoning
   * parser, `reasoning_content` as of an older one, `content` as of one without.
   */
  reasoning: z.enum(["reasoning", "reasoning_content", "content"]).optional(),
  /** What its `generation_config.json` says, by vLLM's names. */
  samplingDefaults: z
    .strictObject({ temperature: z.number(), top_p: z.number(), top_k: z.int() })
    .partial()
    .optional(),
});

/** In what a model differs from the one that answers; each was seen on models that people serve. */
export type ModelQuirks = z.input<typeof quirksSchema>;

/**
 * Lets an engine behave like a model with quirks; closing it closes the engine.
 *
 * @throws InputError for a quirk that the rehearsal does not know.
 */
export function withQuirks(engine: Engine, quirks: ModelQuirks): Engine {
  const parsed = quirksSchema.safeParse(quirks);
  if (!parsed.success) {
    throw new InputError(`The rehearsal knows no such quirk: ${z.prettifyError(parsed.error)}.`, {
      remedy: "It takes chatTemplate, maxModelTokens, reasoning and samplingDefaults.",
    });
  }
  const { chatTemplate, maxModelTokens, reasoning, samplingDefaults } = parsed.data;
  const changed: Engine = {
    ...engine,
    maxModelTokens: Math.min(engine.maxModelTokens, maxModelTokens ?? engine.maxModelTokens),
    ...(samplingDefaults === undefined ? {} : { samplingDefaults }),
    renderChat(messages, options) {
      if (chatTemplate !== undefined) checkTemplate(chatTemplate, messages);
      return engine.renderChat(messages, options);
    },
  };
  return reasoning === undefined ? changed : createThinkingEngine(changed, reasoning);
}

/** Throws what these templates raise, word for word as vLLM passes it on. */
function checkTemplate(
  template: NonNullable<ModelQuirks["chatTemplate"]>,
  messages: readonly ChatMessage[],
): void {
  if (template === "missing") {
    throw new Error(
      "As of transformers v4.44, default chat template is no longer allowed, so you must provide a chat template " +
        "if the tokenizer does not define one.",
    );
  }
  const hasSystem = messages.some(({ role }) => role === "system");
  if (template === "gemma-2" && hasSystem) throw new Error("System role not supported");
  if (template === "ministral-3" && hasSystem) {
    throw new Error("Only user, assistant and tool roles are supported, got system.");
  }
  const isInTurns = messages.every(({ role }, index) => role === (index % 2 === 0 ? "user" : "assistant"));
  if (!isInTurns) throw new Error("Conversation roles must alternate user/assistant/user/assistant/...");
}
