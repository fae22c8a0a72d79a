import { splitAtOpenSequence, stripControlCharacters } from "../words/index.ts";

/**
 * Returns a printer for the cell that runs now. It writes the first text at once and what follows in batches, so that a
 * long answer is neither slow to start nor thousands of messages; control characters are left out.
 *
 * `flush` writes out what is still waiting; call it before the cell ends, best in a `finally`.
 */
export function createTextPrinter(options: { write?: (text: string) => unknown; batchMs?: number } = {}) {
  // tslab replaces process.stdout.write at every cell: the captured one keeps writing to its own cell.
  const { write = process.stdout.write.bind(process.stdout), batchMs = 50 } = options;
  let waiting = "";
  let hasWritten = false;
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    const { complete, open } = splitAtOpenSequence(waiting);
    waiting = open;
    const text = stripControlCharacters(complete);
    if (text === "") return;
    hasWritten = true;
    write(text);
  }

  function print(text: string): void {
    waiting += text;
    if (waiting === "") return;
    if (!hasWritten) flush();
    else timer ??= setTimeout(flush, batchMs);
  }

  return { print, flush };
}
