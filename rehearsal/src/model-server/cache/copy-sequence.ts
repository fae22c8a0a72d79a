import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LlamaContextSequence } from "node-llama-cpp";

/** Copies what one sequence has computed to another of the same context, in place of what that held. */
export async function copySequence(from: LlamaContextSequence, to: LlamaContextSequence): Promise<void> {
  // The engine offers no other way; 384 tokens of the small model are 9 MB, and take a tenth of the time to read them.
  const folder = await mkdtemp(join(tmpdir(), "workbook-sequence-"));
  try {
    const file = join(folder, "state");
    await from.saveStateToFile(file);
    await to.loadStateFromFile(file, { acceptRisk: true });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
