import { findProjectRoot } from "workbook/project-root";
import type { Engine } from "./engine.ts";
import { createLlamaEngine } from "./llama-engine.ts";
import { findModelFile } from "./model-file.ts";
import { type ModelQuirks, wearQuirks } from "./model-quirks.ts";
import { createTimedEngine, type TimedProfile } from "./timed-engine.ts";

/** Which engine answers, and how it is set. */
export interface EngineOptions {
  /** `llama`: a real small model (default); `timed`: no model, tokens by the clock. */
  engine?: "llama" | "timed" | undefined;
  /** For `llama`: another GGUF file than the one that set-up installed. */
  modelFile?: string | undefined;
  /** For `llama`: threads of the native engine; all cores but one where it is left out. */
  threads?: number | undefined;
  /** For `timed`: how fast it is. */
  profile?: Partial<TimedProfile> | undefined;
  /** In what the model differs from the one that answers, to rehearse with it. */
  quirks?: ModelQuirks | undefined;
}

/**
 * Loads the engine that is asked for.
 *
 * @throws SettingsError where no model is installed, WorkbookError where it cannot be loaded.
 */
export async function loadEngine(options: EngineOptions): Promise<Engine> {
  const engine = await loadPlainEngine(options);
  return options.quirks === undefined ? engine : wearQuirks(engine, options.quirks);
}

async function loadPlainEngine(options: EngineOptions): Promise<Engine> {
  if (options.engine === "timed") return createTimedEngine({ profile: options.profile });
  const modelFile = findModelFile({ projectRoot: findProjectRoot(), rehearsalModel: options.modelFile });
  return createLlamaEngine({ modelFile, threads: options.threads });
}

/** Loads the engine that is asked for, or the timed one where the usual model cannot be loaded on this machine. */
export async function loadBestEngine(options: EngineOptions): Promise<Engine> {
  try {
    return await loadEngine(options);
  } catch (error) {
    // A model that somebody named must be the one that answers. Without, every step can still be rehearsed: all
    // answers then say that they are simulated.
    if (options.modelFile !== undefined) throw error;
    console.error(error);
    return loadEngine({ ...options, engine: "timed" });
  }
}
