"use strict";

// Starts the tslab kernel for Jupyter: `node kernel.cjs <connection file>`.

// Compiled code is kept from one kernel to the next: TypeScript alone takes a quarter of a second to compile.
require("node:module").enableCompileCache?.(
  require("node:path").join(__dirname, "../node_modules/.cache/compiled"),
);

const { stopEndlessLoops } = require("./kernel/stop-endless-loops.ts");
const loops = stopEndlessLoops();

const converter = require("tslab/dist/converter.js");
const executor = require("tslab/dist/executor.js");
const { JupyterHandlerImpl, ZmqServer } = require("tslab/dist/jupyter.js");
const { startKernel } = require("tslab/dist/main.js");
const { adaptCell } = require("./adapt-cell.cjs");
const { createCellErrors } = require("./cell-errors.cjs");
const { boundCellOutput } = require("./kernel/cell-output.ts");

const cellErrors = createCellErrors();

// tslab never waits for a message to be sent. zeromq defers every 512th send of a kernel's life, and a message that
// comes before a deferred one is out is dropped: a send timeout of 0 defers none. Its queue drops what exceeds 1,000
// messages: no mark, no drop. The mark counts only when it is set before the socket is bound.
const { bindSocket } = ZmqServer.prototype;
ZmqServer.prototype.bindSocket = function (socket, port) {
  if (socket === this.iopub) Object.assign(socket, { sendTimeout: 0, sendHighWaterMark: 0 });
  return bindSocket.call(this, socket, port);
};

boundCellOutput(JupyterHandlerImpl);

// A cell is adapted to what tslab takes, and gets a name by which errors find its lines.
const { createConverter } = converter;
converter.createConverter = (...options) => {
  const created = createConverter(...options);
  return {
    ...created,
    inspect: (...where) => loops.protect(() => created.inspect(...where)),
    complete: (...where) => loops.protect(() => created.complete(...where)),
    convert: (declarations, cell) =>
      loops.protect(() => {
        const { code, toCell, awaits } = adaptCell(cell);
        const converted = created.convert(declarations, code);
        const diagnostics = converted.diagnostics.map((said) => placeInCell(said, cell, toCell));
        const told = { ...converted, diagnostics, hasToplevelAwait: converted.hasToplevelAwait || awaits };
        return converted.output ? { ...told, output: cellErrors.nameCell(cell, converted.output) } : told;
      }),
  };
};

function placeInCell(said, cell, toCell) {
  // What has a file name is said of another file.
  if (said.fileName) return said;
  const offset = toCell(said.start.offset);
  const before = cell.slice(0, offset).split("\n");
  return { ...said, start: { offset, line: before.length - 1, character: before.at(-1).length } };
}

// What a cell throws, and what the compiler says of it, is told in one paragraph. A polars frame that a cell ends in is
// shown as a table; all other values are printed.
const { createExecutor } = executor;
executor.createExecutor = (folder, converters, output) => {
  const error = (...parts) => loops.protect(() => output.error(cellErrors.describe(...parts)));
  const created = createExecutor(folder, converters, {
    ...output,
    log: (value) => (isFrame(value) ? showFrame(value, output) : output.log(value)),
    error,
  });
  const whenStopped = () => {
    error(new Error("Interrupted asynchronously"));
    return false;
  };
  return { ...created, execute: (cell) => loops.runCell(() => created.execute(cell), whenStopped) };
};

function showFrame(frame, output) {
  try {
    loops.protect(() => require("workbook/show")).show(frame);
  } catch {
    // The library cannot be loaded: polars prints the frame in its own way.
    output.log(frame);
  }
}

function isFrame(value) {
  return Object.prototype.toString.call(value) === "[object DataFrame]";
}

startKernel({ configPath: process.argv[2], enableFindLocal: false });

const strays = {
  unhandledRejection: "A call failed for which no cell waits: put await in front of it.",
  uncaughtException: "An error outside of any cell's own course, in a timer or an event.",
};
for (const [event, lead] of Object.entries(strays)) {
  process.removeAllListeners(event);
  process.on(event, (error) => console.error(`${lead}\n${cellErrors.describe(error)}`));
}
