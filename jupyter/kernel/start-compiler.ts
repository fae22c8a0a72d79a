import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";
import type { Complaint } from "workbook/explain";
import type { Completion } from "./compiler/complete-cell.ts";
import type { Description } from "./compiler/describe-place.ts";
import type { DeclaredName } from "./compiler/list-names.ts";

/** Far longer than any cell takes: the compiler's thread has died, of want of memory for instance. */
const longestWaitMs = 300_000;

/** What the compiler makes of a cell: what is wrong with it, or what can run. */
export type CompiledCell =
  | { complaints: Complaint[]; code?: undefined }
  | {
      complaints: Complaint[];
      /** Statements in JavaScript, with `await`; the last expression's value is returned as `[value]`. */
      code: string;
      /** A source map from its lines to those of the cell. */
      map: string;
      /** The names that the cell declares at its top. */
      names: DeclaredName[];
    };

/** Compiles cells, in a thread of its own; every call waits for the answer. */
export interface Compiler {
  compile(cell: string): CompiledCell;
  /** Makes names of the cell that was compiled last known to later cells. */
  keep(names: readonly string[]): void;
  complete(cell: string, offset: number): Completion;
  inspect(cell: string, offset: number, mostCharacters: number): Description | null;
  /** Compiles a file that a cell imports. */
  compileFile(file: string, source: string): { code: string; map: string };
}

/** What the thread is asked. */
export type CompileRequest =
  | { what: "compile"; cell: string }
  | { what: "keep"; names: readonly string[] }
  | { what: "complete"; cell: string; offset: number }
  | { what: "inspect"; cell: string; offset: number; mostCharacters: number }
  | { what: "compile file"; file: string; source: string };

/** What it answers. */
export type CompileAnswer = { value: unknown } | { error: string };

/** Starts the compiler for the cells of a kernel that runs in `folder`; it gets ready while the kernel does. */
export function startCompiler(options: {
  folder: string;
  /** Keeps an interrupt from ending the wait by force. */
  protect<Result>(wait: () => Result): Result;
}): Compiler {
  const { folder, protect } = options;
  const signal = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const { port1: ours, port2: port } = new MessageChannel();
  const worker = new Worker(new URL("./compiler/compiler-entry.mjs", import.meta.url), {
    workerData: { folder, port, signal },
    transferList: [port],
  });
  worker.unref();
  ours.unref();

  const ask = <Answer>(request: CompileRequest): Answer => {
    Atomics.store(signal, 0, 0);
    ours.postMessage(request);
    const hasWaited = protect(() => Atomics.wait(signal, 0, 0, longestWaitMs));
    const answered = hasWaited === "timed-out" ? undefined : receiveMessageOnPort(ours)?.message;
    if (answered === undefined)
      throw new Error("The compiler does not answer any more. Kernel → Restart starts it anew.");
    if ("error" in answered) throw new Error(answered.error);
    return answered.value;
  };
  return {
    compile: (cell) => ask({ what: "compile", cell }),
    keep: (names) => ask({ what: "keep", names }),
    complete: (cell, offset) => ask({ what: "complete", cell, offset }),
    inspect: (cell, offset, mostCharacters) => ask({ what: "inspect", cell, offset, mostCharacters }),
    compileFile: (file, source) => ask({ what: "compile file", file, source }),
  };
}
