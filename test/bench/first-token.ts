import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endRehearsal } from "../../rehearsal/src/index.ts";

const program = `
  import { openEndpoint, streamChat } from "workbook";
  const endpoint = await openEndpoint();
  const request = { messages: [{ role: "user", content: "Hello, how are you?" }], max_tokens: 16 };
  for await (const event of streamChat(endpoint, request)) if (event.type === "text") process.stdout.write(event.text);
`;
const repeats = 5;

/** Starts node, which starts the rehearsal and chats, and takes the time until its first text is there. */
export async function firstTokenBench(): Promise<Record<string, number>> {
  const coldMs: number[] = [];
  const warmMs: number[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const stateFolder = mkdtempSync(join(tmpdir(), "workbook-bench-"));
    coldMs.push(await timeFirstText(stateFolder));
    warmMs.push(await timeFirstText(stateFolder));
    await endRehearsal({ stateFolder });
    rmSync(stateFolder, { recursive: true });
  }
  return {
    "median (ms)": median(coldMs),
    "slowest (ms)": Math.max(...coldMs),
    "median, rehearsal up (ms)": median(warmMs),
  };
}

async function timeFirstText(stateFolder: string): Promise<number> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    env: {
      ...process.env,
      WORKBOOK_IGNORE_ENV_FILE: "1",
      WORKBOOK_TARGET: "rehearsal",
      WORKBOOK_STATE: stateFolder,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const firstTextMs = await new Promise<number>((resolve, reject) => {
    child.stdout.once("data", () => resolve(performance.now() - startedMs));
    child.once("close", (code) => reject(new Error(`The chat ended with ${code} and without any text.`)));
  });
  await ended;
  return firstTextMs;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
