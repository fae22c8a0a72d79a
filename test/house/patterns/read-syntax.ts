import { globSync } from "node:fs";
import { join } from "node:path";
import type { Node, SourceFile } from "typescript/unstable/ast";
import { API } from "typescript/unstable/sync";
import { listSources, projectRoot } from "../list-imports.ts";

const configFile = join(projectRoot, "patterns.tsconfig.json");
const compilerOptions = {
  allowJs: true,
  noEmit: true,
  noLib: true,
  noResolve: true,
  types: [],
  target: "esnext",
};

/** Reads the syntax of every file of the project that is TypeScript or JavaScript; scripts of reports included. */
export function readSyntax(): { file: string; syntax: SourceFile }[] {
  const scripts = globSync(["jupyter/*.cjs", "jupyter/templates/**/*.js"], { cwd: projectRoot });
  const files = [...listSources(), ...scripts.sort()];
  const config = JSON.stringify({ compilerOptions, files });
  const isConfig = (path: string) => path === configFile;
  const api = new API({
    cwd: projectRoot,
    fs: {
      readFile: (path) => (isConfig(path) ? config : undefined),
      fileExists: (path) => (isConfig(path) ? true : undefined),
    },
  });
  try {
    const program = api.updateSnapshot({ openProjects: [configFile] }).getProject(configFile)?.program;
    return files.map((file) => {
      const syntax = program?.getSourceFile(join(projectRoot, file));
      if (syntax === undefined) throw new Error(`the compiler did not read ${file}`);
      return { file, syntax };
    });
  } finally {
    api.close();
  }
}

/** Lists a node and all that is in it. */
export function listNodes(node: Node): Node[] {
  const nodes = [node];
  node.forEachChild((child) => {
    nodes.push(...listNodes(child));
  });
  return nodes;
}

/** Says where a node stands, as file and line. */
export function placeOf(file: string, syntax: SourceFile, node: Node): string {
  const before = syntax.text.slice(0, node.getStart(syntax));
  return `${file}:${before.split("\n").length}`;
}
