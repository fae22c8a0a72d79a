// The compiler of the cells: TypeScript 6, the last one with an interface for JavaScript.

import { createRequire } from "node:module";

// An `import` would have Node read its nine megabytes once more, in search of names.
export const ts: typeof import("typescript-6") = createRequire(import.meta.url)("typescript-6");

/** What cells, and files that they import, become: all that is newer is written in older terms. */
export const outputOptions = {
  target: ts.ScriptTarget.ES2025,
  module: ts.ModuleKind.ESNext,
  // A file without any import is a module as well: `await` is a keyword in it.
  moduleDetection: ts.ModuleDetectionKind.Force,
  isolatedModules: true,
  sourceMap: true,
  newLine: ts.NewLineKind.LineFeed,
} satisfies import("typescript-6").CompilerOptions;
