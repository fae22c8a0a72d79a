import { type LogLine, type Pod, writeScriptedLines } from "../account/pod.ts";
import type { ApiCall } from "./api-operation.ts";
import { invalidRequest } from "./api-problem.ts";

/**
 * Streams a pod's log as server-sent events: what was written so far, then each line as it comes, until the pod ends.
 *
 * Every event's id is its time and its place in the log; a reader that comes back with the last id goes on after it.
 */
export function streamPodLog(options: { call: ApiCall; pod: Pod; pollMs: number }): Response {
  const { call, pod, pollMs } = options;
  const { account, query } = call;
  const source = query.get("source");
  if (source !== null && source !== "container" && source !== "system") {
    throw invalidRequest("query.source: must be container or system");
  }
  const isWanted = (line: LogLine) => source === null || line.source === source;
  const { logEnds } = pod.faults;
  const maxLines = typeof logEnds === "object" ? logEnds.afterLines : Number.POSITIVE_INFINITY;
  writeScriptedLines(pod, call.nowMs);
  let next = firstIndex({ call, pod, isWanted });
  let sent = 0;
  let timer: NodeJS.Timeout | undefined;
  const encoder = new TextEncoder();

  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      const stop = () => {
        clearInterval(timer);
        controller.close();
      };
      const send = () => {
        const nowMs = account.settle();
        writeScriptedLines(pod, nowMs);
        for (; logEnds !== "silent" && next < pod.log.length; next++) {
          const line = pod.log[next];
          if (line === undefined || !isWanted(line)) continue;
          if (sent >= maxLines) return stop();
          controller.enqueue(encoder.encode(formatEvent(line, next)));
          sent++;
        }
        if (pod.end !== null) stop();
      };
      // A comment opens the stream, so that the reader gets its headers even if no line follows.
      controller.enqueue(encoder.encode(": open\n\n"));
      timer = setInterval(send, pollMs);
      send();
    },
    cancel: () => clearInterval(timer),
  });
  return new Response(stream, {
    headers: {
      "content-type": "text/event-stream",
      "cache-control": "no-cache",
      connection: "keep-alive",
      "x-accel-buffering": "no",
    },
  });
}

function formatEvent({ atMs, source, line }: LogLine, index: number): string {
  const ts = new Date(atMs).toISOString();
  return `id: ${ts}/${String(index).padStart(12, "0")}\ndata: ${JSON.stringify({ ts, source, line })}\n\n`;
}

function firstIndex(options: { call: ApiCall; pod: Pod; isWanted: (line: LogLine) => boolean }): number {
  const { call, pod, isWanted } = options;
  const lastId = call.header("last-event-id");
  if (lastId !== undefined) {
    const [time = "", index] = lastId.split("/");
    if (index !== undefined && /^\d+$/.test(index)) return Number(index) + 1;
    return indexAfter(pod, Date.parse(time));
  }
  const since = call.query.get("since");
  if (since !== null) return indexAfter(pod, Date.parse(since) - 1);
  const tail = Math.min(5_000, Math.max(0, Number(call.query.get("tail") ?? 100) || 0));
  const wanted = pod.log.flatMap((line, index) => (isWanted(line) ? [index] : []));
  return tail === 0 ? pod.log.length : (wanted.at(-tail) ?? 0);
}

function indexAfter(pod: Pod, timeMs: number): number {
  const index = pod.log.findIndex(({ atMs }) => atMs > timeMs);
  return index === -1 ? pod.log.length : index;
}
