// The compiler's own thread: it reads types while the kernel loads packages, and its memory is not the kernel's.

import { type MessagePort, workerData } from "node:worker_threads";
import type { CompileAnswer, CompiledCell, CompileRequest } from "../start-compiler.ts";
import { createCellLanguage } from "./cell-language.ts";
import { compileCell, compileFile } from "./compile-cell.ts";

const { folder, port, signal }: { folder: string; port: MessagePort; signal: Int32Array } = workerData;
const language = createCellLanguage({ folder });

/** What the notebooks use, and the first cell of most will ask for. */
language.check('import "workbook";\nimport "openai";\nimport "nodejs-polars";').keep([]);

let checked: ReturnType<typeof language.check> | null = null;

function compile(cell: string): CompiledCell {
  checked = language.check(cell);
  const { complaints, names } = checked;
  if (complaints.length > 0) return { complaints };
  return { complaints, names, ...compileCell(checked, cell.length) };
}

function answer(request: CompileRequest): unknown {
  switch (request.what) {
    case "compile":
      return compile(request.cell);
    case "keep":
      return checked?.keep(request.names);
    case "complete":
      return language.complete(request.cell, request.offset);
    case "inspect":
      return language.inspect(request.cell, request.offset, request.mostCharacters);
    case "compile file":
      return compileFile(request.file, request.source);
  }
}

port.on("message", (request: CompileRequest) => {
  let answered: CompileAnswer;
  try {
    answered = { value: answer(request) };
  } catch (error) {
    answered = { error: error instanceof Error ? error.message : String(error) };
  }
  port.postMessage(answered);
  Atomics.store(signal, 0, 1);
  Atomics.notify(signal, 0);
});
