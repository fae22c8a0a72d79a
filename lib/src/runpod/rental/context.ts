import { SettingsError, WorkbookError } from "../../errors.ts";
import { identifyProcess, isProcessAlive, type ProcessIdentity } from "../../files/index.ts";
import { isLoopbackUrl } from "../../network/index.ts";
import { requireNumber } from "../../require-number.ts";
import type { Settings } from "../../settings.ts";
import { createProgress, type Progress } from "../../show/index.ts";
import { cutEnd } from "../../words/index.ts";
import { createRunPodClient, type RunPodClient } from "../client/client.ts";
import { waitFor } from "../client/retry.ts";
import { drawSalt, fingerprintOf, type Journal, openJournal } from "../journal/journal.ts";
import type { RentalRecord } from "../journal/rental-records.ts";
import { readWorkbookId } from "../journal/workbook-id.ts";
import { startWatchdog } from "./watchdog.ts";

/** Where an account's API is, and the keys that go with it. */
export interface RunPodConnection {
  apiUrl: string;
  /** A template with `{podId}` and `{port}`. */
  proxyUrl: string;
  /** Secret. */
  apiKey: string;
  /** Secret; stored at Runpod for pods that serve gated models. */
  huggingFaceToken: string | null;
  /** Secret; may only call serverless endpoints, and is all that these calls carry. */
  endpointKey?: string | null | undefined;
  /** Why a key that was found is not used. */
  withheldKeys?: Settings["withheldKeys"] | undefined;
}

/** What the life of a pod needs from outside: an account, a journal, a clock, and the process that it runs in. */
export interface RunPodContext {
  target: "runpod" | "rehearsal";
  workbookId: string;
  stateFolder: string;
  projectRoot: string;
  /** The ceiling of the settings, in dollars per hour. */
  maxUsdPerHour: number | null;
  /** The budget of the settings, in dollars over the journal's lifetime; `null`: none was set. */
  maxUsd: number | null;
  readonly connection: RunPodConnection;
  client: RunPodClient;
  journal: Journal;
  fetch: typeof fetch;
  now(): Date;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Who creates and waits: this process. */
  self: ProcessIdentity;
  isAlive(process: ProcessIdentity): boolean;
  /** How often a pod that starts is looked at, in milliseconds. */
  pollMs: number;
  /** Shows a line to the person at the keyboard. */
  say(text: string): void;
  /** Starts a line that shows how far a longer wait is. */
  startProgress(label: string): Progress;
  /** Starts the process that ends a pod or an endpoint at its deadline; `null` where none could be started. */
  watch(options: { stem: string; idleMinutes: number | null }): ProcessIdentity | null;
}

/** What tests and the watchdog give instead of the usual. */
export type ContextParts = Partial<
  Omit<RunPodContext, "target" | "stateFolder" | "projectRoot" | "maxUsdPerHour" | "maxUsd" | "connection">
>;

/**
 * Opens an account with its journal.
 *
 * @throws SettingsError where the key is missing or is none, WorkbookError with the target `given`.
 */
export function openRunPodContext(options: {
  settings: Pick<Settings, "target" | "stateFolder" | "projectRoot" | "maxUsdPerHour"> &
    Partial<Pick<Settings, "maxUsd">>;
  connection: RunPodConnection;
  parts?: ContextParts | undefined;
}): RunPodContext {
  const { settings, connection, parts = {} } = options;
  const { target, stateFolder, projectRoot, maxUsdPerHour, maxUsd = null } = settings;
  if (target === "given") {
    throw new WorkbookError(
      "With WORKBOOK_TARGET=given there are no pods: the endpoint is somebody else's.",
      { remedy: "Set WORKBOOK_TARGET to rehearsal or runpod to work with pods." },
    );
  }
  const { apiUrl, proxyUrl, apiKey } = connection;
  checkProxyUrl(proxyUrl);
  const { now = () => new Date(), sleep = waitFor } = parts;
  const request = parts.fetch ?? fetch;
  const workbookId = parts.workbookId ?? readWorkbookId({ stateFolder, projectRoot });
  const say = parts.say ?? ((text: string) => process.stdout.write(`${text}\n`));
  const context: RunPodContext = {
    target,
    workbookId,
    stateFolder,
    projectRoot,
    maxUsdPerHour,
    maxUsd,
    connection,
    client: parts.client ?? createRunPodClient({ apiUrl, apiKey, fetch: request, sleep, now, say }),
    journal: parts.journal ?? openJournal({ stateFolder, target, apiUrl, workbookId, now }),
    fetch: request,
    now,
    sleep,
    self: parts.self ?? identifyThisProcess(),
    isAlive: parts.isAlive ?? isProcessAlive,
    pollMs: parts.pollMs ?? (isLoopbackUrl(apiUrl) ? 150 : 5_000),
    say,
    startProgress: parts.startProgress ?? ((label) => createProgress({ label })),
    watch:
      parts.watch ??
      (({ stem, idleMinutes }) =>
        startWatchdog({ target, stem, stateFolder, projectRoot, apiUrl, proxyUrl, apiKey, idleMinutes })),
  };
  // Printed in a cell, a context must not show its keys.
  return Object.defineProperty(context, "connection", { enumerable: false });
}

/** A salted hash of the key in use: equal for the same key, and nothing that the key could be found by. */
export function fingerprintOfKey(context: RunPodContext, known: string | null = null): string {
  const [salt = drawSalt()] = known?.split(":") ?? [];
  return `${salt}:${fingerprintOf(context.connection.apiKey, salt)}`;
}

/** Whether something on record was rented with the key in use; with another key it may be invisible. */
export function isOwnKey(context: RunPodContext, { keyFingerprint }: RentalRecord): boolean {
  return keyFingerprint === null || fingerprintOfKey(context, keyFingerprint) === keyFingerprint;
}

/** The address of a pod's HTTP service, without a slash at its end. */
export function proxyAddress({ connection }: RunPodContext, podId: string): string {
  return cutEnd(fillProxyUrl(connection.proxyUrl, podId), "/");
}

/** Fills in the port of vLLM inside a pod. */
function fillProxyUrl(proxyUrl: string, podId: string): string {
  return proxyUrl.replace("{podId}", podId).replace("{port}", "8000");
}

function checkProxyUrl(proxyUrl: string): void {
  const example = fillProxyUrl(proxyUrl, "pod");
  if (URL.canParse(example) && (new URL(example).protocol === "https:" || isLoopbackUrl(example))) return;
  throw new SettingsError("RUNPOD_PROXY_URL is not an https address, and a pod's key goes only to https.", {
    remedy: "Set it to https://{podId}-{port}.proxy.runpod.net, or take it out of .env.",
  });
}

function identifyThisProcess(): ProcessIdentity {
  const identity = identifyProcess();
  if (identity !== null) return identity;
  throw new WorkbookError("This process could not find out when it started.", {
    remedy: "The workbook needs /proc (Linux) or the command ps: make one of them available.",
  });
}

/**
 * Reads the ceiling in dollars per hour: the argument, else `WORKBOOK_MAX_USD_PER_HOUR`.
 *
 * @throws SettingsError without either, InputError where it is no sum of money.
 */
export function readCeiling(
  context: RunPodContext,
  maxUsdPerHour: number | undefined,
  call: "createPod" | "createEndpoint",
): number {
  const ceiling = maxUsdPerHour ?? context.maxUsdPerHour;
  if (ceiling === null) {
    throw new SettingsError("Nothing is rented without a ceiling, and none is set.", {
      remedy: `Set WORKBOOK_MAX_USD_PER_HOUR in .env, or call ${call}(plan, { maxUsdPerHour: … }), in dollars.`,
    });
  }
  requireNumber(call, { maxUsdPerHour: ceiling }, { above: 0, meaning: "a ceiling in dollars per hour" });
  return ceiling;
}
