"use strict";

// Starts the tslab kernel for Jupyter: `node kernel.cjs <connection file>`.

const ts = require("@tslab/typescript-for-tslab");
const converter = require("tslab/dist/converter.js");
const executor = require("tslab/dist/executor.js");
const { ZmqServer } = require("tslab/dist/jupyter.js");
const { startKernel } = require("tslab/dist/main.js");
const { createCellErrors } = require("./cell-errors.cjs");

const cellErrors = createCellErrors();

// tslab never waits for a message to be sent. zeromq defers every 512th send of a kernel's life, and a message that
// comes before a deferred one is out is dropped: a send timeout of 0 defers none. Its queue drops what exceeds 1,000
// messages: no mark, no drop. The mark counts only when it is set before the socket is bound.
const { bindSocket } = ZmqServer.prototype;
ZmqServer.prototype.bindSocket = function (socket, port) {
  if (socket === this.iopub) Object.assign(socket, { sendTimeout: 0, sendHighWaterMark: 0 });
  return bindSocket.call(this, socket, port);
};

// tslab does not find a variable of an earlier cell in `{ model, messages }`; in `{ model: model }` it does.
const { createConverter } = converter;
converter.createConverter = (...options) => {
  const created = createConverter(...options);
  return {
    ...created,
    convert: (declarations, cell) => {
      const converted = created.convert(declarations, spellOutShorthand(cell));
      return converted.output
        ? { ...converted, output: cellErrors.nameCell(cell, converted.output) }
        : converted;
    },
  };
};

function spellOutShorthand(cell) {
  const names = [];
  const visit = (node) => {
    if (ts.isShorthandPropertyAssignment(node)) names.push(node.name);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("cell.ts", cell, ts.ScriptTarget.Latest));
  return names.reduceRight((code, { text, end }) => `${code.slice(0, end)}: ${text}${code.slice(end)}`, cell);
}

// What a cell throws, and what the compiler says of it, is told in one paragraph.
const { createExecutor } = executor;
executor.createExecutor = (folder, converters, output) =>
  createExecutor(folder, converters, {
    ...output,
    error: (...parts) => output.error(cellErrors.describe(...parts)),
  });

// A kernel is in a session of its own, so a Jupyter that is killed leaves it behind. It ends when it is given a new parent.
const parent = process.ppid;
setInterval(() => process.ppid !== parent && process.exit(), 500).unref();

startKernel({ configPath: process.argv[2], enableFindLocal: false });

const strays = {
  unhandledRejection: "A call failed for which no cell waits: put await in front of it.",
  uncaughtException: "An error outside of any cell's own course, in a timer or an event.",
};
for (const [event, lead] of Object.entries(strays)) {
  process.removeAllListeners(event);
  process.on(event, (error) => console.error(`${lead}\n${cellErrors.describe(error)}`));
}
