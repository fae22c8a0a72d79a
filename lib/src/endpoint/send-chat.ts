import { APIConnectionError, APIError } from "openai";
import type { ChatCompletionCreateParamsStreaming } from "openai/resources/chat/completions";
import { WorkbookError } from "../errors.ts";
import { cutEnd, readServerWords } from "../words/index.ts";
import { notice } from "./answer-notices.ts";
import type { ChatEvent, ChatRequest } from "./chat-events.ts";
import { checkContext, enlargeContext } from "./check-context.ts";
import type { Endpoint } from "./endpoint.ts";
import { ChatRequestError } from "./endpoint-error.ts";
import { canFoldSystemPrompt, countSystemMessages, foldSystemPrompt } from "./fold-system-prompt.ts";
import { readRefusal, toRefusal } from "./read-refusal.ts";
import {
  describeChange,
  findRefusedField,
  type LimitName,
  limitNames,
  type OwnField,
  otherLimit,
} from "./refused-field.ts";

interface SendOptions {
  endpoint: Endpoint;
  request: ChatRequest;
  signal: AbortSignal;
  headers: Record<string, string> | undefined;
  /** Is told of each request that goes out, and of what was changed. */
  onEvent: (event: ChatEvent) => void;
}

/** What is changed in a request because the server refused it as it was. */
interface Changes {
  isFolded: boolean;
  /** In the order in which they were refused. */
  fields: readonly OwnField[];
}

/** What was learned of each model of an endpoint: the next request is written so at once. */
const learned = new WeakMap<Endpoint, Map<string, Changes>>();

/**
 * Sends a chat request. Where the server refuses what the workbook added to it (token counts), the name of the limit, or a
 * system prompt, it is sent once more without that, under the other name, with the prompt in the first user message; a
 * notice says so.
 *
 * @throws ChatRequestError where the model has no chat template or too small a context.
 * @throws the `openai` package's APIError where the request is refused for another reason.
 */
export async function sendChat(options: SendOptions): Promise<Response> {
  const { endpoint, request, onEvent } = options;
  const known = learned.get(endpoint) ?? new Map<string, Changes>();
  learned.set(endpoint, known);
  const model = request.model ?? endpoint.model;
  const canFold = canFoldSystemPrompt(request.messages);
  let { isFolded, fields } = known.get(model) ?? { isFolded: false, fields: [] };
  isFolded &&= canFold;
  const messages = () => (isFolded ? foldSystemPrompt(request.messages) : request.messages);
  const shortened = await checkContext({ ...options, request: { ...request, messages: messages() } });
  let firstOfLimit: unknown = null;
  for (;;) {
    onEvent({ type: "request", atMs: performance.now() });
    const body = writeRequest(endpoint, { ...request, messages: messages() }, fields);
    try {
      const response = await post(options, body.request);
      // Several system messages are refused also by templates that take one: nothing is learned for the next request.
      const hadSeveral = countSystemMessages(request.messages) > 1;
      known.set(model, {
        fields,
        isFolded: (isFolded && !hadSeveral) || (known.get(model)?.isFolded ?? false),
      });
      if (isFolded) onEvent(notice("system-prompt-folded", hadSeveral ? severalFoldedText : foldedText));
      for (const text of body.changes) onEvent(notice("field-changed", text));
      if (shortened !== null) onEvent(notice("answer-shortened", shortened));
      return response;
    } catch (error) {
      const field = findRefusedField(toRefusal(error), body.changeable);
      if (isLimitName(field)) firstOfLimit = error;
      if (field !== null) fields = [...fields, field];
      else if (readRefusal(error) === "system-prompt" && canFold && !isFolded) isFolded = true;
      else {
        // Where both names are refused, it is the value; and the server's words are to be about the name that was given.
        const isOfLimit = firstOfLimit !== null && findRefusedField(toRefusal(error), limitNames) !== null;
        throw explainRefusal(isOfLimit ? firstOfLimit : error, model);
      }
    }
  }
}

/**
 * Writes a request as it is sent, without the refused fields; `changes` says that of each, `changeable` is what could be
 * left out still.
 *
 * Of what somebody named only the limit's name is changed, and `stream_options` where the server refuses them at all.
 */
function writeRequest(
  endpoint: Endpoint,
  { stream_options, ...rest }: ChatRequest,
  refused: readonly OwnField[],
): { request: ChatCompletionCreateParamsStreaming; changes: string[]; changeable: OwnField[] } {
  const [limitName, otherName] = limitNames.filter((name) => rest[name] != null);
  const hasOptions = !refused.includes("stream_options");
  const present: OwnField[] = ["stream_options"];
  if (endpoint.hasRunningUsage && hasOptions) present.push("continuous_usage_stats");
  if (limitName !== undefined && otherName === undefined) present.push(limitName);
  const changeable = present.filter((field) => !refused.includes(field));
  const running = changeable.includes("continuous_usage_stats") ? { continuous_usage_stats: true } : {};
  const request: ChatCompletionCreateParamsStreaming = {
    ...rest,
    model: rest.model ?? endpoint.model,
    stream: true,
    ...(hasOptions ? { stream_options: { include_usage: true, ...running, ...stream_options } } : {}),
  };
  const changed = present.filter((field) => refused.includes(field));
  if (limitName !== undefined && changed.includes(limitName)) {
    delete request[limitName];
    request[otherLimit(limitName)] = rest[limitName] ?? null;
  }
  return { request, changes: changed.map(describeChange), changeable };
}

function isLimitName(field: OwnField | null): field is LimitName {
  return field === "max_tokens" || field === "max_completion_tokens";
}

const foldedText =
  "This model's chat template has no system role: the system prompt was put in front of the first user message.";

const severalFoldedText =
  "This model's chat template does not take these system prompts: they were put in front of the first user message.";

function post(
  { endpoint, signal, headers }: SendOptions,
  request: ChatCompletionCreateParamsStreaming,
): Promise<Response> {
  return endpoint.client.chat.completions
    .create(request, { signal, ...(headers === undefined ? {} : { headers }) })
    .asResponse();
}

function explainRefusal(error: unknown, model: string): unknown {
  const words = error instanceof APIError ? cutEnd(readServerWords(error.error ?? error.message), ".") : "";
  switch (readRefusal(error)) {
    case "no-chat-template":
      return new ChatRequestError(`${model} has no chat template, so it cannot chat.`, {
        problem: "no-chat-template",
        remedy:
          "Serve its instruction-tuned version, whose name usually ends in Instruct, it or Chat; or start vLLM with " +
          "`--chat-template FILE`, if you know the format with which this model was trained.",
        cause: error,
      });
    case "context-too-small":
      return new ChatRequestError(
        `Prompt and answer together do not fit this model's context: the server said "${words}".`,
        {
          problem: "context-too-small",
          remedy: enlargeContext({ model, neededTokens: null }),
          cause: error,
        },
      );
    default:
      // The client wraps what its fetch throws; a redirect or an endless body says itself what is wrong.
      return error instanceof APIConnectionError && error.cause instanceof WorkbookError
        ? error.cause
        : error;
  }
}
