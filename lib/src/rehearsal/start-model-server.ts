import { findProjectRoot } from "../project-root.ts";
import type { Engine } from "./engine.ts";
import type { FaultInput } from "./faults.ts";
import { createLlamaEngine } from "./llama-engine.ts";
import { findModelFile } from "./model-file.ts";
import { type ModelServer, serveEngine } from "./model-server.ts";
import { createTimedEngine, type TimedProfile } from "./timed-engine.ts";

/** What a vLLM-shaped server is made of. */
export interface ModelServerOptions {
  /** `llama`: a real small model (default); `timed`: no model, tokens by the clock. */
  engine?: "llama" | "timed" | undefined;
  /** The model id to serve; default is the engine's own. */
  model?: string | undefined;
  /** Default `sk-rehearsal`: not a secret, the server listens on loopback only. */
  apiKey?: string | undefined;
  /** Default: any free port. */
  port?: number | undefined;
  /** Faults of the whole server; a request can ask for its own with the `x-rehearsal-fault` header. */
  faults?: readonly FaultInput[] | undefined;
  /** Decides which requests a fault with a `rate` hits. */
  seed?: number | undefined;
  /** For `llama`: another GGUF file than the one that set-up installed. */
  modelFile?: string | undefined;
  /** For `llama`: threads of the native engine; all cores but one where it is left out. */
  threads?: number | undefined;
  /** For `timed`: how fast it is. */
  profile?: Partial<TimedProfile> | undefined;
}

/**
 * Starts a vLLM-shaped server in this process, on loopback.
 *
 * @throws SettingsError where no model is installed, WorkbookError where it cannot be loaded or the port is taken.
 */
export async function startModelServer(options: ModelServerOptions = {}): Promise<ModelServer> {
  const engine = await createEngine(options);
  const { apiKey = "sk-rehearsal", model, port, faults, seed } = options;
  return serveEngine({ engine, apiKey, model, port, faults, seed });
}

async function createEngine(options: ModelServerOptions): Promise<Engine> {
  if (options.engine === "timed") return createTimedEngine({ profile: options.profile });
  const modelFile = findModelFile({ projectRoot: findProjectRoot(), rehearsalModel: options.modelFile });
  return createLlamaEngine({ modelFile, threads: options.threads });
}
