import type { ServerCounts } from "../../model-server/vllm-metrics.ts";
import type { Account } from "../account/account.ts";
import { appendLine, writeScriptedLines } from "../account/pod.ts";
import type { PodServers } from "./pod-servers.ts";

/**
 * Writes vLLM's throughput line into the log of each pod that serves, from the server's own counters.
 *
 * vLLM writes it every 10 s while it works, and once more when it has become idle; so does this, every `everyMs`.
 */
export function writeServingLog(options: { account: Account; servers: PodServers; everyMs: number }): {
  stop(): void;
} {
  const { account, servers, everyMs } = options;
  const last = new Map<string, { counts: ServerCounts; atMs: number; wasBusy: boolean }>();

  const writeLine = (podId: string, counts: ServerCounts) => {
    const pod = account.findPod(podId) ?? account.workers.get(podId);
    if (pod === undefined) return;
    const before = last.get(podId);
    const atMs = performance.now();
    const isBusy = counts.running > 0 || counts.generatedTokens > (before?.counts.generatedTokens ?? 0);
    last.set(podId, { counts, atMs, wasBusy: isBusy });
    if (!isBusy && before?.wasBusy !== true) return;
    const seconds = (atMs - (before?.atMs ?? atMs - everyMs)) / 1_000;
    const perSecond = (name: "promptTokens" | "generatedTokens") =>
      ((counts[name] - (before?.counts[name] ?? 0)) / seconds).toFixed(1);
    const { cacheQueries, cacheHits } = counts;
    // vLLM takes the last 1,000 requests; here all of them.
    const hitRate = `, Prefix cache hit rate: ${((100 * cacheHits) / cacheQueries).toFixed(1)}%`;
    const nowMs = account.clock.nowMs();
    writeScriptedLines(pod, nowMs);
    const line =
      "(APIServer pid=1) INFO {time} [loggers.py:335] Engine 000: " +
      `Avg prompt throughput: ${perSecond("promptTokens")} tokens/s, ` +
      `Avg generation throughput: ${perSecond("generatedTokens")} tokens/s, ` +
      `Running: ${counts.running} reqs, Waiting: ${counts.waiting} reqs, ` +
      `GPU KV cache usage: ${(100 * counts.cacheUsage).toFixed(1)}%${cacheQueries === 0 ? "" : hitRate}`;
    appendLine(pod, { atMs: nowMs, source: "container", line });
  };
  const timer = setInterval(() => {
    // A pod whose deadline has passed ends even without a call.
    account.settle();
    for (const [podId, server] of servers.running()) writeLine(podId, server.counts());
    for (const podId of last.keys()) if (!servers.running().has(podId)) last.delete(podId);
  }, everyMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
