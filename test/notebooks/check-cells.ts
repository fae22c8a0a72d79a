import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isExpressionStatement, isVoidExpression } from "typescript/unstable/ast/is";
import { API, type Diagnostic, type Project } from "typescript/unstable/sync";
import { cellOptions } from "../../jupyter/kernel/compiler/cell-options.ts";
import { type CellModule, joinCells } from "./join-cells.ts";
import type { Notebook, Problem } from "./read-notebook.ts";

const projectRoot = fileURLToPath(new URL("../..", import.meta.url));
const folder = join(projectRoot, "notebooks");
const configFile = join(folder, "tsconfig.json");

/** As in the kernel, but strict: what readers are shown should be right. */
const compilerOptions = { ...cellOptions, strict: true };

/**
 * Checks the code cells of notebooks as strict TypeScript, and that every promise that a statement makes is awaited:
 * what a cell leaves running prints into the next one, and its failure goes unseen.
 *
 * A name is declared once in a notebook: the functions of earlier cells would see the value of a later declaration.
 * Nothing is written: the compiler reads the cells from memory, as if they were one module in `notebooks/`.
 * @returns the problems of each notebook, in the notebooks' order
 */
export function checkCells(notebooks: readonly Notebook[]): Problem[][] {
  const modules = notebooks.map(({ name, cells }, index) => {
    const codeCells = cells.filter(({ type }) => type === "code");
    const fileOf = (part: number | "all") => join(folder, `notebook-${index}-${part}.ts`);
    return {
      name,
      whole: { file: fileOf("all"), ...joinCells(codeCells) },
      single: codeCells.map((cell, part) => ({ file: fileOf(part), ...joinCells([cell]) })),
    };
  });
  const sources = modules.flatMap(({ whole, single }) => [whole, ...single]);
  const files = new Map(sources.map(({ file, code }) => [file, code]));
  files.set(configFile, JSON.stringify({ compilerOptions, files: [...files.keys()] }));

  const api = new API({
    cwd: projectRoot,
    fs: { readFile: (file) => files.get(file), fileExists: (file) => (files.has(file) ? true : undefined) },
  });
  try {
    const project = api.updateSnapshot({ openProjects: [configFile] }).getProject(configFile);
    if (project === undefined) throw new Error("the compiler did not open the notebooks");
    const configProblems = project.program.getConfigFileParsingDiagnostics();
    if (configProblems.length > 0) throw new Error(configProblems.map(describe).join("\n"));
    return modules.map(({ name, whole, single }) => {
      // A bracket that is missing in one cell must not be looked for in the next.
      const broken = single.flatMap((module) =>
        project.program.getSyntacticDiagnostics(module.file).map((found) => locate(name, module, found)),
      );
      if (broken.length > 0) return broken;
      return [
        ...project.program.getSyntacticDiagnostics(whole.file).map((found) => locate(name, whole, found)),
        ...project.program.getSemanticDiagnostics(whole.file).map((found) => locate(name, whole, found)),
        ...findFloatingPromises(project, whole.file).map((position) => ({
          ...whole.placeOf(position),
          notebook: name,
          text: "a promise is not awaited: put `await` in front of it",
        })),
      ];
    });
  } finally {
    api.close();
  }
}

function locate(notebook: string, module: CellModule, diagnostic: Diagnostic): Problem {
  return { notebook, ...module.placeOf(diagnostic.pos), text: describe(diagnostic) };
}

/** The message and, indented below it, the compiler's reasons. */
function describe({ text, code, messageChain = [] }: Diagnostic): string {
  const reasons = messageChain.map((reason) => describe(reason).replace(/ \(TS\d+\)/g, ""));
  return [`${text} (TS${code})`, ...reasons].join("\n").replaceAll("\n", "\n  ");
}

/** Where the statements begin that make a promise and drop it, as positions in the file. */
function findFloatingPromises({ program, checker }: Project, file: string): number[] {
  const source = program.getSourceFile(file);
  if (source === undefined) throw new Error(`the compiler does not know ${file}`);
  const found: number[] = [];
  const visit = (node: Parameters<typeof isExpressionStatement>[0]): void => {
    if (isExpressionStatement(node)) {
      const { expression } = node;
      const kept = isVoidExpression(expression) ? expression.expression : expression;
      const type = checker.getTypeAtLocation(kept);
      const isPromise = type !== undefined && checker.getPropertyOfType(type, "then") !== undefined;
      if (isPromise) found.push(expression.getStart(source));
    }
    node.forEachChild(visit);
  };
  visit(source);
  return found;
}
