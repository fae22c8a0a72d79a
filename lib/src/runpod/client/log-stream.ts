import { createParser } from "eventsource-parser";
import { AnswerTooLongError, longestEventCharacters } from "../../network/index.ts";
import { cleanWords, parseJson } from "../../words/index.ts";
import { logEventSchema } from "./schemas.ts";
import { type Connection, sendRequest } from "./send-request.ts";

/** One line of a pod's log; `container` is what vLLM prints, `system` what the host does. */
export interface PodLogLine {
  source: string;
  /** Without control characters and without anything of the shape of a key. */
  text: string;
  /** ISO time; `null` where the host does not say. */
  at: string | null;
  /** Resumes the stream after this line. */
  id: string | null;
}

/** Characters; no program of a pod writes longer ones for people. */
const longestLine = 10_000;

/** Opens the log of a pod or a worker as a stream of lines; it ends when the signal does, or the server ends it. */
export async function* openLogStream(
  connection: Connection,
  options: {
    /** Of the log, for example `/pods/abc/logs`. */
    path: string;
    query: { source?: string; tail?: number; since?: string; lastEventId?: string };
    signal?: AbortSignal | undefined;
  },
): AsyncGenerator<PodLogLine> {
  const { path, signal } = options;
  const { lastEventId, ...query } = options.query;
  const { response } = await sendRequest(connection, {
    method: "GET",
    path,
    query,
    headers: {
      accept: "text/event-stream",
      ...(lastEventId === undefined ? {} : { "last-event-id": lastEventId }),
    },
    // The stream stays open while nothing is printed; the caller's signal bounds it.
    timeoutMs: 30 * 60_000,
    signal,
    isStream: true,
  });
  if (response.body === null) return;
  const waiting: PodLogLine[] = [];
  const parser = createParser({
    maxBufferSize: longestEventCharacters,
    onError: ({ type }) => {
      if (type !== "max-buffer-size-exceeded") return;
      throw new AnswerTooLongError(response.url, longestEventCharacters);
    },
    onEvent: ({ id, data }) => {
      const line = readLine(data, id ?? null);
      if (line !== null) waiting.push(line);
    },
  });
  const decoder = new TextDecoder();
  try {
    for await (const chunk of response.body) {
      parser.feed(decoder.decode(chunk, { stream: true }));
      yield* waiting.splice(0);
    }
  } catch (error) {
    // A stream that was stopped has ended, which is what was wanted.
    if (signal?.aborted !== true) throw error;
  }
}

function readLine(data: string, id: string | null): PodLogLine | null {
  const parsed = logEventSchema.safeParse(parseJson(data));
  if (!parsed.success) return null;
  const { source, line, ts } = parsed.data;
  return { source, text: cleanWords(line.slice(0, longestLine)).trimEnd(), at: ts ?? null, id };
}
