import { findError, type KnownError, loadKnownErrors } from "../../facts/index.ts";
import type { PodLogLine } from "../client/log-stream.ts";
import type { RunPodContext } from "./context.ts";
import type { NotReadyProblem } from "./rental-errors.ts";

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

/** What a log says about why a pod or an endpoint will not become ready. */
export interface LogDiagnosis {
  problem: NotReadyProblem;
  /** One sentence. */
  cause: string;
  remedy: string;
  /** The line that says it. */
  line: string;
}

/** Three starts of the container are two crashes. */
const startsOfCrashLoop = 3;

/**
 * Says why a pod, or the endpoint of a worker, will not become ready, if its log says so; `null` otherwise.
 *
 * The particular comes first: of all known errors, the first that some line of the log matches is the diagnosis. A line
 * of a warning is none: vLLM went on after it.
 */
export function diagnoseLog(
  lines: readonly PodLogLine[],
  options: { noun?: "pod" | "endpoint"; knownErrors?: readonly KnownError[] } = {},
): LogDiagnosis | null {
  const { noun = "pod", knownErrors = loadKnownErrors() } = options;
  const found = findError({
    text: lines.map(({ text }) => text).join("\n"),
    rental: noun,
    errors: knownErrors.filter(({ failedStart }) => failedStart !== null),
  });
  const problem = found?.error.failedStart ?? null;
  if (found !== null && problem !== null && found.mayBeEnd) {
    const { cause, remedy, line } = found;
    return { problem, cause, remedy, line };
  }
  const starts = lines.filter(({ source, text }) => source === "system" && /\bstart container\b/i.test(text));
  const last = starts.at(-1);
  if (starts.length < startsOfCrashLoop || last === undefined) return null;
  return {
    problem: "crash-loop",
    cause: `The container has been started ${starts.length} times: it ends again and again.`,
    remedy: `Look at the end of ${noun === "pod" ? "readPodLog(pod)" : "its log"} for what vLLM said last, correct the plan, then create another ${noun}.`,
    line: last.text,
  };
}
