import {
  findModel,
  loadGpus,
  loadPublishedThroughput,
  type Precision,
  type PublishedThroughput,
} from "../facts/index.ts";
import { type Roofline, roofline } from "../serving/index.ts";
import type { Measurement } from "./measurement.ts";

/** One throughput, whoever found it out, with what it is, where it comes from, and from when. */
export type ThroughputRow = {
  kind: "measured" | "simulated" | "published" | "computed";
  /** For example `4 × NVIDIA A40`, or what answered. */
  machine: string;
  model: string;
  precision: string | null;
  engine: string | null;
  workload: string;
  /** `null` where it was left to the engine. */
  streams: number | null;
  inputTokensPerSecond: number | null;
  /** All streams together. */
  outputTokensPerSecond: number | null;
  timeToFirstTokenP50Ms: number | null;
  timePerOutputTokenP50Ms: number | null;
  /** A day, month or year. */
  date: string;
  source: string;
  note: string;
};

/** The machine that a measurement is compared with. */
export interface ComparedMachine {
  /** As RunPod spells it (`NVIDIA A40`), or as people call it (`A40`). */
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
  const compared = chooseMachine(measurement, machine);
  const ceiling = computeCeiling(measurement, compared, machine);
  const published = loadPublishedThroughput({
    gpu: compared.gpu,
    gpuCount: compared.gpuCount,
    ...(compared.parametersBillion === null ? {} : { parametersBillion: compared.parametersBillion }),
  });
  return [
    ...measuredRows(measurement),
    ...published.map(publishedRow),
    ...(ceiling === null ? [] : computedRows(ceiling)),
  ];
}

interface ChosenMachine {
  gpu: string;
  gpuCount: number;
  model: string;
  parametersBillion: number | null;
}

function chooseMachine(measurement: Measurement, machine: ComparedMachine): ChosenMachine {
  const own =
    measurement.gpu === null
      ? openQuestion
      : { gpu: measurement.gpu.name, gpuCount: measurement.gpu.count, model: measurement.model };
  const { gpu: name = own.gpu, gpuCount = own.gpuCount, model = own.model } = machine;
  const known = loadGpus().find((gpu) => gpu.id === name || gpu.name === name);
  return {
    gpu: known?.id ?? name,
    gpuCount,
    model,
    parametersBillion: findModel(model)?.parametersBillion ?? null,
  };
}

function computeCeiling(
  measurement: Measurement,
  { gpu, gpuCount, model, parametersBillion }: ChosenMachine,
  { precision, contextTokens }: ComparedMachine,
): Roofline | null {
  if (parametersBillion === null || !loadGpus().some(({ id }) => id === gpu)) return null;
  const { promptTokens, outputTokens } = measurement.workload;
  return roofline({
    gpu,
    gpuCount,
    model,
    // On average a stream has written half of its answer.
    contextTokens: contextTokens ?? Math.max(1, Math.round(promptTokens + outputTokens / 2)),
    ...(precision === undefined ? {} : { precision }),
  });
}

function measuredRows(measurement: Measurement): ThroughputRow[] {
  const { gpu, origin, workload } = measurement;
  const machine =
    origin === "rehearsal"
      ? "this machine, no GPU"
      : gpu === null
        ? measurement.host
        : `${gpu.count} × ${gpu.name}`;
  return measurement.levels
    .filter(({ verdict }) => verdict !== "failed")
    .map((level) => ({
      kind: measurement.kind,
      machine,
      model: measurement.model,
      precision: null,
      engine: measurement.server,
      workload: `${workload.promptTokens} tokens in, ${workload.outputTokens} out, ${workload.mode}`,
      streams: level.streams,
      inputTokensPerSecond: level.inputTokensPerSecond,
      outputTokensPerSecond: level.outputTokensPerSecond,
      timeToFirstTokenP50Ms: level.timeToFirstTokenMs.p50,
      timePerOutputTokenP50Ms: level.timePerOutputTokenMs.p50,
      date: measurement.startedAt.slice(0, 10),
      source: origin === "rehearsal" ? "this notebook, on this machine: no GPU" : "this notebook",
      note: level.verdict === "valid" ? "" : `${level.verdict}: ${level.reason}`,
    }));
}

function publishedRow(row: PublishedThroughput): ThroughputRow {
  return {
    kind: "published",
    machine: `${row.gpuCount} × ${row.gpu}`,
    model: row.model,
    precision: row.precision,
    engine: [row.engine, row.engineVersion].filter((part) => part !== null).join(" "),
    workload: row.workload,
    streams: row.streams,
    inputTokensPerSecond: row.inputTokensPerSecond,
    outputTokensPerSecond: row.outputTokensPerSecond,
    timeToFirstTokenP50Ms: row.timeToFirstTokenP50Ms,
    timePerOutputTokenP50Ms: row.timePerOutputTokenP50Ms,
    date: row.published,
    source: row.sources.join(" "),
    note: row.note,
  };
}

function computedRows(ceiling: Roofline): ThroughputRow[] {
  return ceiling.points.map((point) => ({
    kind: "computed",
    machine: `${ceiling.gpuCount} × ${ceiling.gpu}`,
    model: ceiling.model,
    precision: ceiling.precision,
    engine: null,
    workload: `${ceiling.contextTokens} tokens of context a stream, writing only`,
    streams: point.streams,
    inputTokensPerSecond: null,
    outputTokensPerSecond: point.outputTokensPerSecond,
    timeToFirstTokenP50Ms: null,
    timePerOutputTokenP50Ms: point.bound === "memory size" ? null : point.stepMs,
    date: ceiling.date,
    source: ceiling.source,
    note: `Upper limit, by ${point.bound}.`,
  }));
}
