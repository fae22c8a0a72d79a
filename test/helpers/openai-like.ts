import type { ServerResponse } from "node:http";
import type { TestContext } from "node:test";
import { connectEndpoint, type Endpoint } from "../../lib/src/endpoint/index.ts";
import { type LocalServer, type ReceivedRequest, sendJson, startLocalServer } from "./local-server.ts";

/** Starts an OpenAI-compatible server that is no vLLM: it lists models, and answers chat requests as told. */
export function startOpenAiLike(
  context: TestContext,
  options: {
    /** Default: one model named `small`, without a context length. */
    models?: unknown;
    chat?: (request: ReceivedRequest, response: ServerResponse) => void;
  } = {},
): Promise<LocalServer> {
  const { models = { object: "list", data: [{ id: "small", object: "model", owned_by: "library" }] } } =
    options;
  return startLocalServer(context, (request, response) => {
    if (request.path === "/v1/models") sendJson(response, models);
    else if (request.path === "/v1/chat/completions" && options.chat !== undefined) {
      options.chat(request, response);
    } else sendJson(response, { error: { message: "404 page not found" } }, 404);
  });
}

/** The list of models that an OpenAI-compatible server sends, from their names. */
export const listOf = (...ids: string[]) => ({
  object: "list",
  data: ids.map((id) => ({ id, object: "model" })),
});

/** Opens an endpoint whose server answers chat requests as told. */
export async function connectOpenAiLike(
  context: TestContext,
  chat: (request: ReceivedRequest, response: ServerResponse) => void,
): Promise<Endpoint> {
  const server = await startOpenAiLike(context, { chat });
  return connectEndpoint({ baseUrl: server.url });
}

/** One event of a streamed answer as it goes over the wire, from what its only choice and its usage say. */
export function chunk(parts: {
  delta?: Record<string, unknown>;
  finish_reason?: string;
  usage?: { prompt_tokens: number; completion_tokens: number; total_tokens: number };
}): string {
  const { delta = {}, finish_reason = null, usage } = parts;
  const body = { object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason }] };
  return `data: ${JSON.stringify(usage === undefined ? body : { ...body, usage })}\n\n`;
}

/** The last event of an OpenAI-compatible stream. */
export const done = "data: [DONE]\n\n";
