import { AsyncLocalStorage } from "node:async_hooks";
import { createRequire } from "node:module";
import { answerEditor } from "./answer-editor.ts";
import { createCellErrors } from "./cell-errors.ts";
import { interruption } from "./cell-run.ts";
import { goOnAfterErrors } from "./go-on-after-errors.ts";
import { loadTslab } from "./load-tslab.ts";
import { boundCellOutput } from "./output/cell-output.ts";
import { runReaderFiles } from "./reader-files.ts";
import { createCellRunner, isCellAddress } from "./run-cells.ts";
import { startCompiler } from "./start-compiler.ts";
import type { LoopStop } from "./stop-endless-loops.ts";
import { tellErrors } from "./tell-errors.ts";

const require = createRequire(import.meta.url);

/** Serves the cells that Jupyter sends by the sockets of a connection file, in the notebook's folder. */
export async function serveCells(options: {
  loops: LoopStop;
  connectionFile: string;
  folder: string;
}): Promise<void> {
  const { loops, connectionFile, folder } = options;
  const compiler = startCompiler({ folder, protect: loops.protect });
  const { JupyterHandlerImpl, ZmqServer } = loadTslab();
  goOnAfterErrors(JupyterHandlerImpl);
  boundCellOutput(JupyterHandlerImpl);
  answerEditor(JupyterHandlerImpl);
  const errors = createCellErrors({ folder, protect: loops.protect });
  runReaderFiles({
    folder,
    isCell: isCellAddress,
    compileFile: compiler.compileFile,
    onCompiled: errors.add,
  });
  const output = { show, complain: (text: string) => console.error(text) };
  const runner = createCellRunner({ folder, compiler, errors, output });
  process.on("SIGINT", runner.interrupt);
  loops.listen(runner.press);
  tellErrors(errors);
  // By this the library knows that it is in a kernel.
  Object.assign(globalThis, { __tslab__: { require } });
  const whenStopped = () => {
    console.error(errors.describe(interruption()));
    return false;
  };
  const execute = (cell: string) =>
    loops.runCell(
      AsyncLocalStorage.bind(() => runner.execute(cell)),
      whenStopped,
    );
  await new ZmqServer(new JupyterHandlerImpl({ ...runner, execute }, false), connectionFile).init();
  // The library is loaded while the compiler gets ready: most notebooks import it in their first cell.
  await import("workbook").catch(() => {});
}

async function show(value: unknown): Promise<void> {
  if (value === undefined) return;
  const library = loadLibrary();
  // An error is told with its place.
  if (library === null || value instanceof Error) console.log(value);
  else await library.showResult(value);
}

/** `null` where it is not built: cells run all the same. */
function loadLibrary(): { showResult(value: unknown): Promise<void> } | null {
  try {
    return require("workbook/show");
  } catch {
    return null;
  }
}
