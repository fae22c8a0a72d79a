import { readFileSync } from "node:fs";
import { join } from "node:path";
import { writeWhole } from "workbook/files";
import { z } from "zod";
import { identitySchema } from "./rehearsal-users.ts";

// In a rehearsal nothing leaves the machine, whatever the file says.
const loopbackUrl = (rest: RegExp) =>
  z.string().regex(new RegExp(`^http://127\\.0\\.0\\.1:\\d+${rest.source}$`));

const processSchema = z.object({
  pid: z.int(),
  startedAt: z.string(),
  baseUrl: loopbackUrl(/\/v1/),
  apiKey: z.string(),
  /** The model id that it serves. */
  model: z.string(),
  rehearsalModel: z.string().nullable(),
  runpodApiUrl: loopbackUrl(/\/v2/),
  runpodProxyUrl: loopbackUrl(/\/[\w{}/-]+/),
  huggingFaceUrl: loopbackUrl(/\/?/),
  /** The command of the launcher in which it was started, if any. */
  command: identitySchema.nullable().default(null),
});

/** The rehearsal's own process, as its file in the state folder describes it. */
export type RehearsalProcess = z.output<typeof processSchema>;

/** Where the rehearsal of a state folder keeps its file and its log. */
export function rehearsalFolder(stateFolder: string): string {
  return join(stateFolder, "rehearsal");
}

export function processPath(folder: string): string {
  return join(folder, "process.json");
}

/** Writes the file by which others find this process; a reader never sees half of it. */
export function writeProcess(folder: string, described: RehearsalProcess): void {
  writeWhole(processPath(folder), `${JSON.stringify(described, null, 2)}\n`, { mode: 0o600 });
}

/** Reads the description in a rehearsal's folder; `null` where there is none or it cannot be read. */
export function readProcess(folder: string): RehearsalProcess | null {
  try {
    return processSchema.parse(JSON.parse(readFileSync(processPath(folder), "utf8")));
  } catch {
    return null;
  }
}
