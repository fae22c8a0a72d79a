import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { journalFile } from "../journal/journal.ts";
import {
  type EndpointRecord,
  foldJournal,
  openEndpointRecords,
  openRecords,
  type PodRecord,
} from "../journal/journal-state.ts";

/**
 * Says which real pods and endpoints the journals of a state folder have on record as there; empty where there is none.
 *
 * It asks nobody and needs no key, so it can be said in a rehearsal too: the one thing that must not be forgotten there.
 */
export function describeOpenRealPods(stateFolder: string): string {
  const journals = readRealJournals(stateFolder).map(foldJournal);
  const pods = journals.flatMap(openRecords).map(describe);
  const endpoints = journals.flatMap(openEndpointRecords).map(describeEndpoint);
  return [sayOpen("pod", pods), sayOpen("serverless endpoint", endpoints)]
    .filter((text) => text !== "")
    .join("\n");
}

function sayOpen(noun: string, described: readonly string[]): string {
  if (described.length === 0) return "";
  const [verb, them] =
    described.length === 1 ? [`A real ${noun} is`, "it"] : [`${described.length} real ${noun}s are`, "them"];
  return (
    `${verb} on record as rented and not as ended: ${described.join("; ")}. ` +
    `WORKBOOK_TARGET=runpod npm run pods looks at ${them}, WORKBOOK_TARGET=runpod npm run teardown ends ${them}.`
  );
}

function describeEndpoint({ endpointId, stem, maxUsdPerHour, deadlineAt }: EndpointRecord): string {
  return nameWithDetails(endpointId ?? `${stem}, if it was made at all`, [
    maxUsdPerHour === null ? null : `up to $${maxUsdPerHour.toFixed(2)} per hour`,
    deadlineAt === null ? null : `until ${deadlineAt.toISOString()}`,
  ]);
}

function readRealJournals(stateFolder: string): string[][] {
  const folder = join(stateFolder, "runpod");
  if (!existsSync(folder)) return [];
  const paths = readdirSync(folder).map((origin) => join(folder, origin, journalFile));
  return paths.filter((path) => existsSync(path)).map((path) => readFileSync(path, "utf8").split("\n"));
}

function describe({ podId, stem, usdPerHour, gpuTypeId, gpuCount, deadlineAt }: PodRecord): string {
  return nameWithDetails(podId ?? `${stem}, if it was rented at all`, [
    gpuTypeId === null ? null : `${gpuCount ?? 1} × ${gpuTypeId}`,
    usdPerHour === null ? null : `$${usdPerHour.toFixed(2)} per hour`,
    deadlineAt === null ? null : `until ${deadlineAt.toISOString()}`,
  ]);
}

function nameWithDetails(name: string, details: readonly (string | null)[]): string {
  const known = details.filter((detail) => detail !== null);
  return known.length === 0 ? name : `${name} (${known.join(", ")})`;
}
