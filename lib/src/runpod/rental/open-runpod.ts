import { ensureRehearsal } from "../../rehearsal.ts";
import { loadSettings, type Settings } from "../../settings.ts";
import { openRunPodContext, type RunPodConnection, type RunPodContext } from "./context.ts";
import { describeOpenRealPods } from "./open-real-pods.ts";
import { rearmWatchdogs } from "./rearm-watchdogs.ts";

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

/** Says which real pods are on record as running, if any: it must not be forgotten, whatever the target is now. */
export function sayOpenRealPods({ stateFolder }: Pick<Settings, "stateFolder">): void {
  const realPods = describeOpenRealPods(stateFolder);
  if (realPods !== "") process.stdout.write(`${realPods}\n`);
}

function connectReal(settings: Settings): RunPodConnection {
  return {
    apiUrl: settings.runpodApiUrl,
    proxyUrl: settings.runpodProxyUrl,
    apiKey: settings.runpodApiKey ?? "",
    huggingFaceToken: settings.huggingFaceToken,
    endpointKey: settings.runpodEndpointKey,
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
