import type { DataFrame } from "nodejs-polars";
import {
  findModel,
  loadGpus,
  loadPublishedThroughput,
  type Precision,
  type PublishedThroughput,
} from "../facts/index.ts";
import { type FrameColumns, makeFrame } from "../frame.ts";
import { type Roofline, roofline } from "../serving/index.ts";
import type { FigureKind, TableColumn, TableOptions, TableRow } from "../show/index.ts";
import { shortName } from "../words/index.ts";
import { describeLengths, type Measurement } from "./measurement.ts";

/** One throughput, whoever found it out, with what it is, where it comes from, and from when. */
export type ThroughputRow = {
  kind: FigureKind;
  /** For example `4 × NVIDIA A40`, or what answered. */
  machine: string;
  model: string;
  precision: string | null;
  /** In short, such as `vLLM 0.33.0`. */
  engine: string | null;
  workload: string;
  /** `null` where it was left to the engine. */
  streams: number | null;
  inputTokensPerSecond: number | null;
  /** All streams together. */
  outputTokensPerSecond: number | null;
  /** A day, month or year. */
  date: string;
  source: string;
  note: string;
};

/** The machine that a measurement is compared with. */
export interface ComparedMachine {
  /** As Runpod spells it (`NVIDIA A40`), or as people call it (`A40`). */
  gpu?: string;
  gpuCount?: number;
  model?: string;
  precision?: Precision;
  /** For the ceiling: what a stream holds on average; default: the measurement's prompt and half of its answer. */
  contextTokens?: number;
}

// What the walkthrough of 2024 asks about, for measurements that come from no known GPU.
const openQuestion = { gpu: "NVIDIA A40", gpuCount: 4, model: "meta-llama/Llama-3.1-70B-Instruct" };

/**
 * Puts a measurement beside published runs and the computed ceiling, each row labelled for what it is.
 *
 * It compares with the measurement's own GPU and model. Where the GPU is not known, as in every rehearsal, that is the open
 * question's: Llama 3.1 70B on 4 × A40. Published are runs of the same cards with a model of about the same size. A model
 * or card that the tables do not have gives no ceiling.
 */
export function compareWithPublished(
  measurement: Measurement,
  machine: ComparedMachine = {},
): ThroughputRow[] {
  const { gpu: ownGpu, workload } = measurement;
  const own =
    ownGpu === null ? openQuestion : { gpu: ownGpu.name, gpuCount: ownGpu.count, model: measurement.model };
  const { gpu: askedGpu = own.gpu, gpuCount = own.gpuCount, model = own.model, precision } = machine;
  const knownGpu = loadGpus().find(({ id, name }) => id === askedGpu || name === askedGpu);
  const gpu = knownGpu?.id ?? askedGpu;
  const parametersBillion = findModel(model)?.parametersBillion;
  const ofSize = parametersBillion === undefined ? {} : { parametersBillion };
  const published = loadPublishedThroughput({ gpu, gpuCount, ...ofSize });
  // On average a stream has written half of its answer.
  const meanTokens = Math.max(1, Math.round(workload.promptTokens + workload.outputTokens / 2));
  const { contextTokens = meanTokens } = machine;
  const hasCeiling = knownGpu !== undefined && parametersBillion !== undefined;
  const asked = { gpu, gpuCount, model, contextTokens, ...(precision === undefined ? {} : { precision }) };
  return throughputRows({
    measurements: [measurement],
    published,
    ...(hasCeiling ? { ceiling: roofline(asked) } : {}),
  });
}

/** Puts measurements, published runs and a ceiling of one's own choice into rows, each labelled for what it is. */
export function throughputRows(found: {
  measurements?: readonly Measurement[];
  published?: readonly PublishedThroughput[];
  ceiling?: Roofline;
}): ThroughputRow[] {
  const { measurements = [], published = [], ceiling } = found;
  return [
    ...measurements.flatMap(measuredRows),
    ...published.map(publishedRow),
    ...(ceiling === undefined ? [] : computedRows(ceiling)),
  ];
}

function measuredRows(measurement: Measurement): ThroughputRow[] {
  const { gpu, origin, workload } = measurement;
  const cards = gpu === null ? measurement.host : `${gpu.count} × ${gpu.name}`;
  const machine = origin === "rehearsal" ? "this machine, no GPU" : cards;
  return measurement.levels
    .filter(({ verdict }) => verdict !== "failed")
    .map((level) => ({
      kind: measurement.kind,
      machine,
      model: measurement.model,
      precision: null,
      engine: measurement.engine ?? measurement.server,
      workload: `${describeLengths(workload)}, ${workload.mode}`,
      streams: level.streams,
      inputTokensPerSecond: level.inputTokensPerSecond,
      outputTokensPerSecond: level.outputTokensPerSecond,
      date: measurement.startedAt.slice(0, 10),
      source: origin === "rehearsal" ? "this notebook, on this machine: no GPU" : "this notebook",
      note: level.verdict === "valid" ? "" : `${level.verdict}: ${level.reason}`,
    }));
}

function publishedRow(run: PublishedThroughput): ThroughputRow {
  const { model, precision, workload, streams, inputTokensPerSecond, outputTokensPerSecond, note } = run;
  return {
    kind: "published",
    machine: `${run.gpuCount} × ${run.gpu}`,
    model,
    precision,
    engine: [run.engine, run.engineVersion].filter((part) => part !== null).join(" "),
    workload,
    streams,
    inputTokensPerSecond,
    outputTokensPerSecond,
    date: run.published,
    source: run.sources.join(" "),
    note,
  };
}

function computedRows({ gpu, gpuCount, model, precision, contextTokens, points, ...from }: Roofline) {
  return points.map(
    ({ streams, outputTokensPerSecond, bound }): ThroughputRow => ({
      kind: "computed",
      machine: `${gpuCount} × ${gpu}`,
      model,
      precision,
      engine: null,
      workload: `${contextTokens} tokens of context a stream, writing only`,
      streams,
      inputTokensPerSecond: null,
      outputTokensPerSecond,
      date: `inputs of ${from.date}`,
      source: from.source,
      note: `Upper limit, by ${bound}.`,
    }),
  );
}

const frameColumns: FrameColumns<ThroughputRow> = {
  kind: "text",
  machine: "text",
  model: "text",
  precision: "text",
  engine: "text",
  workload: "text",
  streams: "number",
  inputTokensPerSecond: "number",
  outputTokensPerSecond: "number",
  date: "text",
  source: "text",
  note: "text",
};

/** Returns the rows of `compareWithPublished` as a polars frame. */
export function throughputFrame(rows: readonly ThroughputRow[]): Promise<DataFrame> {
  return makeFrame(rows, frameColumns);
}

/** How a table of these rows is laid out: few columns. Below it the table itself says where its rows come from. */
export function throughputLayout(rows: readonly ThroughputRow[]): TableOptions {
  const note = "No GPU is known here: nothing to compare with.";
  return { columns: throughputColumns, ...(rows.length === 0 ? { note } : {}) };
}

const throughputColumns: readonly (string | TableColumn)[] = [
  "kind",
  { key: "model", head: "machine, model, weights, engine", format: (_, row) => describeSubject(row) },
  { key: "streams", align: "right" },
  { key: "outputTokensPerSecond", head: "output", unit: "tokens/s", digits: 1 },
  { key: "inputTokensPerSecond", head: "input", unit: "tokens/s", digits: 1 },
  "date",
];

function describeSubject({ machine, model, precision, engine }: TableRow): string {
  const names = [machine, shortName(String(model)), precision, engine];
  return names.filter((name) => typeof name === "string").join(", ");
}
