import { APIError } from "openai";
import { type Endpoint, EndpointError } from "../../endpoint/index.ts";
import type { RunPodContext } from "../rental/context.ts";
import { EndpointNotReadyError } from "./endpoint-not-ready-error.ts";
import { connectServerless, isWrong } from "./open-serverless-endpoint.ts";
import type { ServerlessEndpoint } from "./serverless-endpoint.ts";

/**
 * Tries an endpoint whose worker is up: does it list the model, and does it answer a chat of one token?
 *
 * Returns it opened, or `null` where it has not answered yet.
 *
 * @throws EndpointNotReadyError where waiting longer would not help, and would keep a worker awake.
 */
export async function tryFirstWorkerChat(
  context: RunPodContext,
  { endpoint, signal }: { endpoint: ServerlessEndpoint; signal: AbortSignal },
): Promise<Endpoint | null> {
  try {
    const opened = await connectServerless(context, endpoint, undefined);
    await opened.client.chat.completions.create(
      { model: opened.model, messages: [{ role: "user", content: "Hello" }], max_tokens: 1 },
      { signal, timeout: 90_000 },
    );
    return opened;
  } catch (cause) {
    if (cause instanceof EndpointError && isWrong(cause)) {
      throw new EndpointNotReadyError(cause.problemText, {
        problem: cause.problem === "unauthorized" ? "key-refused" : "wrong-model",
        endpoint,
        remedy: "Delete it, and plan again.",
        cause,
      });
    }
    if (!isRefusal(cause)) return null;
    throw new EndpointNotReadyError(
      `A worker of the endpoint ${endpoint.id} is up, but refused a first chat of one token (HTTP ${cause.status}).`,
      { problem: "no-answer", endpoint, remedy: "Serve a model with a chat template.", cause },
    );
  }
}

/** RunPod's balancer answers 400 as well, where it has no worker; only vLLM's refusals have a message of that form. */
function isRefusal(error: unknown): error is APIError {
  if (!(error instanceof APIError)) return false;
  const { status } = error;
  const isOfRequest = typeof status === "number" && status >= 400 && status < 500;
  const isPassing = status === 404 || status === 408 || status === 429;
  const body: unknown = error.error;
  return isOfRequest && !isPassing && typeof body === "object" && body !== null && "message" in body;
}
