import { type Capacity, outputTokensPerSecondAt } from "../cost/index.ts";
import { findModel, loadPublishedThroughput, type PublishedThroughput } from "../facts/index.ts";
import type { MeasuredPoint } from "../serving/index.ts";
import type { Load } from "../traffic/index.ts";
import type { Way } from "./decide-types.ts";
import type { Machine } from "./list-machines.ts";

/** The best that is known of a machine's speed beside the forecast, which it corrects. */
export interface Evidence {
  evidence: NonNullable<Way["evidence"]>;
  points: readonly MeasuredPoint[];
  /** What it is, in words; empty for a forecast alone. */
  text: string;
  sources: readonly string[];
  /** Of its prefix cache, where that was measured. */
  warm: Capacity["warm"] | undefined;
}

/** A published run counts where its prompts and answers are at most so many times longer or shorter. */
const mostLengthRatio = 2;

/** Where a run left the number of requests at once to the engine, it takes as many as vLLM does by default. */
const engineStreams = 256;

/** Finds own measurements of a machine, else published runs of it at a comparable load. */
export function findEvidence(machine: Machine, load: Load, measured: readonly Capacity[]): Evidence {
  const own = measured.filter((capacity) => isOf(capacity, machine));
  if (own.length > 0) {
    const warm = own.find((capacity) => capacity.warm !== undefined)?.warm;
    return {
      warm,
      evidence: "measured",
      points: own.map((capacity) => toPoint(capacity, load)),
      text: own.map(({ source, date }) => `${source}, ${date}`).join("; "),
      sources: own.flatMap(({ sources }) => sources ?? []),
    };
  }
  const runs = findRuns(machine, load);
  return {
    warm: undefined,
    evidence: runs.length > 0 ? "published" : "forecast",
    points: runs.map((run) => ({
      inputTokens: run.inputTokensMean ?? load.inputTokens,
      outputTokens: run.outputTokensMean ?? load.outputTokens,
      streams: run.streams ?? engineStreams,
      outputTokensPerSecond: run.outputTokensPerSecond,
      timePerOutputTokenMs: run.timePerOutputTokenP50Ms,
    })),
    text: [
      ...new Set(runs.map(({ model, engine, published }) => `${model} on ${engine}, ${published}`)),
    ].join("; "),
    sources: [...new Set(runs.flatMap(({ sources }) => sources))],
  };
}

/** Says whether a capacity was measured on the very machine with the very checkpoint. */
export function isOf(capacity: Capacity, { shape, made, gpu, gpuCount }: Machine): boolean {
  const names = [gpu.gpuTypeId, gpu.displayName].map((name) => name.toLowerCase());
  return (
    capacity.kind === "measured" &&
    made !== "while loading" &&
    capacity.model?.toLowerCase() === shape.id.toLowerCase() &&
    names.includes(capacity.gpu?.toLowerCase() ?? "") &&
    capacity.gpuCount === gpuCount
  );
}

function toPoint(capacity: Capacity, { inputTokens, outputTokens }: Load): MeasuredPoint {
  const { streams, atLatency } = capacity;
  return {
    inputTokens,
    outputTokens,
    streams: streams ?? engineStreams,
    outputTokensPerSecond: outputTokensPerSecondAt(capacity, inputTokens / outputTokens),
    timePerOutputTokenMs: atLatency?.timePerOutputTokenMs ?? null,
  };
}

function findRuns({ model, gpu, gpuCount, bits }: Machine, load: Load): PublishedThroughput[] {
  const shape = findModel(model.id);
  if (shape === null) return [];
  const runs = loadPublishedThroughput({ gpu: gpu.gpuTypeId, gpuCount });
  return runs.filter((run) => {
    if (run.precision !== bits || run.split === "layers") return false;
    if (run.engine !== "vllm" || run.outputTokensPerSecond === null) return false;
    if (!isLike(run.inputTokensMean, load.inputTokens)) return false;
    if (!isLike(run.outputTokensMean, load.outputTokens)) return false;
    const other = run.shapeOf === null ? null : findModel(run.shapeOf);
    return other?.layers === shape.layers && other.parametersBillion === shape.parametersBillion;
  });
}

function isLike(published: number | null, wanted: number): boolean {
  if (published === null) return false;
  return published <= wanted * mostLengthRatio && published >= wanted / mostLengthRatio;
}
