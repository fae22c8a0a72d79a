import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { foldJournal, journalFile, openRecords, type PodRecord } from "../journal/index.ts";

/**
 * Says which real pods the journals of a state folder have on record as running; empty where there is none.
 *
 * It asks nobody and needs no key, so it can be said in a rehearsal too: the one thing that must not be forgotten there.
 */
export function describeOpenRealPods(stateFolder: string): string {
  const records = readRealJournals(stateFolder).flatMap((lines) => openRecords(foldJournal(lines)));
  if (records.length === 0) return "";
  const [verb, them] =
    records.length === 1 ? ["A real pod is", "it"] : [`${records.length} real pods are`, "them"];
  return (
    `${verb} on record as rented and not as ended: ${records.map(describe).join("; ")}. ` +
    `WORKBOOK_TARGET=runpod npm run pods looks at ${them}, WORKBOOK_TARGET=runpod npm run teardown ends ${them}.`
  );
}

function readRealJournals(stateFolder: string): string[][] {
  const folder = join(stateFolder, "runpod");
  if (!existsSync(folder)) return [];
  const paths = readdirSync(folder).map((origin) => join(folder, origin, journalFile));
  return paths.filter((path) => existsSync(path)).map((path) => readFileSync(path, "utf8").split("\n"));
}

function describe({ podId, stem, usdPerHour, gpuTypeId, gpuCount, deadlineAt }: PodRecord): string {
  const parts = [
    gpuTypeId === null ? null : `${gpuCount ?? 1} × ${gpuTypeId}`,
    usdPerHour === null ? null : `$${usdPerHour.toFixed(2)} per hour`,
    deadlineAt === null ? null : `until ${deadlineAt.toISOString()}`,
  ].filter((part) => part !== null);
  const name = podId ?? `${stem}, if it was rented at all`;
  return `${name}${parts.length === 0 ? "" : ` (${parts.join(", ")})`}`;
}
