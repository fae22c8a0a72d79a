"use strict";

// Starts the tslab kernel for Jupyter: `node kernel.cjs <connection file>`.

const ts = require("@tslab/typescript-for-tslab");
const converter = require("tslab/dist/converter.js");
const { ZmqServer } = require("tslab/dist/jupyter.js");
const { startKernel } = require("tslab/dist/main.js");

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
    convert: (declarations, cell) => created.convert(declarations, spellOutShorthand(cell)),
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

// A kernel is in a session of its own, so a Jupyter that is killed leaves it behind. It ends when it is given a new parent.
const parent = process.ppid;
setInterval(() => process.ppid !== parent && process.exit(), 500).unref();

startKernel({ configPath: process.argv[2], enableFindLocal: false });
