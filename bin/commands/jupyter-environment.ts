import { join } from "node:path";

/** Lets Jupyter write into the state folder; no setting is added, since a kernel reads the newest `.env` itself. */
export function jupyterEnvironment({ stateFolder }: { stateFolder: string }): NodeJS.ProcessEnv {
  return {
    ...process.env,
    JUPYTER_DATA_DIR: join(stateFolder, "jupyter/data"),
    JUPYTER_RUNTIME_DIR: join(stateFolder, "jupyter/runtime"),
    IPYTHONDIR: join(stateFolder, "jupyter/ipython"),
  };
}
