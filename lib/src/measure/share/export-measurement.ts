import { writeFileSync } from "node:fs";
import { InputError, WorkbookError } from "../../errors.ts";
import { findContradiction } from "../find-contradiction.ts";
import { hashRecords } from "../gather-evidence.ts";
import type { Level, Measurement } from "../measurement.ts";
import {
  type ExportedMeasurement,
  exportedSchema,
  exportLicence,
  publicArgument,
  publicImage,
} from "./exported-measurement.ts";
import { requireCard, requireModel, toThroughputRows } from "./to-throughput-rows.ts";

const caller = "exportMeasurement";

/**
 * Makes a file of a measurement that can be sent around, with its rows for `lib/data/throughput.csv`; docs/send-a-measurement.md says how.
 *
 * Nothing private is in it: names only of models and cards that the tables have, of images and arguments those that everybody
 * knows, else numbers. Host, price, notes, seeds, further fields of requests and the texts of errors are left out.
 *
 * @param options `path`: where the file is written; without it nothing is. `recordsFile`: the raw records, whose hash is checked.
 * @throws InputError where it was a rehearsal or simulated, no level is valid, its figures contradict each other or are beyond
 *   what the cards can do, other weights were loaded than the model's, the records are not those of the measurement, or the
 *   tables have no such model or card.
 */
export async function exportMeasurement(
  measurement: Measurement,
  options: { path?: string; recordsFile?: string } = {},
): Promise<ExportedMeasurement> {
  checkLoad(measurement);
  const levels = measurement.levels.filter(isEvidence).map(exportLevel);
  if (levels.length === 0) {
    throw refuse("no level is valid and has token counts", "Measure again.", "levels");
  }
  const { gpu, evidence, workload, startedAt } = measurement;
  const recordsSha256 = evidence?.recordsSha256 ?? null;
  await checkRecords(recordsSha256, options.recordsFile);
  const given = evidence?.arguments ?? null;
  const flags = given === null ? null : joinFlags(given).filter((flag) => publicArgument.test(flag));
  const image = evidence?.image ?? "";
  const exported: Omit<ExportedMeasurement, "rows"> = {
    schema: "serving-workbook/measurement",
    version: 1,
    licence: exportLicence,
    day: startedAt.slice(0, 10),
    gpu: requireCard(gpu?.name),
    gpuCount: gpu?.count ?? 1,
    peerToPeer: gpu?.peerToPeer ?? null,
    model: requireModel(measurement.model).id,
    engine: "vllm",
    engineVersion: readVersion(measurement.engine ?? measurement.server),
    workload: {
      mode: workload.mode,
      promptTokens: workload.promptTokens,
      outputTokens: workload.outputTokens,
      repeats: workload.repeats,
      warmUp: workload.warmUp,
      fieldsLeftOut: Object.keys(workload.request).length,
    },
    levels,
    image: publicImage.test(image) ? image : null,
    arguments: flags,
    argumentsLeftOut: given === null ? 0 : countFlags(given) - (flags?.length ?? 0),
    modelRevision: /^[0-9a-f]{40}$/.exec(evidence?.modelRevision ?? "")?.[0] ?? null,
    recordsSha256,
  };
  checkWeights(measurement, flags ?? []);
  const checked = exportedSchema.parse({ ...exported, rows: toThroughputRows(exported) });
  if (options.path !== undefined) write(options.path, checked);
  return checked;
}

function checkLoad(measurement: Measurement): void {
  const { kind, origin, workload } = measurement;
  if (kind === "simulated" || origin === "rehearsal") {
    const remedy = "Measure a real server: a rehearsal says nothing about a card.";
    throw refuse("it was measured in a rehearsal, or simulated", remedy, "origin");
  }
  const contradiction = findContradiction(measurement);
  if (contradiction !== null) {
    throw refuse(`its figures contradict each other: ${contradiction}`, "Measure again.", "levels");
  }
  const remedy =
    "The table has no column for it: measure with arrivals closed, one turn and no shared prompt.";
  if (workload.arrivals !== "closed") throw refuse("requests came at a rate", remedy, "workload.arrivals");
  if (workload.turns > 1 || workload.sharedPromptTokens > 0) {
    throw refuse("prompts were shared or came in conversations", remedy, "workload.turns");
  }
}

/** A row of the table says of which checkpoint and precision it is by the model's name. */
function checkWeights({ model, evidence }: Measurement, flags: readonly string[]): void {
  const given = evidence?.arguments ?? [];
  const [loaded = ""] = given;
  const isOther = /^[\w.-]+\/[\w.-]+$/.test(loaded) && loaded.toLowerCase() !== model.toLowerCase();
  const isQuantised = given.some((argument) => /^(?:--quantization|-q)(?:=|$)/.test(argument));
  const isKnown = flags.some((flag) => flag.startsWith("--quantization="));
  if (!isOther && (!isQuantised || isKnown)) return;
  const remedy =
    "Serve a checkpoint of lib/data/models.csv under its own name, quantised as it is or to fp8.";
  throw refuse("its server loaded other weights than the model's name says", remedy, "evidence.arguments");
}

function isEvidence(level: Level): level is Level & { outputTokensPerSecond: number } {
  return level.verdict === "valid" && (level.outputTokensPerSecond ?? 0) > 0;
}

function exportLevel(
  level: Level & { outputTokensPerSecond: number },
): ExportedMeasurement["levels"][number] {
  const { timeToFirstTokenMs: first, timePerOutputTokenMs: perToken, repeats } = level;
  return {
    streams: level.streams,
    completed: level.requests.completed,
    failed: level.requests.failed,
    seconds: level.steadyWindow.seconds,
    inputTokensPerSecond: level.inputTokensPerSecond,
    outputTokensPerSecond: level.outputTokensPerSecond,
    timeToFirstTokenMs: { p50: first.p50, p95: first.p95 },
    timePerOutputTokenMs: { p50: perToken.p50, p95: perToken.p95 },
    inputTokensMean: level.inputTokensPerRequest.mean,
    outputTokensMean: level.outputTokensPerRequest.mean,
    repeats: repeats.map(({ inputTokensPerSecond, outputTokensPerSecond }) => ({
      inputTokensPerSecond,
      outputTokensPerSecond,
    })),
  };
}

async function checkRecords(wanted: string | null, recordsFile: string | undefined): Promise<void> {
  if (recordsFile === undefined) return;
  if (wanted !== null && (await hashRecords(recordsFile)) === wanted) return;
  const remedy = "Give the file that the measurement wrote, as it was when it ended, or none.";
  throw refuse("the file of raw records is not the one that the measurement wrote", remedy, "recordsFile");
}

/** The version alone: what a server adds to it may name a machine. */
function readVersion(engine: string): string {
  const version = /^vLLM (\d{1,2}\.\d{1,2}\.\d{1,2})(?!\d)/.exec(engine)?.[1];
  if (version !== undefined) return version;
  throw refuse("its server does not say that it is a release of vLLM", "Measure a vLLM.", "engine");
}

/** Joins each flag with its value, as `--flag=value`; what belongs to no flag is left out. */
function joinFlags(given: readonly string[]): string[] {
  return given.flatMap((argument, index) => {
    if (!argument.startsWith("--")) return [];
    const [next, beyond] = [given[index + 1], given[index + 2]];
    if (next === undefined || next.startsWith("-")) return [argument];
    return beyond === undefined || beyond.startsWith("-") ? [`${argument}=${next}`] : [];
  });
}

/** The model itself is no flag. */
function countFlags(given: readonly string[]): number {
  return given.filter((argument) => argument.startsWith("-")).length;
}

function write(path: string, exported: ExportedMeasurement): void {
  try {
    writeFileSync(path, `${JSON.stringify(exported, null, 2)}\n`);
  } catch (cause) {
    throw new WorkbookError("The export could not be written.", {
      remedy: "Give path a file in a folder that is there and may be written.",
      cause,
    });
  }
}

function refuse(problem: string, remedy: string, field: string): InputError {
  return new InputError(`${caller}: ${problem}.`, { remedy, field });
}
