import { showResult } from "../../lib/src/show/index.ts";

/** Returns what is written to standard output meanwhile, to which everything is displayed outside Jupyter. */
export async function printed(act: () => unknown): Promise<string> {
  const own = process.stdout.write;
  let output = "";
  try {
    process.stdout.write = (text: string | Uint8Array) => {
      output += String(text);
      return true;
    };
    await act();
  } finally {
    process.stdout.write = own;
  }
  return output;
}

/** Returns what a value shows at the end of a cell. */
export function shown(value: unknown): Promise<string> {
  return printed(() => showResult(value));
}

export async function shownLines(value: unknown): Promise<string[]> {
  return (await shown(value)).split("\n").slice(0, -1);
}
