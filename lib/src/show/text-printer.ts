import { keepKernelMessages } from "../kernel/index.ts";
import { splitAtOpenSequence, stripControlCharacters } from "../words/index.ts";

/** Prints a stream of text into the cell that it was made in. */
export interface TextPrinter {
  /** Takes the next piece of text, of any size. */
  print(text: string): void;
  /** Writes out at once whatever is still waiting; call it before the cell ends, best in a `finally`. */
  flush(): void;
}

/** What a text printer may be given. */
export interface TextPrinterOptions {
  /** Where the text goes; default: the standard output of the cell that runs now. */
  readonly write?: (text: string) => unknown;
  /** How long later text waits for more, in milliseconds. */
  readonly batchMs?: number;
}

/**
 * Returns a printer that writes the first text at once and what follows in batches, so that a long answer is neither
 * slow to start nor thousands of messages. Escape sequences and control characters are left out, also where a sequence comes in two pieces.
 */
export function createTextPrinter(options: TextPrinterOptions = {}): TextPrinter {
  // tslab replaces process.stdout.write at every cell: the captured one keeps writing to its own cell.
  const { write = process.stdout.write.bind(process.stdout), batchMs = 50 } = options;
  let waiting = "";
  let hasWritten = false;
  let timer: NodeJS.Timeout | undefined;
  keepKernelMessages();

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
