// Starts the TypeScript kernel for Jupyter: `node start-kernel.ts <connection file>`. tslab speaks Jupyter's protocol;
// cells are compiled and run by our own code, since tslab's compiler is of 2023.

import { enableCompileCache, registerHooks } from "node:module";
import { fileURLToPath } from "node:url";

// Compiled code is kept from one kernel to the next: TypeScript alone takes a quarter of a second to compile.
enableCompileCache(fileURLToPath(new URL("../../node_modules/.cache/compiled", import.meta.url)));

// tslab asks for a compiler of its own, of which only the parser is used: it gets ours.
registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier === "@tslab/typescript-for-tslab" ? "typescript-6" : specifier, context),
});

const { startKernel } = await import("./serve-cells.ts");
startKernel({ connectionFile: process.argv[2] ?? "", folder: process.cwd() });
