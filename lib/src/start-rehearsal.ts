import type { ModelServer, ModelServerOptions } from "./rehearsal/index.ts";

/**
 * Starts a vLLM-shaped server in this process, on a real small model or on a timed engine; see `ModelServerOptions`.
 *
 * The stand-ins are loaded only now: a notebook that talks to a real endpoint never loads them.
 */
export async function startModelServer(options: ModelServerOptions = {}): Promise<ModelServer> {
  const rehearsal = await import("./rehearsal/index.ts");
  return rehearsal.startModelServer(options);
}
