import { spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, globSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";
import type { ClientOrder } from "./client-order.ts";

/** What vLLM's load generator in Rust cost, from its start to its end. */
export interface RustReport {
  cpuMicrosecondsPerEvent: number;
  memoryMb: number;
}

/**
 * Finds the program `vllm-rs`, which `vllm bench serve` becomes with VLLM_USE_RUST_BENCH=1: vLLM's own variable
 * VLLM_RUST_FRONTEND_PATH names it, else it lies in the package whose `vllm` is on the PATH. `null`: it is not installed.
 */
export function findRustClient(environment = process.env): string | null {
  const named = environment["VLLM_RUST_FRONTEND_PATH"];
  const folders = (environment["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => isProgram(join(folder, "vllm")));
  const packaged = folders.flatMap((folder) =>
    globSync(join(folder, "../lib/python3*/site-packages/vllm/vllm-rs")),
  );
  return [...(named === undefined ? [] : [named]), ...packaged].find(isProgram) ?? null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Sends the same requests as the other clients, as many at once; Python says what the program used. */
export async function rustClient(
  program: string,
  {
    order,
    start,
  }: {
    order: Omit<ClientOrder, "client">;
    start: (command: readonly string[]) => readonly [string, string[]];
  },
): Promise<RustReport> {
  const { baseUrl, apiKey, streams, requestsPerStream, outputTokens } = order;
  const requests = streams * requestsPerStream;
  const folder = mkdtempSync(join(tmpdir(), "workbook-bench-"));
  try {
    const prompts = join(folder, "prompts.jsonl");
    const prompt = (index: number) => `${JSON.stringify({ prompt: `${index} ${words.join(" ")}` })}\n`;
    writeFileSync(prompts, Array.from({ length: requests }, (_, index) => prompt(index)).join(""));
    writeFileSync(join(folder, "tokenizer.json"), JSON.stringify(tokenizer));
    const options = {
      backend: "openai-chat",
      "base-url": new URL(baseUrl).origin,
      endpoint: "/v1/chat/completions",
      model: "timed",
      tokenizer: folder,
      "dataset-name": "custom",
      "dataset-path": prompts,
      "custom-output-len": outputTokens,
      "num-prompts": requests,
      "max-concurrency": streams,
    };
    const parameters = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const command = [program, "bench", "serve", "--ignore-eos", "--disable-tqdm", ...parameters];
    const child = spawn(...start(["python3", "-c", askForUsage, ...command]), {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, OPENAI_API_KEY: apiKey },
    });
    const [printed] = await Promise.all([text(child.stdout), once(child, "exit")]);
    const { code, said, seconds, bytes } = JSON.parse(printed);
    if (code !== 0) throw new Error(`${program} ended with ${code}: ${said}`);
    return {
      cpuMicrosecondsPerEvent: (seconds * 1e6) / (requests * outputTokens),
      memoryMb: bytes / 1_000_000,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const askForUsage = `
import json, resource, subprocess, sys
tool = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
unit = 1 if sys.platform == "darwin" else 1024
print(json.dumps({"code": tool.returncode, "said": tool.stderr[-2000:], "seconds": usage.ru_utime + usage.ru_stime, "bytes": usage.ru_maxrss * unit}))
`;

const words = "time year way day man thing woman life child world state group hand part place case".split(
  " ",
);

/** The program insists on a tokenizer: one token a word. */
const tokenizer = {
  version: "1.0",
  truncation: null,
  padding: null,
  added_tokens: [],
  normalizer: null,
  pre_tokenizer: { type: "Whitespace" },
  post_processor: null,
  decoder: null,
  model: {
    type: "WordLevel",
    vocab: Object.fromEntries(["[UNK]", ...words].map((word, index) => [word, index])),
    unk_token: "[UNK]",
  },
};
