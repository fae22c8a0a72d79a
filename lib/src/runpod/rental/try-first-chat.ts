import { APIError } from "openai";
import { type Endpoint, EndpointError } from "../../endpoint/index.ts";
import type { RunPodContext } from "./context.ts";
import { notReady } from "./not-ready.ts";
import type { RentalKind, Rented } from "./rental-kind.ts";

/**
 * Tries a server that is up: does it list the planned model, and does it answer a chat of one token?
 *
 * Returns its endpoint, or what is still missing.
 *
 * @throws NotReadyError where waiting longer would not help.
 */
export async function tryFirstChat<Found extends Rented>(
  context: RunPodContext,
  kind: RentalKind<Found>,
  options: {
    found: Found;
    connect(): Promise<Endpoint>;
    /** Tells vLLM's own refusal from that of something before it; default: every refusal is vLLM's. */
    isOwnRefusal?(error: APIError): boolean;
    signal: AbortSignal;
  },
): Promise<{ endpoint: Endpoint } | { missing: "its list of models" | "its first answer" }> {
  const { found, signal } = options;
  const { noun, create } = kind.words;
  let endpoint: Endpoint;
  try {
    endpoint = await options.connect();
  } catch (cause) {
    if (!(cause instanceof EndpointError)) throw cause;
    const { problem, problemText } = cause;
    if (problem === "model-missing" || problem === "model-ambiguous") {
      const remedy = `The image took another model than the plan's: plan with a newer image, then create another ${noun}.`;
      throw notReady(context, kind, problemText, { found, problem: "wrong-model", remedy, cause });
    }
    if (problem === "unauthorized") {
      const remedy = `It takes another key than the workbook knows: end it, and create another with ${create}().`;
      throw notReady(context, kind, problemText, { found, problem: "key-refused", remedy, cause });
    }
    return { missing: "its list of models" };
  }
  try {
    await endpoint.client.chat.completions.create(
      { model: endpoint.model, messages: [{ role: "user", content: "Hello" }], max_tokens: 1 },
      { signal, timeout: 90_000 },
    );
    return { endpoint };
  } catch (cause) {
    if (!isRefusal(cause) || options.isOwnRefusal?.(cause) === false) return { missing: "its first answer" };
    const message = `The ${noun} ${found.id} is up, but refused a first chat of one token (HTTP ${cause.status}).`;
    const remedy = "Look at its log; serve a model with a chat template.";
    throw notReady(context, kind, message, { found, problem: "no-answer", remedy, cause });
  }
}

/** A refusal that stays: 404 and 429 pass while a server starts. */
function isRefusal(error: unknown): error is APIError {
  if (!(error instanceof APIError) || typeof error.status !== "number") return false;
  const isPassing = error.status === 404 || error.status === 408 || error.status === 429;
  return error.status >= 400 && error.status < 500 && !isPassing;
}
