import { createRequire } from "node:module";
import { createCellErrors } from "./cell-errors.ts";
import { runReaderFiles } from "./reader-files.ts";
import { createCellRunner, isCellAddress } from "./run-cells.ts";
import { watchParent } from "./watch-parent.ts";

const require = createRequire(import.meta.url);

export function startKernel({ connectionFile, folder }: { connectionFile: string; folder: string }): void {
  watchParent();
  const { JupyterHandlerImpl, ZmqServer } = require("tslab/dist/jupyter.js");
  const errors = createCellErrors({ folder });
  runReaderFiles({
    isCell: isCellAddress,
    onCompiled: ({ label, ...text }) => errors.add({ ...text, label }),
  });
  const runner = createCellRunner({
    folder,
    errors,
    output: { show, complain: (text) => console.error(text) },
  });
  Object.assign(globalThis, { __tslab__: { require } });

  const { bindSocket } = ZmqServer.prototype;
  ZmqServer.prototype.bindSocket = function (socket: object, port: number) {
    if (socket === this.iopub) Object.assign(socket, { sendTimeout: 0, sendHighWaterMark: 0 });
    return bindSocket.call(this, socket, port);
  };
  process.on("SIGINT", () => runner.interrupt());
  const strays = {
    unhandledRejection: "A call failed for which no cell waits: put await in front of it.",
    uncaughtException: "An error outside of any cell's own course, in a timer or an event.",
  };
  for (const [event, lead] of Object.entries(strays)) {
    process.on(event, (error) => console.error(`${lead}\n${errors.describe(error)}`));
  }
  new ZmqServer(new JupyterHandlerImpl(runner, false), connectionFile).init();
}

function show(value: unknown): void {
  if (value === undefined || value === null) return;
  if (Object.prototype.toString.call(value) === "[object DataFrame]") require("workbook/show").show(value);
  else console.log(value);
}
