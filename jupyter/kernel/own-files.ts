import type { CompilerOptions, ModuleResolutionHost, Program, SourceFile } from "typescript-6";
import { ts } from "./compiler.ts";

/** Lists the TypeScript files of the reader's own that a cell imports by their path, and those that these import. */
export function listOwnFiles(options: {
  program: Program;
  source: SourceFile;
  host: ModuleResolutionHost;
}): SourceFile[] {
  const { program, source, host } = options;
  const found = new Map<string, SourceFile>();
  const follow = (from: SourceFile) => {
    for (const path of importedPaths(from)) {
      const file = resolve(path, { from, host, options: program.getCompilerOptions() });
      const own = file === undefined || found.has(file) ? undefined : program.getSourceFile(file);
      if (file === undefined || own === undefined || !/\.[mc]?ts$/.test(file) || own.isDeclarationFile)
        continue;
      found.set(file, own);
      follow(own);
    }
  };
  follow(source);
  return [...found.values()];
}

/** What a file imports by a path; names of earlier cells come from files that exist in memory alone. */
function importedPaths({ statements }: SourceFile): string[] {
  return statements
    .filter((one) => ts.isImportDeclaration(one) || ts.isExportDeclaration(one))
    .map(({ moduleSpecifier }) => moduleSpecifier)
    .filter((specifier) => specifier !== undefined && ts.isStringLiteral(specifier))
    .map(({ text }) => text)
    .filter((text) => /^\.{0,2}\//.test(text) && !text.startsWith("./__cell_"));
}

function resolve(
  path: string,
  { from, host, options }: { from: SourceFile; host: ModuleResolutionHost; options: CompilerOptions },
): string | undefined {
  return ts.resolveModuleName(path, from.fileName, options, host).resolvedModule?.resolvedFileName;
}
