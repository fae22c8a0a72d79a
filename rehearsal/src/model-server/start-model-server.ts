import type { FaultInput } from "../faults/chat-faults.ts";
import { type EngineOptions, loadEngine } from "./load-engine.ts";
import { type ModelServer, serveEngine } from "./model-server.ts";

/** What a vLLM-shaped server is made of. */
export interface ModelServerOptions extends EngineOptions {
  /** The model id to serve; default is the engine's own. */
  model?: string | undefined;
  /** What the server says that it has loaded, where that differs from the served id. */
  root?: string | undefined;
  /** Default `sk-rehearsal`: not a secret, the server listens on loopback only. */
  apiKey?: string | undefined;
  /** Default: any free port. */
  port?: number | undefined;
  /** Faults of the whole server; a request can ask for its own with the `x-rehearsal-fault` header. */
  faults?: readonly FaultInput[] | undefined;
  /** Decides which requests a fault with a `rate` hits. */
  seed?: number | undefined;
}

/**
 * Starts a vLLM-shaped server in this process, on loopback.
 *
 * @throws SettingsError where no model is installed, WorkbookError where it cannot be loaded or the port is taken.
 */
export async function startModelServer(options: ModelServerOptions = {}): Promise<ModelServer> {
  const engine = await loadEngine(options);
  const { apiKey = "sk-rehearsal", model, root, port, faults, seed } = options;
  return serveEngine({ engine, apiKey, model, root, port, faults, seed });
}
