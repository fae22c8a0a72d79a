// Where the compiler's thread begins: compiled code is kept for each thread by itself, and must be from its first line on.

import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

enableCompileCache(fileURLToPath(new URL("../../../node_modules/.cache/compiled", import.meta.url)));
await import("./compiler-thread.ts");
