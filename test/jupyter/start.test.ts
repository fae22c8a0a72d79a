import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { findClosedPort, startLocalServer } from "../helpers/local-server.ts";

const inProject = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const spec = JSON.parse(readFileSync(inProject(".venv/share/jupyter/kernels/tslab/kernel.json"), "utf8")) as {
  argv: string[];
};

function makeFolder(context: { after(work: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), "kernel-start-"));
  context.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

describe("where another program has taken a port that Jupyter chose", () => {
  test("the kernel ends, so that Jupyter starts another one", async (context) => {
    const other = await startLocalServer(context, () => {});
    const names = ["iopub_port", "shell_port", "control_port", "stdin_port", "hb_port"];
    const ports = await Promise.all(names.map(async (name) => [name, await findClosedPort()] as const));
    const connection = { transport: "tcp", ip: "127.0.0.1", key: "", signature_scheme: "hmac-sha256" };
    const file = join(makeFolder(context), "connection.json");
    const taken = { shell_port: Number(new URL(other.url).port) };
    writeFileSync(file, JSON.stringify({ ...connection, ...Object.fromEntries(ports), ...taken }));
    const [command = "", ...parameters] = spec.argv.map((one) => one.replace("{connection_file}", file));
    const kernel = spawn(command, parameters, { stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    kernel.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    const [exitCode] = await once(kernel, "close");
    assert.equal(exitCode, 1);
    assert.match(said, /Address already in use/);
  });

  test("a notebook is executed by the next kernel", (context) => {
    const folder = makeFolder(context);
    const kernelFolder = join(folder, "kernels/tslab");
    mkdirSync(kernelFolder, { recursive: true });
    const begun = join(folder, "begun");
    const start = join(folder, "start.sh");
    writeFileSync(start, `#!/bin/sh\n[ -e "${begun}" ] || { : > "${begun}"; exit 1; }\nexec "$@"\n`);
    chmodSync(start, 0o700);
    const argv = [start, ...spec.argv];
    writeFileSync(join(kernelFolder, "kernel.json"), JSON.stringify({ ...spec, argv }));
    const metadata = { kernelspec: { name: "tslab", display_name: "TypeScript", language: "typescript" } };
    const cell = {
      id: "one",
      cell_type: "code",
      metadata: {},
      source: "1 + 1",
      outputs: [],
      execution_count: null,
    };
    const notebook = join(folder, "one.ipynb");
    writeFileSync(notebook, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata, cells: [cell] }));
    const copy = join(folder, "copy.ipynb");
    const { stdout } = spawnSync(
      inProject(".venv/bin/python"),
      [inProject("jupyter/execute.py"), notebook, copy],
      {
        encoding: "utf8",
        env: { ...process.env, JUPYTER_PATH: folder },
      },
    );
    assert.match(stdout, /"failure": null/);
    assert.match(readFileSync(copy, "utf8"), /"2\\n"/);
  });
});
