import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { z } from "zod";

/** What Development Containers and VS Code read, as far as it is used here; what else stands there is a mistake. */
const devcontainerSchema = z.strictObject({
  name: z.string(),
  image: z.string(),
  features: z.record(z.string(), z.strictObject({ version: z.string() })),
  postCreateCommand: z.string(),
  forwardPorts: z.array(z.int()),
  portsAttributes: z.record(
    z.string(),
    z.strictObject({
      label: z.string(),
      onAutoForward: z.enum(["notify", "openBrowser", "silent", "ignore"]),
    }),
  ),
  customizations: z.strictObject({
    vscode: z.strictObject({ extensions: z.array(z.string()), settings: z.record(z.string(), z.string()) }),
  }),
});

const read = (path: string) => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), "utf8"));

describe("the development container", () => {
  const container = devcontainerSchema.parse(read(".devcontainer/devcontainer.json"));

  test("has a Node that needs no second one, and the Python that the packages are locked for", () => {
    const [, major] = /typescript-node:(\d+)-/.exec(container.image) ?? [];
    assert.ok(Number(major) >= 24, container.image);
    const [python] = Object.values(container.features);
    assert.match(python?.version ?? "", /^3\.1[01]$/);
  });

  test("sets up with a command that exists, and forwards JupyterLab's port", () => {
    const { scripts } = read("package.json") as { scripts: Record<string, string> };
    assert.equal(container.postCreateCommand, "npm run setup");
    assert.ok(scripts["setup"] !== undefined && scripts["lab"] !== undefined);
    // Jupyter's own default.
    assert.deepEqual(container.forwardPorts, [8888]);
    assert.match(container.portsAttributes["8888"]?.label ?? "", /npm run lab/);
  });

  test("lets VS Code run notebooks with the project's own environment", () => {
    const { extensions, settings } = container.customizations.vscode;
    // Without the second one, the first finds no kernel in a Python environment.
    for (const name of ["ms-toolsai.jupyter", "ms-python.python"]) assert.ok(extensions.includes(name));
    assert.match(settings["python.defaultInterpreterPath"] ?? "", /\/\.venv\/bin\/python$/);
  });
});
