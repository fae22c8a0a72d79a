import type { DataFrame } from "nodejs-polars";
import { type Capacity, type PredictedServing, predictServing } from "../../cost/index.ts";
import { type FrameColumns, makeFrame } from "../../frame.ts";
import { type Statistics, sum, summarize } from "../../statistics.ts";
import type { Trace } from "../../traffic/index.ts";
import { meanMs } from "../compare-with-server.ts";
import { blockTokensOf, wholeBlocks } from "../prefix-cache.ts";
import { type AgreementRatios, type PredictedFigure, sayAgreement } from "./say-agreement.ts";
import type { TraceRecord, TraceRun } from "./trace-run.ts";

/** A run beside what was predicted of it. */
export interface PredictedAndSeen {
  rows: readonly PredictedFigure[];
  /** Seen ÷ predicted, of what the sentence rests on. */
  ratios: AgreementRatios;
  /** How far they are apart, and what that means for the cost model. */
  words: string;
  notes: readonly string[];
}

/** Compared below the table, one sentence each. */
const notes = [
  "Seen: counted from the moment at which a request was due; only completed requests count. Predicted: for the same requests, with the tokens that they had.",
  "In turn is the arithmetic of replayTrace for one machine that is always on: a request waits until those before it are done, and then has the whole machine. Its first token comes after that wait and the reading of its prompt.",
  "Side by side reads prompts in the order in which they come and writes all answers at once, as fast as was measured with as many streams.",
];

/**
 * Puts a run beside what the cost model says of the same requests on the capacity that was measured: the test of its arithmetic.
 *
 * `capacity` is what `replayTrace` would be given; with `levels`, as `toCapacities` returns them, answers that are written side by
 * side have the measured speed of each number of streams.
 *
 * @returns `null` where no request was completed.
 */
export function predictedAndSeen(
  run: TraceRun,
  machine: { capacity: Capacity; levels?: readonly Capacity[] },
): PredictedAndSeen | null {
  const completed = run.records.filter(({ outcome }) => outcome === "completed");
  const { served } = run;
  if (served === null || completed.length === 0) return null;
  const { inTurn, sideBySide } = predictServing({ trace: toTrace(run), ...machine });
  const isCompleted = run.records.map(({ outcome }) => outcome === "completed");
  const ofCompleted = (pick: (one: PredictedServing) => Float64Array) =>
    [inTurn, sideBySide].map((one) => summarize(pick(one).filter((_, index) => isCompleted[index])));
  const toFirst = ofCompleted(({ firstTokenSeconds }) => firstTokenSeconds);
  const toLast = ofCompleted(({ requestSeconds }) => requestSeconds);
  const waits = ofCompleted(({ waitSeconds }) => waitSeconds);
  const output = sum(run.records.map(tokensOf));
  const seconds = (ms: number | null) => (ms === null ? null : ms / 1_000);
  const ofBoth = (pick: (one: PredictedServing) => number) => [pick(inTurn), pick(sideBySide)];
  const pickAll = (all: readonly Statistics[], name: "p50" | "p95" | "mean") => all.map((one) => one[name]);
  const sent = run.records.length;
  const row = (
    figure: string,
    unit: PredictedFigure["unit"],
    [predicted = null, beside = null]: readonly (number | null)[],
    seen: number | null,
  ): PredictedFigure => ({
    figure,
    unit,
    predicted,
    seen,
    ratio: ratioOf(seen, predicted),
    sideBySide: beside,
    ratioSideBySide: ratioOf(seen, beside),
  });
  const firstTokenP95 = row(
    "first token, 95 %",
    "s",
    pickAll(toFirst, "p95"),
    seconds(served.timeToFirstTokenMs.p95),
  );
  const requestMedian = row(
    "whole request, median",
    "s",
    pickAll(toLast, "p50"),
    seconds(served.requestMs.p50),
  );
  const busy = row(
    "busy",
    "%",
    ofBoth((one) => (100 * one.busySeconds) / one.lastFinishSeconds),
    (100 * run.busySeconds) / run.loadSeconds,
  );
  const ratios = {
    firstTokenP95: firstTokenP95.ratio,
    requestMedian: requestMedian.ratio,
    requestMedianSideBySide: requestMedian.ratioSideBySide,
    busy: busy.ratio,
  };
  return {
    rows: [
      row("served", "requests", [sent, sent], completed.length),
      row("failed", "requests", [0, 0], served.requests.failed),
      row(
        "until work begins (queue), mean",
        "s",
        pickAll(waits, "mean"),
        seconds(meanMs(served.server?.queueTime ?? null)),
      ),
      row("first token, median", "s", pickAll(toFirst, "p50"), seconds(served.timeToFirstTokenMs.p50)),
      firstTokenP95,
      requestMedian,
      row("whole request, 95 %", "s", pickAll(toLast, "p95"), seconds(served.requestMs.p95)),
      busy,
      row(
        "output",
        "tokens/s",
        ofBoth((one) => output / one.lastFinishSeconds),
        sum(completed.map(tokensOf)) / run.loadSeconds,
      ),
    ],
    ratios,
    words: sayAgreement({ firstTokenP95, requestMedian, busy }, completed.length),
    notes,
  };
}

/** The requests that were sent, with the tokens that they had, as far as that is known. */
function toTrace({ records, trace, kind, served }: TraceRun): Trace {
  const blockTokens = blockTokensOf(served?.server);
  const column = (pick: (one: TraceRecord) => number) => Float64Array.from(records, pick);
  const arrivalSeconds = column(({ asked }) => asked.dueMs / 1_000);
  const inputTokens = column(({ inputTokens: came, asked }) => came ?? asked.inputTokens);
  return {
    name: trace.name,
    kind: kind === "measured" ? "recorded" : "synthetic",
    arrivalSeconds,
    inputTokens,
    outputTokens: column(tokensOf),
    cachedInputTokens: column(({ asked, inputTokens: came }) =>
      wholeBlocks({ ...asked, inputTokens: came ?? asked.inputTokens }, blockTokens),
    ),
    spanSeconds: Math.max(arrivalSeconds.at(-1) ?? 0, 0.001),
    startSecondOfWeek: 0,
    source: trace.source,
    licence: trace.licence,
    date: trace.date,
    notes: [],
  };
}

function tokensOf({ outcome, outputTokens, asked }: TraceRecord): number {
  return (outcome === "completed" ? outputTokens : null) ?? asked.outputTokens;
}

function ratioOf(seen: number | null, predicted: number | null): number | null {
  return seen === null || predicted === null || predicted === 0 ? null : seen / predicted;
}

const columns: FrameColumns<PredictedFigure> = {
  figure: "text",
  unit: "text",
  predicted: "number",
  seen: "number",
  ratio: "number",
  sideBySide: "number",
  ratioSideBySide: "number",
};

/** Returns predicted and seen as a polars frame: one row is one figure. */
export function predictedAndSeenFrame({ rows }: Pick<PredictedAndSeen, "rows">): Promise<DataFrame> {
  return makeFrame(rows, columns);
}
