import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { ClientOrder, ClientReport } from "./load/client-order.ts";
import { findRustClient, rustClient } from "./load/rust-client.ts";
import type { ServerTruth } from "./load/server.ts";

const requestsPerStream = 6;
const outputTokens = 128;

/**
 * Measures one number of streams with the bare loop, the instrument and vLLM's own load generator, and puts what they say
 * beside the server's own count.
 *
 * Each process has one core where the machine has two and `taskset`: the server one, the clients the other, in turn.
 */
export async function loadGeneratorBench(options: {
  streams: number;
}): Promise<Record<string, number | string>> {
  const { streams } = options;
  const server = start("server.ts", [String(streams), String(outputTokens)], 1);
  const { baseUrl, apiKey } = await receive<{ baseUrl: string; apiKey: string }>(server);
  const order = { baseUrl, apiKey, streams, requestsPerStream, outputTokens, rampMs: 2_000 };
  try {
    const bare = await runClient({ ...order, client: "bare loop" });
    const bareTruth = await report(server);
    const ours = await runClient({ ...order, client: "instrument" });
    const truth = await report(server);
    const program = findRustClient();
    const onItsCore = (command: readonly string[]) => onCore(0, command);
    const rust = program === null ? null : await rustClient(program, { order, start: onItsCore });
    const beside = (value: number, other: number | undefined) =>
      other === undefined
        ? "vllm-rs is not installed: VLLM_RUST_FRONTEND_PATH can name it"
        : (value / other) * 100;
    const off = (value: number, right: number) => (value / right - 1) * 100;
    return {
      "tokens/s": ours.tokensPerSecond,
      "tokens/s, server's count": truth.tokensPerSecond,
      "tokens/s off by (%)": off(ours.tokensPerSecond, truth.tokensPerSecond),
      "tokens off by (count)": ours.tokens - truth.tokens,
      "TTFT p50 (ms)": ours.timeToFirstTokenMsP50,
      "TTFT p50 over server's (ms)": ours.timeToFirstTokenMsP50 - truth.timeToFirstTokenMsP50,
      "TPOT p50 (ms)": ours.timePerOutputTokenMsP50,
      "TPOT off by (%)": off(ours.timePerOutputTokenMsP50, truth.timePerOutputTokenMsP50),
      "CPU per event (µs)": ours.cpuMicrosecondsPerEvent,
      "bare loop: CPU per event (µs)": bare.cpuMicrosecondsPerEvent,
      "CPU, share of the bare loop (%)": (ours.cpuMicrosecondsPerEvent / bare.cpuMicrosecondsPerEvent) * 100,
      "CPU, share of vLLM's Rust client (%)": beside(
        ours.cpuMicrosecondsPerEvent,
        rust?.cpuMicrosecondsPerEvent,
      ),
      ...(rust === null
        ? {}
        : {
            "vLLM's Rust client: CPU per event (µs)": rust.cpuMicrosecondsPerEvent,
            "vLLM's Rust client: memory (MB)": rust.memoryMb,
          }),
      "memory (MB)": ours.memoryMb,
      "bare loop: memory (MB)": bare.memoryMb,
      "memory, share of the bare loop (%)": (ours.memoryMb / bare.memoryMb) * 100,
      "bare loop: whole-run tokens/s": bare.wholeRunTokensPerSecond,
      "whole-run tokens/s": ours.wholeRunTokensPerSecond,
      "bare loop: TTFT p50 over server's (ms)": bare.timeToFirstTokenMsP50 - bareTruth.timeToFirstTokenMsP50,
      judged: ours.verdict,
    };
  } finally {
    server.send("close");
    await once(server, "exit");
  }
}

async function report(server: ChildProcess): Promise<ServerTruth> {
  server.send("report");
  return receive<ServerTruth>(server);
}

async function runClient(order: ClientOrder): Promise<ClientReport> {
  const client = start("client.mjs", [], 0, process.execArgv);
  client.send(order);
  const result = await receive<ClientReport>(client);
  await once(client, "exit");
  return result;
}

function start(file: string, parameters: string[], core: number, options: string[] = []): ChildProcess {
  const path = fileURLToPath(new URL(`load/${file}`, import.meta.url));
  const [program, rest] = onCore(core, [process.execPath, ...options, path, ...parameters]);
  return spawn(program, rest, {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: { ...process.env, WORKBOOK_IGNORE_ENV_FILE: "1" },
  });
}

function onCore(core: number, command: readonly string[]): [string, string[]] {
  const hasTaskset = spawnSync("taskset", ["-c", String(core), "true"]).status === 0;
  const [program = "", ...rest] = hasTaskset ? ["taskset", "-c", String(core), ...command] : command;
  return [program, rest];
}

async function receive<Message>(child: ChildProcess): Promise<Message> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => reject(new Error(`A process of the bench ended with ${code}.`));
    child.once("exit", onExit);
    child.once("message", (message) => {
      child.off("exit", onExit);
      resolve(message as Message);
    });
  });
}
