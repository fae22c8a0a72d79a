import type { Trace } from "../../traffic/index.ts";
import type { Level, Measurement } from "../measurement.ts";
import type { RequestRecord } from "../request-record.ts";

/** One request of the part of a log that is sent. */
export interface ScheduledRequest {
  /** Its number in the log, counted from 1. */
  request: number;
  /** After the first one of the part, with the speed already in it. */
  dueMs: number;
  inputTokens: number;
  outputTokens: number;
  /** What of its prompt an earlier one of the part begins with too; at most what the log says. */
  cachedInputTokens: number;
}

/** One request of the log, whatever became of it; times are milliseconds after the first one was due. */
export interface TraceRecord extends RequestRecord {
  /** What the log asks for. */
  asked: ScheduledRequest;
}

/** A part of a log as it was sent to an endpoint; plain data. */
export interface TraceRun
  extends Pick<
    Measurement,
    | "kind"
    | "startedAt"
    | "seconds"
    | "origin"
    | "gpu"
    | "model"
    | "server"
    | "engine"
    | "host"
    | "maxModelTokens"
    | "budget"
  > {
  /** The whole log. */
  trace: Pick<Trace, "name" | "kind" | "source" | "licence" | "date"> & { requests: number };
  workload: Pick<Measurement["workload"], "mode" | "promptLengthFrom" | "seed" | "request"> & {
    speed: number;
    fromSeconds: number;
    /** The most requests in flight. */
    streams: number;
  };
  /** What of the log was to be sent, and in a sentence. */
  part: {
    /** Requests among them that exceed the endpoint's context, and are left out. */
    overContext: number;
    /** What ends the part: the log itself, or a budget. */
    limitedBy: "log" | "tokens" | "minutes";
    words: string;
  };
  schedule: readonly ScheduledRequest[];
  /** In the order of the schedule; shorter where not all were sent. */
  records: readonly TraceRecord[];
  /**
   * Waits, failures with their reasons, tokens, this client's lateness and the server's counters, as of a level of a measurement; times
   * count from the moment at which a request was due. `null`: nothing was sent.
   */
  served: Level | null;
  notSent: number;
  /** Requests that found as many in flight as are let in. */
  heldBack: number;
  /** From the moment at which the first was due until the last was over; and of it, with at least one in flight. */
  loadSeconds: number;
  busySeconds: number;
  /** Of the input: what a prefix cache could hold by construction, in whole blocks, and what the server's counters say; `null`: unknown, or nothing is shared. */
  hitShare: { expected: number | null; server: number | null };
  stopped: { because: "log-done" | "errors" | "budget" | "time" | "interrupted"; words: string };
  /** What a reader must know of it, one sentence each. */
  notes: string[];
}
