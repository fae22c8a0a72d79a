import type { Endpoint } from "./endpoint/index.ts";
import type { ModelShape } from "./facts/index.ts";
import * as hub from "./hub/index.ts";
import { ensureRehearsal } from "./rehearsal.ts";
import * as runpod from "./runpod/index.ts";
import * as scaleOut from "./scale-out/index.ts";
import type { GpuOffer } from "./serving/index.ts";
import { loadSettings, type Settings } from "./settings.ts";
import { showWaiting } from "./show/index.ts";

// The life of a pod at the account that the target means: RunPod's, or the rehearsal's stand-in.

/**
 * Opens the account that `WORKBOOK_TARGET` means; every command begins with it.
 *
 * It says first which real pods are on record as running, whatever the target, and gives pods without a watchdog a new one.
 *
 * @throws SettingsError where the key is missing, WorkbookError with the target `given`.
 */
export async function openRunPod(options: { settings?: Settings } = {}): Promise<runpod.RunPodContext> {
  const { settings = loadSettings() } = options;
  // With the target runpod the commands see these pods themselves.
  if (settings.target !== "runpod") sayOpenRealPods(settings);
  const connection =
    settings.target === "rehearsal" ? await connectStandIn(settings) : runpod.connectionOf(settings);
  const context = runpod.openRunPodContext({ settings, connection });
  runpod.rearmWatchdogs(context);
  return context;
}

/** Says which real pods are on record as running, if any: it must not be forgotten, whatever the target is now. */
export function sayOpenRealPods(settings: Pick<Settings, "stateFolder">): void {
  const realPods = runpod.describeOpenRealPods(settings.stateFolder);
  if (realPods !== "") process.stdout.write(`${realPods}\n`);
}

/** Checks the account before anything is rented: its key and scope, its balance, and what runs already. */
export async function checkAccount(): Promise<runpod.AccountCheck> {
  const { client } = await openRunPod();
  return showWaiting("Asking RunPod about the account", () => runpod.checkAccount({ client }));
}

/** Lists the kinds of GPU that can be rented now, the cheapest first; prices are for one card. */
export async function listGpus(
  options: { gpuCount?: number; cloud?: "SECURE" | "COMMUNITY" } = {},
): Promise<GpuOffer[]> {
  const { client } = await openRunPod();
  return showWaiting("Asking RunPod for its GPUs", () => runpod.listGpus({ ...options, client }));
}

/** Checks whether a pod could download a model's weights, and says what to do where it could not. */
export async function checkModelAccess(model: string): Promise<hub.ModelAccess> {
  const access = await huggingFaceAccess();
  return showWaiting("Asking Hugging Face", () => hub.checkModelAccess(model, access));
}

/** Fetches the shape of any model on Hugging Face, for `planPod`. */
export async function fetchModelShape(model: string): Promise<ModelShape> {
  return hub.fetchModelShape(model, await huggingFaceAccess());
}

/** Rents the planned pod under a ceiling; see `runpod/create-pod.ts` for what it promises and throws. */
export async function createPod(
  plan: runpod.PodPlan,
  options: runpod.CreatePodOptions = {},
): Promise<runpod.Pod> {
  const settings = loadSettings();
  if (settings.target === "runpod") sayOpenRealPods(settings);
  const context = await openRunPod({ settings });
  return showWaiting("Renting the pod", () => runpod.createPod(context, plan, options));
}

/**
 * Waits until a pod, or a serverless endpoint, serves its model, and opens it.
 *
 * @throws PodNotReadyError or EndpointNotReadyError with what to do.
 */
export async function waitUntilReady(
  rented: runpod.PodOrId | runpod.ServerlessEndpoint,
  options: { timeoutMinutes?: number; signal?: AbortSignal } = {},
): Promise<Endpoint> {
  const context = await openRunPod();
  return typeof rented === "object" && "maxWorkers" in rented
    ? scaleOut.waitUntilEndpointReady(context, rented, options)
    : runpod.waitUntilReady(context, rented, options);
}

/** Moves a pod's deadline by so many minutes; throws InputError where that cannot be. */
export async function extendPod(pod: runpod.PodOrId, options: { minutes: number }): Promise<runpod.Pod> {
  return runpod.extendPod(await openRunPod(), pod, options);
}

/** Reads the end of a pod's log: `tail` earlier lines, and what comes within `seconds`. */
export async function readPodLog(
  pod: runpod.PodOrId,
  options: { tail?: number; seconds?: number } = {},
): Promise<runpod.PodLog> {
  return runpod.readPodLog(await openRunPod(), pod, options);
}

/** Ends a pod for good, verifies that it is gone, and says what it cost in dollars; a pod that is gone is no error. */
export async function terminatePod(pod: runpod.PodOrId): Promise<runpod.EndedPod> {
  const context = await openRunPod();
  return showWaiting("Ending the pod", () => runpod.terminatePod(context, pod));
}

/** Lists the account's pods, whoever rented them, and says which this workbook wants. */
export async function listPods(): Promise<runpod.ListedPod[]> {
  const context = await openRunPod();
  return showWaiting("Asking RunPod for its pods", () => runpod.listPods(context));
}

/**
 * Ends this workbook's pods that nobody wants, and any workbook's past its deadline.
 *
 * `dryRun` only says which; `everything` ends all of this workbook's pods, wanted or not.
 */
export async function sweepPods(
  options: { dryRun?: boolean; everything?: boolean } = {},
): Promise<runpod.SweptPods> {
  const context = await openRunPod();
  return showWaiting("Sweeping", () => runpod.sweepPods(context, options));
}

/** Lists what stays on the account when nothing runs: network volumes, which cost money, and our template and secret. */
export async function listLeftovers(): Promise<runpod.Leftover[]> {
  return runpod.listLeftovers(await openRunPod());
}

/** Deletes something that this workbook left on the account, for good; throws InputError for what it did not make. */
export async function deleteLeftover(leftover: Pick<runpod.Leftover, "kind" | "id">): Promise<void> {
  return runpod.deleteLeftover(await openRunPod(), leftover);
}

/** Opens this workbook's ready pod; throws WorkbookError where there is none. */
export async function openPodEndpoint(options: { model?: string | undefined } = {}): Promise<Endpoint> {
  return runpod.openPodEndpoint(await openRunPod(), options);
}

async function connectStandIn(settings: Settings): Promise<runpod.RunPodConnection> {
  const { runpodApiUrl: apiUrl, runpodProxyUrl: proxyUrl } = await ensureRehearsal(settings);
  // Not secret: the stand-in is on this machine, and takes any key of this form.
  return {
    ...{ apiUrl, proxyUrl, apiKey: "rpa_rehearsal", endpointKey: "rpa_rehearsal_endpoints" },
    huggingFaceToken: "hf_rehearsal",
  };
}

async function huggingFaceAccess(): Promise<{ url?: string; token?: string }> {
  const settings = loadSettings();
  if (settings.target !== "rehearsal") return {};
  return { url: (await ensureRehearsal(settings)).huggingFaceUrl, token: "hf_rehearsal" };
}
