import type { RunPodPod } from "../client/schemas.ts";
import { proxyAddress, type RunPodContext } from "../rental/context.ts";

const countersOfWork = ["vllm:prompt_tokens_total", "vllm:generation_tokens_total"];
const gaugesOfWork = ["vllm:num_requests_running", "vllm:num_requests_waiting"];

/**
 * Watches vLLM's own counters, and tells at each look whether a pod has had nothing to do for too long.
 *
 * Idle is a pod with no request running or waiting and no token more than at the last look. A pod whose counters cannot
 * be read is not idle: it may still be starting.
 */
export function watchIdleness(
  context: RunPodContext,
  idleMinutes: number,
): (pod: RunPodPod) => Promise<boolean> {
  let tokens: number | null = null;
  let busyAt = context.now().getTime();
  return async (pod) => {
    const page = await readMetrics(context, pod);
    const now = context.now().getTime();
    const total = page === null ? null : sumOf(page, countersOfWork);
    const isWorking = page === null || (sumOf(page, gaugesOfWork) ?? 0) > 0;
    if (isWorking || total !== tokens) busyAt = now;
    tokens = total;
    return now - busyAt >= idleMinutes * 60_000;
  };
}

async function readMetrics(context: RunPodContext, pod: RunPodPod): Promise<string | null> {
  const key = pod.env?.["VLLM_API_KEY"];
  if (key === undefined) return null;
  try {
    const response = await context.fetch(`${proxyAddress(context, pod.id)}/metrics`, {
      headers: { authorization: `Bearer ${key}` },
      redirect: "error",
      signal: AbortSignal.timeout(10_000),
    });
    return response.ok ? await response.text() : null;
  } catch {
    return null;
  }
}

/** Adds up the samples of the named metrics; `null` where the page has none of them. */
function sumOf(page: string, names: readonly string[]): number | null {
  let sum: number | null = null;
  for (const line of page.split("\n")) {
    const [, name = "", value = ""] = /^([\w:]+)(?:\{.*\})? (\S+)/.exec(line) ?? [];
    if (names.includes(name)) sum = (sum ?? 0) + Number(value);
  }
  return sum;
}
