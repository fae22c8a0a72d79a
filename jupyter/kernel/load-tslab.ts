import { createRequire, registerHooks } from "node:module";
import type { EditorHandler } from "./answer-editor.ts";
import type { ExecuteHandler } from "./go-on-after-errors.ts";
import type { OutputHandler } from "./output/cell-output.ts";
import type { CellRunner } from "./run-cells.ts";

/** Of tslab only what speaks Jupyter's protocol is used. */
export interface Tslab {
  JupyterHandlerImpl: {
    new (runner: CellRunner, isJavaScript: boolean): object;
    prototype: OutputHandler & EditorHandler & ExecuteHandler & { handleIsComplete(): { status: string } };
  };
  ZmqServer: {
    new (handler: object, connectionFile: string): { init(): Promise<void> };
    prototype: {
      bindSocket(this: { iopub: object }, socket: object, port: number): Promise<void>;
      publishStatus(status: "busy" | "idle", request: { header: { msg_type: string } }): void;
    };
  };
}

/** Loads tslab without its compiler of 2023, and mends how it sends. */
export function loadTslab(): Tslab {
  const noCompiler = new URL("no-compiler.cjs", import.meta.url).href;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === "@tslab/typescript-for-tslab"
        ? { url: noCompiler, shortCircuit: true }
        : next(specifier, context),
  });
  const tslab: Tslab = createRequire(import.meta.url)("tslab/dist/jupyter.js");
  const { ZmqServer, JupyterHandlerImpl } = tslab;
  // tslab never waits for a message to be sent. zeromq defers every 512th send of a kernel's life, and a message that
  // comes before a deferred one is out is dropped: a send timeout of 0 defers none. Its queue drops what exceeds 1,000
  // messages: no mark, no drop. The mark counts only when it is set before the socket is bound.
  const { bindSocket, publishStatus } = ZmqServer.prototype;
  ZmqServer.prototype.bindSocket = function (socket, port) {
    if (socket === this.iopub) Object.assign(socket, { sendTimeout: 0, sendHighWaterMark: 0 });
    return bindSocket.call(this, socket, port);
  };
  // A kernel is idle when no cell runs or waits, and not when one of them has ended or an editor has got its answer.
  const cells = new Set<Parameters<typeof publishStatus>[1]>();
  ZmqServer.prototype.publishStatus = function (status, request) {
    publishStatus.call(this, status, request);
    if (status === "idle") cells.delete(request);
    else if (request.header.msg_type === "execute_request") cells.add(request);
    const [next] = cells;
    if (status === "idle" && next !== undefined) publishStatus.call(this, "busy", next);
  };
  // Lab asks every kernel for a history; tslab has none, and says so in the terminal or in a cell.
  const { warn } = console;
  console.warn = (...parts) => {
    if (parts[0] !== "unknown msg_type: history_request") warn(...parts);
  };
  // Only a terminal asks whether a cell is whole, and it can tell by itself.
  JupyterHandlerImpl.prototype.handleIsComplete = () => ({ status: "unknown" });
  return tslab;
}
