/** What the language of cells is, as a tsconfig.json says it: that of Node 24, and packages as a bundler finds them. */
export const cellOptions = {
  target: "es2025",
  lib: [
    "es2025",
    "esnext.array",
    "esnext.collection",
    "esnext.disposable",
    "esnext.decorators",
    "esnext.error",
  ],
  module: "esnext",
  // A file without any import is a module as well: `await` is a keyword in it.
  moduleDetection: "force",
  moduleResolution: "bundler",
  allowImportingTsExtensions: true,
  resolveJsonModule: true,
  esModuleInterop: true,
  types: ["node"],
  skipLibCheck: true,
  noEmit: true,
};
