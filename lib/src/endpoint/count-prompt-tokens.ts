import { z } from "zod";
import { serverRoot } from "./base-url.ts";
import type { ChatRequest } from "./chat-events.ts";
import type { Endpoint } from "./endpoint.ts";

const tokenizeSchema = z.object({ count: z.int().min(1) });

/**
 * Lets vLLM count the tokens of a prompt, with the model's own tokenizer and chat template.
 *
 * @throws the `openai` package's errors, or a ZodError, where the server has no `/tokenize` or cannot count these messages.
 */
export async function countPromptTokens(
  endpoint: Pick<Endpoint, "baseUrl" | "model" | "client">,
  request: Pick<ChatRequest, "messages" | "tools" | "tool_choice" | "chat_template_kwargs">,
  options: { signal: AbortSignal; timeoutMs: number; headers?: Record<string, string> },
): Promise<number> {
  const { messages, chat_template_kwargs } = request;
  // A server may be told to leave out tools that the answer must not call.
  const tools = request.tool_choice === "none" ? undefined : request.tools;
  const answer: unknown = await endpoint.client.post(`${serverRoot(endpoint.baseUrl)}/tokenize`, {
    body: { model: endpoint.model, messages, tools, chat_template_kwargs },
    signal: options.signal,
    timeout: options.timeoutMs,
    ...(options.headers === undefined ? {} : { headers: options.headers }),
    fetchOptions: { redirect: "error" },
  });
  return tokenizeSchema.parse(answer).count;
}
