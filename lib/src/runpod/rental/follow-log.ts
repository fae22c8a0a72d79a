import type { PodLogLine } from "../client/log-stream.ts";
import type { RunPodContext } from "./context.ts";

/** A log, read beside other work. */
export interface LogFollower {
  /** What has come so far, the last thousand lines. */
  readonly lines: readonly PodLogLine[];
  stop(): void;
}

const mostLines = 1_000;
const msBetweenStreams = 2_000;

/**
 * Reads the log of a pod or a worker in the background, from its beginning, and goes on after a break where it left off.
 *
 * It never fails and never delays anybody: a log that cannot be read stays empty.
 */
export function followLog(
  context: Pick<RunPodContext, "sleep">,
  open: (
    query: { tail: number } | { lastEventId: string },
    options: { signal: AbortSignal },
  ) => AsyncIterable<PodLogLine>,
): LogFollower {
  const controller = new AbortController();
  const { signal } = controller;
  const lines: PodLogLine[] = [];
  let lastEventId: string | undefined;

  const readOnce = async () => {
    const query = lastEventId === undefined ? { tail: mostLines } : { lastEventId };
    for await (const line of open(query, { signal })) {
      lastEventId = line.id ?? lastEventId;
      lines.push(line);
      if (lines.length > mostLines) lines.shift();
    }
  };
  const readOn = async () => {
    while (!signal.aborted) {
      await readOnce().catch(() => {});
      if (!signal.aborted) await context.sleep(msBetweenStreams, signal);
    }
  };
  void readOn();
  return { lines, stop: () => controller.abort() };
}
