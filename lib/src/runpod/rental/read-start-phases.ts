import type { PodLogLine } from "../client/log-stream.ts";
import type { ColdStart } from "../journal/journal-entries.ts";

/** What vLLM writes of its own start (0.32 and 0.33); each process of several writes a line of its own. */
const lines = {
  downloadSeconds: /Time spent downloading weights for .{1,300}: (\d{1,6}(?:\.\d{1,6})?) seconds/,
  loadSeconds: /Loading weights took (\d{1,6}(?:\.\d{1,6})?) seconds/,
  compileSeconds: /init engine \(.{1,100}\) took (\d{1,6}(?:\.\d{1,6})?) s/,
} as const;

/**
 * Reads from a log how long vLLM took for the parts of its start, in seconds; of several processes the slowest counts.
 *
 * Of a download under half a second vLLM writes nothing: where the weights were loaded, no line of it means 0.
 */
export function readStartPhases(
  log: readonly Pick<PodLogLine, "text">[],
): Omit<ColdStart, "pullSeconds" | "totalSeconds"> {
  const longest = (pattern: RegExp) => {
    const seen = log.flatMap(({ text }) => pattern.exec(text)?.[1] ?? []).map(Number);
    return seen.length === 0 ? null : Math.max(...seen);
  };
  const loadSeconds = longest(lines.loadSeconds);
  const downloadSeconds = longest(lines.downloadSeconds) ?? (loadSeconds === null ? null : 0);
  return { downloadSeconds, loadSeconds, compileSeconds: longest(lines.compileSeconds) };
}
