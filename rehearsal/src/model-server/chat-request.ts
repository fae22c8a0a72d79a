import type { ChatMessage, Engine } from "./engine.ts";
import * as field from "./request-fields.ts";
import { checkLengths, checkSampling } from "./request-limits.ts";
import { readAnswerShape } from "./response-format.ts";
import type { Shape } from "./schema/shape.ts";
import { chooseTool } from "./tools/choose-tool.ts";
import { checkParser, readParameters, readTools, type ToolUse } from "./tools/read-tools.ts";
import type { ToolCall } from "./tools/tool-call.ts";
import { refuseBody, refuseParameter, VllmRefusal } from "./vllm-error.ts";

/** A chat request that vLLM would accept, with its defaults filled in. */
export interface ChatRequest {
  messages: ChatMessage[];
  promptTokens: number[];
  /** Capped to what the context leaves. */
  maxTokens: number;
  temperature: number;
  topP: number;
  topK: number;
  seed: number | null;
  stops: string[];
  ignoreEos: boolean;
  isThinking: boolean;
  isStream: boolean;
  includeUsage: boolean;
  hasRunningUsage: boolean;
  /** What the answer must look like; left out, it is free. */
  shape?: Shape;
  /** The tool whose arguments the answer is; `null`: it is no call. */
  call: ToolCall | null;
}

/** Returns a body that is a JSON object; refuses any other in vLLM's words. */
export function readObjectBody(body: unknown): Record<string, unknown> {
  if (body === null) {
    throw refuseBody([{ type: "missing", loc: "body", msg: "Field required", input: "'None'" }]);
  }
  const outcome = field.object(body, "body");
  if ("issues" in outcome) throw refuseBody(outcome.issues);
  return outcome.value;
}

/**
 * Reads a chat request as vLLM 0.33 does: its defaults, its order of checks, its words.
 *
 * @throws VllmRefusal with the status and body that vLLM would answer.
 */
export function readChatRequest(options: {
  body: unknown;
  servedModel: string;
  engine: Engine;
  /** Whether the server has a parser for tool calls. */
  hasToolParser: boolean;
}): ChatRequest {
  const { servedModel, engine } = options;
  const body = readObjectBody(options.body);
  const fields = field.createFieldReader(body);
  const messages = fields.required("messages", field.list);
  const model = fields.optional("model", field.string);
  const maxTokens = fields.optional("max_tokens", field.integer);
  const maxCompletionTokens = fields.optional("max_completion_tokens", field.integer);
  const seed = fields.optional("seed", field.integer);
  const stops = fields.optional("stop", field.stopStrings) ?? [];
  const isStream = fields.optional("stream", field.boolean) ?? false;
  const streamOptions = fields.optional("stream_options", field.object);
  const defaults = engine.samplingDefaults ?? {};
  const temperature = fields.optional("temperature", field.number) ?? defaults["temperature"] ?? 1;
  const topP = fields.optional("top_p", field.number) ?? defaults["top_p"] ?? 1;
  const topK = fields.optional("top_k", field.integer) ?? defaults["top_k"] ?? 0;
  const count = fields.optional("n", field.integer) ?? 1;
  const ignoreEos = fields.optional("ignore_eos", field.boolean) ?? false;
  const addGenerationPrompt = fields.optional("add_generation_prompt", field.boolean) ?? true;
  const templateKwargs = fields.optional("chat_template_kwargs", field.object);
  const readToolUse = readTools(body, fields);
  const readShape = readAnswerShape(body, fields);
  fields.check();

  const toolUse = readToolUse();
  checkModel(model, servedModel);
  checkParser(toolUse, options.hasToolParser);
  if (streamOptions !== undefined && !isStream) {
    throw refuseParameter({
      message: "Stream options can only be defined when `stream=True`.",
      parameter: "stream_options",
    });
  }
  const lengthName = maxCompletionTokens === undefined ? "max_tokens" : "max_completion_tokens";
  const wantedTokens = maxCompletionTokens ?? maxTokens;
  const conversation = readMessages(messages ?? []);
  const promptTokens = tokenizeChat({ engine, conversation, addGenerationPrompt });
  const room = engine.maxModelTokens - promptTokens.length;
  checkLengths({ wantedTokens, lengthName, room, maxModelTokens: engine.maxModelTokens });
  checkSampling({ temperature, topP, topK, stops, count });
  const form = chooseForm({ answer: readShape(), toolUse, conversation });
  const streamFlag = (name: string) => streamOptions?.[name] === true;
  return {
    messages: conversation,
    promptTokens,
    maxTokens: Math.min(wantedTokens ?? room, room),
    temperature,
    topP,
    topK: Math.max(0, topK),
    seed: seed ?? null,
    stops,
    ignoreEos,
    isThinking: templateKwargs?.["enable_thinking"] !== false,
    isStream,
    ...form,
    includeUsage: streamFlag("include_usage"),
    hasRunningUsage: streamFlag("include_usage") && streamFlag("continuous_usage_stats"),
  };
}

/** Decides whether an answer calls a tool; a form that the request asks for goes before a call that it leaves open. */
function chooseForm(options: {
  answer: Shape | null;
  toolUse: ToolUse;
  conversation: readonly ChatMessage[];
}): Pick<ChatRequest, "shape" | "call"> {
  const { answer, toolUse, conversation } = options;
  const tool = answer !== null && toolUse.choice === "auto" ? null : chooseTool(toolUse, conversation);
  if (tool === null) return answer === null ? { call: null } : { shape: answer, call: null };
  const by = typeof toolUse.choice === "object" ? "name" : toolUse.choice === "auto" ? "auto" : "required";
  return { shape: readParameters(tool), call: { name: tool.name, by } };
}

/** Refuses a model id that this server does not serve. */
export function checkModel(model: string | undefined, servedModel: string): void {
  if (model === undefined || model === "" || model === servedModel) return;
  throw new VllmRefusal(`The model \`${model}\` does not exist. Valid aliases: ${servedModel}.`, {
    status: 404,
    type: "NotFoundError",
    param: "model",
  });
}

/** Reads messages into roles and texts; the parts of a message are joined by line breaks, as vLLM does. */
export function readMessages(messages: readonly unknown[]): ChatMessage[] {
  if (messages.length === 0) {
    throw new VllmRefusal(
      "Cannot apply chat template to an empty conversation. Provide at least one message.",
    );
  }
  return messages.map((message, index) => {
    const role = field.object(message, `body.messages.${index}`);
    if ("issues" in role) throw refuseBody(role.issues);
    if (typeof role.value["role"] !== "string") {
      const missing = { type: "missing", loc: `body.messages.${index}.role`, msg: "Field required" };
      throw refuseBody([{ ...missing, input: field.describeInput(message) }]);
    }
    return { role: role.value["role"], content: readContent(role.value["content"]) };
  });
}

function readContent(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part: unknown) => readTextPart(part)).join("\n");
}

function readTextPart(part: unknown): string {
  if (typeof part === "object" && part !== null && "text" in part && typeof part.text === "string") {
    return part.text;
  }
  throw new VllmRefusal("This model is not a multimodal model");
}

/** Renders a conversation and counts it in tokens. */
export function tokenizeChat(options: {
  engine: Engine;
  conversation: readonly ChatMessage[];
  addGenerationPrompt: boolean;
}): number[] {
  const { engine, conversation, addGenerationPrompt } = options;
  let rendered: string;
  try {
    rendered = engine.renderChat(conversation, { addGenerationPrompt });
  } catch (error) {
    throw new VllmRefusal(error instanceof Error ? error.message : String(error));
  }
  return engine.tokenize(rendered);
}
