import type { Readable, Writable } from "node:stream";
import { isCancel, text } from "@clack/prompts";

/** Where somebody is asked; the terminal unless given. */
export interface Terminal {
  input: Readable & { isTTY?: boolean };
  output: Writable;
}

/** Asks on a terminal, and tells whether the answer is a whole `yes`; on Ctrl-C it is not. */
export async function asksYes(question: string, terminal: Terminal): Promise<boolean> {
  const answer = await text({ message: `${question} [yes/no]`, ...terminal });
  return !isCancel(answer) && answer.trim().toLowerCase() === "yes";
}
