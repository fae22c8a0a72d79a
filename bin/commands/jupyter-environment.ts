import { join } from "node:path";

/**
 * Returns the environment in which Jupyter runs: what it writes goes to the state folder, nothing to the user's home.
 *
 * No target, address or key is added: a kernel reads `.env` itself, so that an edited one counts at the next start.
 */
export function jupyterEnvironment({ stateFolder }: { stateFolder: string }): NodeJS.ProcessEnv {
  return {
    ...process.env,
    JUPYTER_DATA_DIR: join(stateFolder, "jupyter/data"),
    JUPYTER_RUNTIME_DIR: join(stateFolder, "jupyter/runtime"),
    IPYTHONDIR: join(stateFolder, "jupyter/ipython"),
  };
}
