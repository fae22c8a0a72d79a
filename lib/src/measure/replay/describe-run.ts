import type { Endpoint } from "../../endpoint/index.ts";
import { selectWarnings } from "../../serving/index.ts";
import { sum } from "../../statistics.ts";
import type { Trace } from "../../traffic/index.ts";
import { inWords } from "../../words/index.ts";
import { computeLevel } from "../level-figures.ts";
import { countRequests, type Level, type ServerCounters } from "../measurement.ts";
import { blockTokensOf, serverHitShareOf } from "../prefix-cache.ts";
import type { RequestShape } from "../request-shape.ts";
import type { Load } from "../run-load.ts";
import { inDuration } from "../time-budget.ts";
import { judgeClient } from "../watch-client.ts";
import type { LogPart } from "./choose-part.ts";
import type { ReplayPlan } from "./replay-plan.ts";
import { expectedHitShare } from "./share-heads.ts";
import type { TraceRecord, TraceRun } from "./trace-run.ts";

interface Planned {
  endpoint: Endpoint;
  trace: Trace;
  plan: ReplayPlan;
  part: LogPart;
  shape: RequestShape;
}

interface Sent {
  load: Load;
  records: readonly TraceRecord[];
  client: Level["client"];
  server: ServerCounters | null;
}

/** Adds up what became of a part of a log. */
export function describeRun(
  planned: Planned,
  sent: Sent,
  context: { words: string; isTimeUp: boolean; startedAt: Date; usedTokens: number },
): TraceRun {
  const { endpoint, trace, plan, part, shape } = planned;
  const { load, records, client, server } = sent;
  const { words, isTimeUp, startedAt, usedTokens } = context;
  const { name, kind, source, licence, date } = trace;
  const { speed, fromSeconds, streams, seed, request, maxTokens, maxMinutes } = plan;
  const { mode, promptLengthFrom } = shape;
  const served =
    records.length === 0
      ? null
      : computeLevel(
          { streams, loads: [load], client, server, notes: [] },
          // Times count from when a request was due, and answers have no common length.
          { arrivals: { requestsPerSecond: records.length }, outputTokens: 1, request, mode, repeats: 1 },
        );
  const notSent = part.schedule.length - records.length;
  const hitShare = {
    expected: expectedHitShare(
      records.map(({ asked }) => asked),
      blockTokensOf(server),
    ),
    server: serverHitShareOf(server),
  };
  return {
    kind: endpoint.isSimulated ? "simulated" : "measured",
    startedAt: startedAt.toISOString(),
    seconds: (Date.now() - startedAt.getTime()) / 1_000,
    origin: endpoint.origin,
    gpu: endpoint.origin === "rehearsal" ? null : endpoint.gpu,
    model: endpoint.model,
    server: endpoint.server,
    engine: endpoint.engine,
    host: new URL(endpoint.baseUrl).host,
    maxModelTokens: endpoint.maxModelTokens,
    budget: { maxTokens: Number.isFinite(maxTokens) ? maxTokens : null, usedTokens, maxMinutes },
    trace: { name, kind, source, licence, date, requests: trace.arrivalSeconds.length },
    workload: { mode, promptLengthFrom, seed, request, speed, fromSeconds, streams },
    part: { overContext: part.overContext, limitedBy: part.limitedBy, words },
    schedule: part.schedule,
    records,
    served,
    notSent,
    heldBack: load.heldBack,
    loadSeconds: records.reduce((last, { endedAtMs }) => Math.max(last, endedAtMs), 0) / 1_000,
    busySeconds: computeBusySeconds(records),
    hitShare,
    stopped: describeEnd(load.end === "interrupted" && isTimeUp ? "time" : load.end, planned, notSent),
    notes: served === null ? [] : [...served.notes, ...noteRun(planned, sent, hitShare)],
  };
}

/** The time in which at least one request was in flight. */
function computeBusySeconds(records: readonly TraceRecord[]): number {
  let busyMs = 0;
  let untilMs = 0;
  for (const { sentAtMs, endedAtMs } of records.toSorted((one, other) => one.sentAtMs - other.sentAtMs)) {
    busyMs += Math.max(0, endedAtMs - Math.max(sentAtMs, untilMs));
    untilMs = Math.max(untilMs, endedAtMs);
  }
  return busyMs / 1_000;
}

function describeEnd(end: Load["end"], { part, plan }: Planned, notSent: number): TraceRun["stopped"] {
  const all = countRequests(part.schedule.length);
  const rest =
    notSent === 0
      ? `all of ${all} had been sent`
      : `${inWords(notSent)} of ${all} ${notSent === 1 ? "was" : "were"} not sent`;
  switch (end) {
    case "done":
      return { because: "log-done", words: `Everything was sent as planned: ${all}.` };
    case "errors":
      return { because: end, words: `The replay was ended because most requests failed: ${rest}.` };
    case "budget":
      return {
        because: end,
        words: `The budget of ${inWords(plan.maxTokens)} tokens ended the replay: ${rest}.`,
      };
    case "time":
      return { because: end, words: `The time of ${inDuration(plan.maxMinutes)} ended the replay: ${rest}.` };
    case "interrupted":
      return { because: end, words: `The replay was interrupted: ${rest}.` };
  }
}

// Prompts and answers that come out this far from what the log has are another load.
const mostLengthError = 0.05;

function noteRun(
  { shape, endpoint }: Planned,
  { records, server, client }: Sent,
  hitShare: TraceRun["hitShare"],
): string[] {
  const completed = records.filter(({ outcome }) => outcome === "completed");
  const counted = completed.filter(
    ({ inputTokens, outputTokens }) => inputTokens !== null && outputTokens !== null,
  );
  const ratioOf = (tokens: "inputTokens" | "outputTokens") =>
    counted.length === 0
      ? 1
      : sum(counted.map((one) => one[tokens] ?? 0)) / sum(counted.map(({ asked }) => asked[tokens]));
  const [input, output] = [ratioOf("inputTokens"), ratioOf("outputTokens")];
  const isOff = (factor: number) => Math.abs(factor - 1) > mostLengthError;
  const failed = records.filter(({ outcome }) => outcome === "failed").length;
  const refused = records.filter(({ status }) => status === 429).length;
  const lateness = judgeClient(client, { timePerOutputTokenMs: null, interChunkMs: null });
  const percent = (share: number) => `${(share * 100).toFixed(0)} %`;
  const { expected, server: found } = hitShare;
  return selectWarnings([
    [
      isOff(input),
      `The prompts have ${input.toFixed(2)} times the tokens that the log has: the shortest are longer than those of the log by the model's chat template, or their lengths are an estimate.`,
    ],
    [
      isOff(output),
      `The answers have ${output.toFixed(2)} times the tokens that the log has${shape.mode === "natural" ? ": the server does not take ignore_eos, so the model ends by itself" : ""}.`,
    ],
    [
      refused > 0,
      `${countRequests(refused)} got HTTP 429: the endpoint takes fewer at a time than the log sends.`,
    ],
    [
      failed > refused,
      `${countRequests(failed - refused)} failed otherwise; served.requests.errors has the reasons.`,
    ],
    [lateness !== null, `This client did not keep up, so the waits are not the server's alone: ${lateness}.`],
    [
      server === null,
      `The counters of ${endpoint.server} could not be read both before and after the run, so the part of the prompts that its cache held is not known.`,
    ],
    [
      expected !== null && found !== null && Math.abs(expected - found) > 0.02,
      `By construction a cache can hold ${percent(expected ?? 0)} of the input; the server's counters say ${percent(found ?? 0)}.`,
    ],
  ]);
}
