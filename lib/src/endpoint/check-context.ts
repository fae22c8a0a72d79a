import { z } from "zod";
import { findModel } from "../facts/index.ts";
import { inWords } from "../words/index.ts";
import { serverRoot } from "./base-url.ts";
import type { ChatRequest } from "./chat-events.ts";
import type { Endpoint } from "./endpoint.ts";
import { ChatRequestError } from "./endpoint-error.ts";
import { isRefusal } from "./read-refusal.ts";

/** What a chat template adds around the messages: more than any known one does. */
const templateTokens = 512;

/** A server that needs longer to count is not asked again: a chat does not wait for it. */
const countingPatienceMs = 2_000;

/** The endpoints that cannot count, or not in time. */
const countless = new WeakSet<Endpoint>();

type Question = { endpoint: Endpoint; request: ChatRequest; signal: AbortSignal };

/**
 * Checks before a call that prompt and answer fit the model's context, and refuses only what the server would refuse.
 *
 * A short prompt needs no question: it has at most as many tokens as bytes. For a longer one vLLM's `/tokenize` counts;
 * where there is none, a prompt has at least one token for each word between blanks.
 *
 * @returns a sentence for the reader where the answer will be cut shorter than was asked; else `null`.
 * @throws ChatRequestError where the context is too small, with the way to enlarge it.
 */
export async function checkContext({ endpoint, request, signal }: Question): Promise<string | null> {
  const { model, maxModelTokens: limit } = endpoint;
  // Another model of the same server may have another context, and vLLM itself cuts a prompt where it is told to.
  if (limit === null || (request.model ?? model) !== model || "truncate_prompt_tokens" in request)
    return null;
  const answerTokens = request.max_completion_tokens ?? request.max_tokens ?? null;
  if (endpoint.hasRunningUsage && answerTokens !== null && answerTokens > limit) {
    const problem = `The request asks for an answer of ${inWords(answerTokens)} tokens`;
    throw contextTooSmall({ problem, model, limit, neededTokens: answerTokens });
  }
  if (mostPromptTokens(request) + (answerTokens ?? 0) <= limit) return null;
  const counted = endpoint.hasRunningUsage ? await countWithServer({ endpoint, request, signal }) : null;
  const promptTokens = counted ?? fewestPromptTokens(request);
  if (promptTokens > limit) {
    const problem = `The prompt has ${counted === null ? "at least " : ""}${inWords(promptTokens)} tokens`;
    throw contextTooSmall({ problem, model, limit, neededTokens: promptTokens + (answerTokens ?? 0) });
  }
  if (counted === null || answerTokens === null || counted + answerTokens <= limit) return null;
  return (
    `The prompt takes ${inWords(counted)} of the ${inWords(limit)} tokens that the context holds: the answer can have ` +
    `${inWords(limit - counted)} at most, not the ${inWords(answerTokens)} asked for.`
  );
}

/** Says what to do about a context that is too small; `neededTokens` is what the request would take, where it is known. */
export function enlargeContext(options: { model: string; neededTokens: number | null }): string {
  const { model, neededTokens } = options;
  const longest = findModel(model)?.contextTokens ?? Number.POSITIVE_INFINITY;
  const isTooLong = neededTokens !== null && neededTokens > longest;
  const made = isTooLong ? ` This model was made for ${inWords(longest)} tokens at most.` : "";
  const wanted = isTooLong ? longest : (neededTokens ?? "N");
  return (
    `Shorten the conversation, or lower max_tokens.${made} For a longer context start vLLM with ` +
    `\`--max-model-len ${wanted}\` (in planPod: maxModelTokens), as far as the model and the GPU's memory allow.`
  );
}

function contextTooSmall(options: { problem: string; model: string; limit: number; neededTokens: number }) {
  const { problem, model, limit, neededTokens } = options;
  return new ChatRequestError(
    `${problem}, and this model's context holds ${inWords(limit)}, prompt and answer together: the request was not sent.`,
    { problem: "context-too-small", remedy: enlargeContext({ model, neededTokens }) },
  );
}

/** Each token stands for one byte at least; pictures and sound have no such bound. */
function mostPromptTokens({ messages, tools }: ChatRequest): number {
  const isText = messages.every(
    ({ content }) => !Array.isArray(content) || content.every((part) => part.type === "text"),
  );
  return isText ? Buffer.byteLength(JSON.stringify([messages, tools])) + templateTokens : Infinity;
}

// A text has hardly fewer tokens than words. Templates leave the thoughts of earlier answers out, so answers do not count.
function fewestPromptTokens({ messages }: ChatRequest): number {
  const texts = messages.map(({ role, content }) =>
    role !== "assistant" && typeof content === "string" ? content : "",
  );
  return texts.join(" ").match(/\S+/g)?.length ?? 0;
}

/** The server's own count, or `null` where it does not count. */
async function countWithServer({ endpoint, request, signal }: Question): Promise<number | null> {
  if (countless.has(endpoint)) return null;
  try {
    return await countPromptTokens(endpoint, request, { signal, timeoutMs: countingPatienceMs });
  } catch (error) {
    // The chat request itself tells what is wrong, or works all the same.
    // It may be that only these messages cannot be counted, such as those that a template refuses.
    if (!signal.aborted && !isRefusal(error)) countless.add(endpoint);
    return null;
  }
}

const tokenizeSchema = z.object({ count: z.int().min(1), tokens: z.array(z.int()).optional() });

type CountedRequest = Pick<ChatRequest, "messages" | "tools" | "tool_choice" | "chat_template_kwargs">;

/**
 * Lets vLLM turn a prompt into tokens, with the model's own tokenizer and chat template.
 *
 * @throws the `openai` package's errors, or a ZodError, where the server has no `/tokenize` or cannot count these messages.
 */
export async function tokenizePrompt(
  endpoint: Pick<Endpoint, "baseUrl" | "model" | "client">,
  request: CountedRequest,
  options: { signal: AbortSignal; timeoutMs: number; headers?: Record<string, string> },
): Promise<z.output<typeof tokenizeSchema>> {
  const { messages, chat_template_kwargs } = request;
  // A server may be told to leave out tools that the answer must not call.
  const tools = request.tool_choice === "none" ? undefined : request.tools;
  const answer: unknown = await endpoint.client.post(`${serverRoot(endpoint.baseUrl)}/tokenize`, {
    body: { model: endpoint.model, messages, tools, chat_template_kwargs },
    signal: options.signal,
    timeout: options.timeoutMs,
    ...(options.headers === undefined ? {} : { headers: options.headers }),
  });
  return tokenizeSchema.parse(answer);
}

/** Counts the tokens of a prompt; throws as {@link tokenizePrompt} does. */
export async function countPromptTokens(...asked: Parameters<typeof tokenizePrompt>): Promise<number> {
  return (await tokenizePrompt(...asked)).count;
}
