// `npm run lab`: JupyterLab with the rehearsal beside it.

import { delimiter, join, relative } from "node:path";
import { loadSettings } from "workbook";
import { runInForeground } from "../set-up/child-processes.mjs";
import { inProject, listNotebooks, projectRoot, python } from "../set-up/project.mjs";
import { runCommand } from "../set-up/stage.mjs";
import { jupyterEnvironment } from "./jupyter-environment.ts";
import { withRehearsal } from "./rehearsal.ts";

await runCommand("lab", ({ rest }) => withRehearsal(() => openLab(rest)));

async function openLab(options: readonly string[]): Promise<number> {
  const [firstNotebook] = listNotebooks();
  const path = firstNotebook === undefined ? "" : `/tree/${relative(projectRoot, firstNotebook)}`;
  return runInForeground(
    python,
    [
      // Its warnings are about itself: kernels of other languages, pings, which notebooks it trusts.
      ...[inProject("jupyter/lab.py"), "--ServerApp.log_level=ERROR", "--LabApp.log_level=ERROR"],
      // The other one asks PyPI for extensions.
      "--LabApp.extension_manager=readonly",
      "--ServerApp.ip=127.0.0.1",
      `--ServerApp.root_dir=${projectRoot}`,
      "--MultiKernelManager.default_kernel_name=tslab",
      `--LabApp.default_url=/lab${path}`,
      // Jupyter refuses to run as root, which is what everyone is in a container.
      ...(process.getuid?.() === 0 ? ["--allow-root"] : []),
      ...options,
    ],
    { environment: labEnvironment(), kind: "process" },
  );
}

/** Lab's own settings live in the state folder, its defaults in the project; the user's configuration is left alone. */
function labEnvironment(): NodeJS.ProcessEnv {
  const { stateFolder } = loadSettings();
  const inherited = process.env["JUPYTER_CONFIG_PATH"];
  return {
    ...jupyterEnvironment({ stateFolder }),
    JUPYTER_CONFIG_PATH: [inProject("jupyter/lab"), ...(inherited ? [inherited] : [])].join(delimiter),
    JUPYTERLAB_SETTINGS_DIR: join(stateFolder, "jupyter/lab-settings"),
    JUPYTERLAB_WORKSPACES_DIR: join(stateFolder, "jupyter/lab-workspaces"),
  };
}
