import { requireNumber } from "../../require-number.ts";
import type { PodLogLine } from "../client/log-stream.ts";
import { type AccountOptions, openRunPod } from "../rental/open-runpod.ts";
import { idOfRental } from "../rental/rental-kind.ts";
import { type PodOrId, podKind } from "./pod.ts";

/** What vLLM's own line in the log says about the last seconds. */
interface LoggedThroughput {
  /** ISO time; `null` where the log does not say. */
  at: string | null;
  promptTokensPerSecond: number;
  generationTokensPerSecond: number;
  runningRequests: number;
  waitingRequests: number;
}

/** A part of a pod's log. */
export interface PodLog {
  lines: PodLogLine[];
  /** vLLM's throughput lines among them, read. */
  throughput: LoggedThroughput[];
}

const mostLines = 20_000;
/** After the lines that were there already, this long without another is the end. */
const quietMs = 1_000;

/**
 * Reads the end of a pod's log: at most `tail` earlier lines (default 100) and what comes within `seconds` (default 5).
 *
 * It ends sooner when nothing more comes. Keys are hidden, and control characters are left out.
 */
export async function readPodLog(
  pod: PodOrId,
  options: { tail?: number; seconds?: number } & AccountOptions = {},
): Promise<PodLog> {
  const { tail = 100, seconds = 5 } = options;
  requireNumber("readPodLog", { tail }, { whole: true, from: 0, to: 5_000 });
  requireNumber("readPodLog", { seconds }, { above: 0, to: 600 });
  const id = idOfRental(podKind, pod);
  const { client } = await openRunPod(options);
  const controller = new AbortController();
  const stop = () => controller.abort();
  const longest = setTimeout(stop, seconds * 1_000);
  let quiet: NodeJS.Timeout | undefined;
  options.signal?.addEventListener("abort", stop, { once: true });
  const lines: PodLogLine[] = [];
  try {
    for await (const line of client.podLogs(id, { tail }, { signal: controller.signal })) {
      lines.push(line);
      if (lines.length === mostLines) break;
      clearTimeout(quiet);
      quiet = setTimeout(stop, quietMs);
    }
  } catch (error) {
    if (!controller.signal.aborted) throw error;
  } finally {
    clearTimeout(longest);
    clearTimeout(quiet);
    options.signal?.removeEventListener("abort", stop);
    controller.abort();
  }
  return { lines, throughput: lines.flatMap((line) => readThroughput(line) ?? []) };
}

const throughputLine =
  /Avg prompt throughput: ([\d.]+) tokens\/s, Avg generation throughput: ([\d.]+) tokens\/s, Running: (\d+) reqs, Waiting: (\d+) reqs/;

/** Reads vLLM's throughput line; `null` for any other. */
function readThroughput(line: PodLogLine): LoggedThroughput | null {
  const found = throughputLine.exec(line.text);
  if (found === null) return null;
  const [promptTokensPerSecond = 0, generationTokensPerSecond = 0, runningRequests = 0, waitingRequests = 0] =
    found.slice(1).map(Number);
  return { at: line.at, promptTokensPerSecond, generationTokensPerSecond, runningRequests, waitingRequests };
}
