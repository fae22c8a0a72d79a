import { APIConnectionError, APIError } from "openai";
import { WorkbookError } from "../errors.ts";
import { cutEnd, readServerWords } from "../words/index.ts";
import { notice } from "./answer-notices.ts";
import type { ChatEvent, ChatRequest } from "./chat-events.ts";
import { checkContext, enlargeContext } from "./check-context.ts";
import type { Endpoint } from "./endpoint.ts";
import { ChatRequestError } from "./endpoint-error.ts";
import { canFoldSystemPrompt, countSystemMessages, foldSystemPrompt } from "./fold-system-prompt.ts";
import { readRefusal } from "./read-refusal.ts";

interface SendOptions {
  endpoint: Endpoint;
  request: ChatRequest;
  signal: AbortSignal;
  headers: Record<string, string> | undefined;
  /** Is told of each request that goes out, and of what was changed. */
  onEvent: (event: ChatEvent) => void;
}

/** The models of each endpoint whose template has refused a system prompt: the next request is folded at once. */
const foldingModels = new WeakMap<Endpoint, Set<string>>();

/**
 * Sends a chat request; where the server refuses token counts it is sent once more without, and where it refuses a system
 * prompt once more with that in the first user message.
 *
 * @throws ChatRequestError where the model has no chat template or too small a context.
 * @throws the `openai` package's APIError where the request is refused for another reason.
 */
export async function sendChat(options: SendOptions): Promise<Response> {
  const { endpoint, request, onEvent } = options;
  const folding = foldingModels.get(endpoint) ?? new Set();
  foldingModels.set(endpoint, folding);
  const model = request.model ?? endpoint.model;
  const canFold = canFoldSystemPrompt(request.messages);
  let isFolded = canFold && folding.has(model);
  let asksForUsage = true;
  const messages = () => (isFolded ? foldSystemPrompt(request.messages) : request.messages);
  const shortened = await checkContext({ ...options, request: { ...request, messages: messages() } });
  for (;;) {
    onEvent({ type: "request", atMs: performance.now() });
    try {
      const response = await post({ ...options, messages: messages(), asksForUsage });
      if (isFolded) {
        // Several system messages are refused also by templates that take one: nothing is learned for the next request.
        const hadSeveral = countSystemMessages(request.messages) > 1;
        if (!hadSeveral) folding.add(model);
        onEvent(notice("system-prompt-folded", hadSeveral ? severalFoldedText : foldedText));
      }
      if (shortened !== null) onEvent(notice("answer-shortened", shortened));
      return response;
    } catch (error) {
      const reason = readRefusal(error);
      if (reason === "stream-options" && asksForUsage) asksForUsage = false;
      else if (reason === "system-prompt" && canFold && !isFolded) isFolded = true;
      else throw explainRefusal(error, model);
    }
  }
}

const foldedText =
  "This model's chat template has no system role: the system prompt was put in front of the first user message.";

const severalFoldedText =
  "This model's chat template does not take these system prompts: they were put in front of the first user message.";

function post(
  options: SendOptions & { messages: ChatRequest["messages"]; asksForUsage: boolean },
): Promise<Response> {
  const { endpoint, request, messages, asksForUsage, signal, headers } = options;
  const { stream_options, ...rest } = request;
  const running = endpoint.hasRunningUsage ? { continuous_usage_stats: true } : {};
  const body = {
    ...rest,
    messages,
    model: rest.model ?? endpoint.model,
    stream: true as const,
    ...(asksForUsage ? { stream_options: { include_usage: true, ...running, ...stream_options } } : {}),
  };
  return endpoint.client.chat.completions
    .create(body, { signal, ...(headers === undefined ? {} : { headers }) })
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
          "`--chat-template FILE`, if you know the form that this model was trained on.",
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
