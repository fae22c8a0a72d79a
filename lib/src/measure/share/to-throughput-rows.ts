import { InputError } from "../../errors.ts";
import { findModel, loadGpus, type Model, weightBits } from "../../facts/index.ts";
import { roofline } from "../../serving/index.ts";
import { countStreams } from "../measurement.ts";
import type { ExportedMeasurement } from "./exported-measurement.ts";

// The ceiling on reading counts 16 bits also for cards that compute in four.
const mostShareOfReading = 2;

/**
 * Makes the rows of `throughput.csv` of an export, by the names of its columns; `observed` and `sources` are empty.
 *
 * @throws InputError where the tables have no such model or card, or a rate is beyond what they can do.
 */
export function toThroughputRows(exported: Omit<ExportedMeasurement, "rows">): Record<string, string>[] {
  const { gpu, gpuCount, workload, levels } = exported;
  const model = requireModel(exported.model);
  const card = requireCard(gpu);
  const flags = exported.arguments ?? [];
  const isSplit = gpuCount > 1 && flags.includes(`--tensor-parallel-size=${gpuCount}`);
  const isFp8 = flags.includes("--quantization=fp8") && model.precision === "bf16";
  const ends = workload.mode === "capacity" ? "of a fixed length" : "that end by themselves";
  requireBelowCeiling(exported, { model, isFp8 });
  const common = {
    model: model.id,
    shape_of: model.baseId ?? model.id,
    parameters_billion: String(model.parametersBillion),
    precision: isFp8 ? "fp8" : weightBits[model.precision],
    gpu: card,
    gpu_count: String(gpuCount),
    split: isSplit ? "tensor" : "",
    engine: exported.engine,
    engine_version: exported.engineVersion,
    workload: `random prompts, answers ${ends}; each stream sends its next request at once`,
  };
  const note = describeEvidence(exported);
  return levels.map((level) => ({
    ...common,
    streams: String(level.streams),
    input_tokens_mean: cell(level.inputTokensMean),
    output_tokens_mean: cell(level.outputTokensMean),
    input_tokens_per_second: cell(level.inputTokensPerSecond),
    output_tokens_per_second: cell(level.outputTokensPerSecond),
    time_to_first_token_p50_ms: cell(level.timeToFirstTokenMs.p50),
    time_per_output_token_p50_ms: cell(level.timePerOutputTokenMs.p50),
    method: "client",
    published: exported.day,
    observed: "",
    sources: "",
    note,
  }));
}

/** @throws InputError where the table does not have the model; its name is not repeated, for it may be private. */
export function requireModel(id: string): Model {
  const model = findModel(id);
  if (model !== null) return model;
  throw new InputError("The model of the measurement is not in lib/data/models.csv.", {
    remedy: "Only rows of models whose size the table has can be compared: add the model to the table first.",
    field: "model",
  });
}

/** @throws InputError where the table does not have the card. */
export function requireCard(name: string | undefined): string {
  const card = loadGpus().find((one) => one.id === name || one.name === name);
  if (card !== undefined) return card.id;
  throw new InputError("The card of the measurement is not known, or not in lib/data/gpus.csv.", {
    remedy: "Measure with the option gpu: { name, count, usdPerHour }, the name as Runpod spells it.",
    field: "gpu",
  });
}

function requireBelowCeiling(
  { gpu, gpuCount, levels }: Omit<ExportedMeasurement, "rows">,
  { model, isFp8 }: { model: Model; isFp8: boolean },
): void {
  const { points, prefillTokensPerSecond } = roofline({
    ...{ gpu, gpuCount, model, precision: isFp8 ? "fp8" : model.precision, contextTokens: 1 },
    streams: levels.map(({ streams }) => streams),
  });
  const mostRead = (prefillTokensPerSecond ?? Number.POSITIVE_INFINITY) * mostShareOfReading;
  for (const [index, { streams, inputTokensPerSecond, outputTokensPerSecond }] of levels.entries()) {
    const mostWritten = points[index]?.outputTokensPerSecond ?? 0;
    if (outputTokensPerSecond <= mostWritten && (inputTokensPerSecond ?? 0) <= mostRead) continue;
    throw new InputError(
      `At ${countStreams(streams)} the rates are beyond what memory and arithmetic of the cards allow.`,
      {
        remedy:
          "Check the name and number of the cards and the model. The table has no column for tokens that are guessed ahead: measure without speculative decoding.",
        field: "levels",
      },
    );
  }
}

/** With four digits: no measurement is more precise. */
function cell(value: number | null): string {
  return value === null || value === 0 ? "" : String(Number(value.toPrecision(4)));
}

function describeEvidence(exported: Omit<ExportedMeasurement, "rows">): string {
  const { image, modelRevision, recordsSha256, argumentsLeftOut, workload, peerToPeer } = exported;
  const further = [
    ...(exported.arguments ?? []),
    ...(argumentsLeftOut === 0 ? [] : [`and ${argumentsLeftOut} more`]),
  ];
  const parts = [
    `Measured with this workbook, ${workload.repeats === 1 ? "once" : `${workload.repeats} times`}.`,
    image === null ? "" : `Image ${image}.`,
    further.length === 0 ? "" : `Arguments ${further.join(" ")}.`,
    modelRevision === null ? "" : `Weights of commit ${modelRevision}.`,
    peerToPeer === null ? "" : `Peer-to-peer: ${peerToPeer}.`,
    workload.fieldsLeftOut === 0
      ? ""
      : `Requests had ${workload.fieldsLeftOut} further ${workload.fieldsLeftOut === 1 ? "field" : "fields"}.`,
    recordsSha256 === null ? "" : `SHA-256 of the raw records ${recordsSha256}.`,
  ];
  return parts.filter((part) => part !== "").join(" ");
}
