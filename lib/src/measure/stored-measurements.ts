import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { WorkbookError } from "../errors.ts";
import { writeStateFile } from "../files/index.ts";
import { loadSettings } from "../settings.ts";
import { cleanName } from "../words/index.ts";
import { findContradiction } from "./find-contradiction.ts";
import { type Measurement, measurementSchema, measurementVersion } from "./measurement.ts";

/** The measurements that were found, the newest first, and what could not be read. */
export interface LoadedMeasurements extends Array<Measurement> {
  /** Files that were left out, each with the reason. */
  readonly skipped: readonly { path: string; reason: string }[];
}

// One folder per target, as for the journals.
const folders = { rehearsal: "rehearsal", pod: "runpod", serverless: "runpod", given: "given" } as const;
const subfolder = "measurements";

/** Saves a measurement and returns its file's path; the file is complete or absent. Throws a WorkbookError where that fails. */
export function saveMeasurement(measurement: Measurement, options: { stateFolder?: string } = {}): string {
  const { stateFolder = loadSettings().stateFolder } = options;
  const checked = measurementSchema.parse(measurement);
  const folder = join(stateFolder, folders[checked.origin], subfolder);
  const model = checked.model.replace(/[^\w.-]+/g, "-").slice(0, 80);
  const path = join(folder, `${checked.startedAt.replaceAll(":", "-")}-${model}.json`);
  try {
    writeStateFile(path, `${JSON.stringify(checked, null, 2)}\n`);
  } catch (cause) {
    throw new WorkbookError(`The measurement could not be saved in ${folder}.`, {
      remedy: "Give the folder write permission or free space, or set WORKBOOK_STATE to another folder.",
      cause,
    });
  }
  return path;
}

/**
 * Loads the saved measurements, newest first; with `model` and `gpu` only those of exactly these.
 *
 * A rehearsal has no GPU, so `gpu` leaves its measurements out. It leaves out files that are broken, contradict
 * themselves or are of another version, and names them in `skipped` and in one line of output each.
 *
 * @param options `gpu`: a name such as `NVIDIA A40`, or name and number of cards.
 */
export function loadMeasurements(
  options: {
    model?: string;
    gpu?: string | { name: string; count: number };
    stateFolder?: string;
    write?: (text: string) => unknown;
  } = {},
): LoadedMeasurements {
  const { model, gpu, stateFolder = loadSettings().stateFolder } = options;
  const { write = (text: string) => process.stdout.write(text) } = options;
  const skipped: { path: string; reason: string }[] = [];
  const measurements: Measurement[] = [];
  const subfolders = new Set(Object.values(folders));
  for (const path of [...subfolders].flatMap((name) => listFiles(join(stateFolder, name, subfolder)))) {
    const read = readMeasurement(path);
    if (typeof read === "string") {
      skipped.push({ path, reason: read });
      write(`Left out: ${path} ${read}.\n`);
    } else if ((model === undefined || read.model === model) && (gpu === undefined || isOn(read, gpu))) {
      measurements.push(read);
    }
  }
  measurements.sort((one, other) => other.startedAt.localeCompare(one.startedAt));
  return Object.defineProperty(measurements, "skipped", { value: skipped }) as LoadedMeasurements;
}

function isOn({ origin, gpu }: Measurement, wanted: string | { name: string; count: number }): boolean {
  if (origin === "rehearsal" || gpu === null) return false;
  return typeof wanted === "string"
    ? gpu.name === wanted
    : gpu.name === wanted.name && gpu.count === wanted.count;
}

function listFiles(folder: string): string[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
    return names.map((name) => join(folder, name));
  } catch {
    return [];
  }
}

const versionSchema = z.object({ version: z.unknown() });

/** Whoever measures for days has less. */
const mostBytes = 50_000_000;

/** Reads a measurement, or says why that cannot be. */
function readMeasurement(path: string): Measurement | string {
  let content: unknown;
  try {
    if (statSync(path).size > mostBytes) return `has more than ${mostBytes / 1_000_000} MB`;
    content = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return "is not readable as JSON";
  }
  const { data } = versionSchema.safeParse(content);
  if (data !== undefined && data.version !== measurementVersion) {
    return `is of version ${cleanName(JSON.stringify(data.version), 40)}, and this workbook reads ${measurementVersion}`;
  }
  const parsed = measurementSchema.safeParse(content);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return `is not a measurement: ${cleanName(`${issue?.path.join(".")} ${issue?.message}`)}`;
  }
  const contradiction = findContradiction(parsed.data);
  return contradiction === null ? parsed.data : `contradicts itself: ${contradiction}`;
}
