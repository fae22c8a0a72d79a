import type { ModelServer } from "../../model-server/model-server.ts";
import type { Account } from "../account/account.ts";
import { appendLine, writeScriptedLines } from "../account/pod.ts";
import type { PodServers } from "./pod-servers.ts";

interface Counts {
  atMs: number;
  promptTokens: number;
  generatedTokens: number;
  running: number;
  waiting: number;
  cacheUsage: number;
}

/**
 * Writes vLLM's throughput line into the log of each pod that serves, from the server's own counters.
 *
 * vLLM writes it every 10 s while it works, and once more when it has fallen still; so does this, at its own pace.
 */
export function writeServingLog(options: { account: Account; servers: PodServers; everyMs: number }): {
  stop(): void;
} {
  const { account, servers, everyMs } = options;
  const last = new Map<string, { counts: Counts; wasBusy: boolean }>();

  const writeLine = async (podId: string, server: ModelServer) => {
    const counts = await readCounts(server, performance.now());
    const before = last.get(podId);
    const pod = account.findPod(podId) ?? account.workers.get(podId);
    if (pod === undefined) return;
    const isBusy = counts.running > 0 || counts.generatedTokens > (before?.counts.generatedTokens ?? 0);
    last.set(podId, { counts, wasBusy: isBusy });
    if (!isBusy && before?.wasBusy !== true) return;
    const seconds = (counts.atMs - (before?.counts.atMs ?? counts.atMs - everyMs)) / 1_000;
    const perSecond = (name: "promptTokens" | "generatedTokens") =>
      ((counts[name] - (before?.counts[name] ?? 0)) / seconds).toFixed(1);
    const nowMs = account.clock.nowMs();
    writeScriptedLines(pod, nowMs);
    appendLine(pod, {
      atMs: nowMs,
      source: "container",
      line:
        "(APIServer pid=1) INFO {time} [loggers.py:335] Engine 000: " +
        `Avg prompt throughput: ${perSecond("promptTokens")} tokens/s, ` +
        `Avg generation throughput: ${perSecond("generatedTokens")} tokens/s, ` +
        `Running: ${counts.running} reqs, Waiting: ${counts.waiting} reqs, ` +
        `GPU KV cache usage: ${(100 * counts.cacheUsage).toFixed(1)}%, Prefix cache hit rate: 0.0%`,
    });
  };
  let isWriting = false;
  const timer = setInterval(async () => {
    if (isWriting) return;
    isWriting = true;
    // A pod whose deadline has passed ends even if nobody asks.
    account.settle();
    for (const [podId, server] of servers.running()) await writeLine(podId, server).catch(() => {});
    for (const podId of last.keys()) if (!servers.running().has(podId)) last.delete(podId);
    isWriting = false;
  }, everyMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

async function readCounts(server: ModelServer, atMs: number): Promise<Counts> {
  const response = await fetch(server.baseUrl.replace(/\/v1$/, "/metrics"), {
    headers: { authorization: `Bearer ${server.apiKey}` },
  });
  const page = await response.text();
  const read = (name: string) => {
    const line = page.split("\n").find((candidate) => candidate.startsWith(`vllm:${name}{`));
    return line === undefined ? 0 : Number(line.slice(line.lastIndexOf(" ")));
  };
  return {
    atMs,
    promptTokens: read("prompt_tokens_total"),
    generatedTokens: read("generation_tokens_total"),
    running: read("num_requests_running"),
    waiting: read("num_requests_waiting"),
    cacheUsage: read("kv_cache_usage_perc"),
  };
}
