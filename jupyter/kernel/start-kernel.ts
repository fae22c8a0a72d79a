// Starts the TypeScript kernel for Jupyter: `node start-kernel.ts <connection file>`. tslab speaks Jupyter's protocol;
// cells are compiled and run by our own code, since tslab's compiler is of 2023.

import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";
import { stopEndlessLoops } from "./stop-endless-loops.ts";

const loops = stopEndlessLoops();
// Compiled code is kept from one kernel to the next: the compiler alone takes a quarter of a second to compile.
enableCompileCache(fileURLToPath(new URL("../../node_modules/.cache/compiled", import.meta.url)));
const { serveCells } = await import("./serve-cells.ts");
// Not awaited: Node would complain of a kernel that is shut down while it starts.
serveCells({ loops, connectionFile: process.argv[2] ?? "", folder: process.cwd() }).catch((error) => {
  // Jupyter chose ports that another program has taken meanwhile. It starts a kernel that has ended again, with other
  // ports, and waits for one that goes on.
  console.error(error);
  process.exit(1);
});
