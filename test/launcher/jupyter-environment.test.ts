import assert from "node:assert/strict";
import { test } from "node:test";
import { jupyterEnvironment } from "../../bin/commands/jupyter-environment.ts";
import { setEnvironment } from "../helpers/environment.ts";

test("Jupyter writes into the state folder, and gets the user's environment with nothing of ours added", (context) => {
  setEnvironment(context, { OPENAI_API_KEY: "sk-canary_not_a_key", JUPYTER_DATA_DIR: "/elsewhere" });
  const environment: Record<string, string | undefined> = jupyterEnvironment({ stateFolder: "/state" });
  const { JUPYTER_DATA_DIR, JUPYTER_RUNTIME_DIR, IPYTHONDIR, ...others } = environment;
  assert.deepEqual(
    [JUPYTER_DATA_DIR, JUPYTER_RUNTIME_DIR, IPYTHONDIR],
    ["/state/jupyter/data", "/state/jupyter/runtime", "/state/jupyter/ipython"],
  );
  const inherited = Object.entries(process.env).filter(
    ([name]) => !["JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"].includes(name),
  );
  assert.deepEqual(others, Object.fromEntries(inherited));
  assert.equal(others["OPENAI_API_KEY"], "sk-canary_not_a_key");
});
