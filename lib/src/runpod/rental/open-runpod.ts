import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { SettingsError } from "../../errors.ts";
import { ensureRehearsal } from "../../rehearsal.ts";
import { loadSettings, type Settings } from "../../settings.ts";
import { journalFile, readJournal } from "../journal/journal.ts";
import { foldJournal, openEndpointRecords, openRecords } from "../journal/journal-state.ts";
import type { EndpointRecord, PodRecord } from "../journal/rental-records.ts";
import { readWorkbookId } from "../journal/workbook-id.ts";
import { openRunPodContext, type RunPodConnection, type RunPodContext } from "./context.ts";

/** What every function of the account takes beside its own options. */
export interface AccountOptions {
  /** An account that is open already; default: the one that `WORKBOOK_TARGET` means. */
  context?: RunPodContext | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Opens the account that `WORKBOOK_TARGET` means: Runpod's, or the rehearsal's stand-in.
 *
 * It says first which real pods are on record as running, whatever the target, and gives pods without a watchdog a new one.
 *
 * @throws SettingsError where the key is missing, WorkbookError with the target `given`.
 */
export async function openRunPod(options: Pick<AccountOptions, "context"> = {}): Promise<RunPodContext> {
  if (options.context !== undefined) return options.context;
  const settings = loadSettings();
  // With the target runpod the commands see these pods themselves.
  if (settings.target !== "runpod") sayOpenRealPods(settings);
  const connection = settings.target === "rehearsal" ? await connectStandIn(settings) : connectReal(settings);
  const context = openRunPodContext({ settings, connection });
  rearmWatchdogs(context);
  return context;
}

/** Says which real pods are on record as running, if any. */
export function sayOpenRealPods(settings: Pick<Settings, "stateFolder" | "projectRoot">): void {
  const realPods = describeOpenRealPods(settings);
  if (realPods !== "") process.stdout.write(`${realPods}\n`);
}

function connectReal(settings: Settings): RunPodConnection {
  const { withheldKeys } = settings;
  if (withheldKeys.RUNPOD_API_KEY !== undefined) {
    const remedy = "Or take RUNPOD_API_URL out: then Runpod's own API is called.";
    throw new SettingsError(withheldKeys.RUNPOD_API_KEY, { remedy });
  }
  return {
    apiUrl: settings.runpodApiUrl,
    proxyUrl: settings.runpodProxyUrl,
    apiKey: settings.runpodApiKey ?? "",
    huggingFaceToken: settings.huggingFaceToken,
    endpointKey: settings.runpodEndpointKey,
    withheldKeys,
  };
}

async function connectStandIn(settings: Settings): Promise<RunPodConnection> {
  const { runpodApiUrl: apiUrl, runpodProxyUrl: proxyUrl } = await ensureRehearsal(settings);
  return {
    apiUrl,
    proxyUrl,
    // Not secret: the stand-in is on this machine, and takes any key of this form.
    apiKey: "rpa_rehearsal",
    endpointKey: "rpa_rehearsal_endpoints",
    huggingFaceToken: "hf_rehearsal",
  };
}

/**
 * Says which real pods and endpoints this workbook's journals have on record as there; empty where there is none.
 *
 * It asks nobody and needs no key, so it can be said in a rehearsal too: the one thing that must not be forgotten there.
 */
export function describeOpenRealPods(settings: Pick<Settings, "stateFolder" | "projectRoot">): string {
  const texts = readRealJournals(settings.stateFolder);
  if (texts.length === 0) return "";
  const workbookId = readWorkbookId(settings);
  const journals = texts.map((text) => foldJournal(text, { workbookId }));
  const pods = journals.flatMap(openRecords).map(describePod);
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
    `${verb} in the journal as rented and not as ended: ${described.join("; ")}. ` +
    `WORKBOOK_TARGET=runpod npm run pods looks at ${them}, WORKBOOK_TARGET=runpod npm run teardown ends ${them}.`
  );
}

function describeEndpoint({ endpointId, stem, maxUsdPerHour, deadlineAt }: EndpointRecord): string {
  return nameWithDetails(endpointId ?? `${stem}, if it was made at all`, [
    maxUsdPerHour === null ? null : `up to $${maxUsdPerHour.toFixed(2)} per hour`,
    deadlineAt === null ? null : `until ${deadlineAt.toISOString()}`,
  ]);
}

function readRealJournals(stateFolder: string): string[] {
  const folder = join(stateFolder, "runpod");
  if (!existsSync(folder)) return [];
  const paths = readdirSync(folder).map((origin) => join(folder, origin, journalFile));
  return paths.map(readJournal).filter((text) => text !== "");
}

function describePod({ podId, stem, usdPerHour, gpuTypeId, gpuCount, deadlineAt }: PodRecord): string {
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

/** Gives each open pod and endpoint of the journal whose watchdog is gone a new one; every command does this first. */
export function rearmWatchdogs(context: RunPodContext): void {
  const journal = context.journal.read();
  for (const record of [...openRecords(journal), ...openEndpointRecords(journal)]) {
    if (record.watchdog !== null && context.isAlive(record.watchdog)) continue;
    try {
      armWatchdog(context, { stem: record.stem, idleMinutes: record.idleMinutes });
    } catch {
      // It runs, though the disk takes no word of it: that must not keep a command from ending things.
    }
  }
}

/** Starts a watchdog for a pod or an endpoint and puts it on record; returns whether one runs now. */
export function armWatchdog(
  context: RunPodContext,
  { stem, idleMinutes }: { stem: string; idleMinutes: number | null },
): boolean {
  const watchdog = context.watch({ stem, idleMinutes });
  if (watchdog === null) return false;
  context.journal.append({ kind: "watched", stem, watchdog });
  return true;
}
