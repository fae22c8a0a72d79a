import type { CompilerOptions, ModuleResolutionHost, Program, SourceFile } from "typescript-6";
import { listModules } from "./cell-syntax.ts";
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
    for (const path of listModules(from).filter((module) => /^\.{0,2}\//.test(module))) {
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

function resolve(
  path: string,
  { from, host, options }: { from: SourceFile; host: ModuleResolutionHost; options: CompilerOptions },
): string | undefined {
  return ts.resolveModuleName(path, from.fileName, options, host).resolvedModule?.resolvedFileName;
}
