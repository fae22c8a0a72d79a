import { showResult } from "../../lib/src/show/index.ts";

/** Returns what a value shows at the end of a cell: outside Jupyter all of it goes to standard output. */
export async function shown(value: unknown): Promise<string> {
  const own = process.stdout.write;
  let output = "";
  try {
    process.stdout.write = (text: string | Uint8Array) => {
      output += String(text);
      return true;
    };
    await showResult(value);
  } finally {
    process.stdout.write = own;
  }
  return output;
}

export async function shownLines(value: unknown): Promise<string[]> {
  return (await shown(value)).split("\n").slice(0, -1);
}
