import { createRequire } from "node:module";
import { createCellErrors } from "./cell-errors.ts";
import { boundCellOutput } from "./cell-output.ts";
import { loadTslab } from "./load-tslab.ts";
import { runReaderFiles } from "./reader-files.ts";
import { createCellRunner, interruption, isCellAddress } from "./run-cells.ts";
import { startCompiler } from "./start-compiler.ts";
import type { LoopStop } from "./stop-endless-loops.ts";

const require = createRequire(import.meta.url);

/** What happens outside of any cell's own course. */
const strays = {
  unhandledRejection: "A call failed for which no cell waits: put await in front of it.",
  uncaughtException: "An error outside of any cell's own course, in a timer or an event.",
};

/** Serves the cells that Jupyter sends by the sockets of a connection file, in the notebook's folder. */
export async function serveCells(options: {
  loops: LoopStop;
  connectionFile: string;
  folder: string;
}): Promise<void> {
  const { loops, connectionFile, folder } = options;
  const compiler = startCompiler({ folder, protect: loops.protect });
  const { JupyterHandlerImpl, ZmqServer } = loadTslab();
  boundCellOutput(JupyterHandlerImpl);
  const { add, describe } = createCellErrors({ folder });
  const errors = { add, describe: (thrown: unknown) => loops.protect(() => describe(thrown)) };
  runReaderFiles({ isCell: isCellAddress, compileFile: compiler.compileFile, onCompiled: errors.add });
  const output = { show, complain: (text: string) => console.error(text) };
  const runner = createCellRunner({ folder, compiler, errors, output });
  process.on("SIGINT", runner.interrupt);
  for (const [event, lead] of Object.entries(strays))
    process.on(event, (error) => console.error(`${lead}\n${errors.describe(error)}`));
  // By this the library knows that it is in a kernel.
  Object.assign(globalThis, { __tslab__: { require } });
  const whenStopped = () => {
    console.error(errors.describe(interruption()));
    return false;
  };
  const execute = (cell: string) => loops.runCell(() => runner.execute(cell), whenStopped);
  await new ZmqServer(new JupyterHandlerImpl({ ...runner, execute }, false), connectionFile).init();
}

function show(value: unknown): void {
  if (value === undefined || value === null) return;
  if (Object.prototype.toString.call(value) === "[object DataFrame]") require("workbook/show").show(value);
  else console.log(value);
}
