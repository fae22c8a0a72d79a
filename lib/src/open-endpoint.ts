import { connectEndpoint, type Endpoint } from "./endpoint/index.ts";
import { SettingsError } from "./errors.ts";
import { ensureRehearsal } from "./rehearsal.ts";
import { listPods, openPodEndpoint, openRunPod, sayOpenRealPods } from "./runpod/index.ts";
import { loadSettings, type Settings } from "./settings.ts";

/**
 * Opens the endpoint that the notebooks talk to: an explicit `baseUrl`, else what `WORKBOOK_TARGET` means.
 *
 * `rehearsal` opens the rehearsed pod, or without one the small model on this machine; `runpod` the ready pod of the
 * journal; `given` uses `OPENAI_BASE_URL` with `OPENAI_API_KEY`. A key is sent only to the host that it was set for: with
 * an explicit `baseUrl` that is `apiKey`, or `EMPTY`. A sentence is printed where a key that was found is not sent, or
 * crosses a private network in clear.
 *
 * @throws SettingsError where a setting is missing or a key would cross a public network in clear, WorkbookError where no pod is ready, EndpointError where the endpoint
 *   does not answer as it should.
 */
export async function openEndpoint(
  options: { baseUrl?: string; apiKey?: string; model?: string } = {},
): Promise<Endpoint> {
  const { baseUrl, apiKey, model } = options;
  if (baseUrl !== undefined) return openAddress({ baseUrl, apiKey, model });
  const settings = loadSettings();
  switch (settings.target) {
    case "rehearsal":
      return openRehearsal(settings, model);
    case "given":
      sayOpenRealPods(settings);
      return openGiven(settings, { apiKey, model });
    case "runpod":
      return openPodEndpoint({ model });
  }
}

async function openRehearsal(settings: Settings, model: string | undefined): Promise<Endpoint> {
  const running = await ensureRehearsal(settings);
  const context = await openRunPod();
  const pods = await listPods({ context });
  const hasPod = pods.some((pod) => pod.owner === "this workbook" && pod.isWanted);
  if (hasPod) return openPodEndpoint({ context, model });
  return connectEndpoint({ baseUrl: running.baseUrl, apiKey: running.apiKey, model, origin: "rehearsal" });
}

async function openGiven(
  settings: Settings,
  options: { apiKey: string | undefined; model: string | undefined },
): Promise<Endpoint> {
  if (settings.openaiBaseUrl === null) {
    throw new SettingsError("WORKBOOK_TARGET is given, but OPENAI_BASE_URL is not set.", {
      remedy: "Put the endpoint's address into .env, for example OPENAI_BASE_URL=http://127.0.0.1:11434/v1.",
    });
  }
  const apiKey = options.apiKey ?? settings.openaiApiKey ?? undefined;
  return openAddress({
    baseUrl: settings.openaiBaseUrl,
    apiKey,
    model: options.model ?? settings.model ?? undefined,
    keyNote: apiKey === undefined ? settings.withheldKeys.OPENAI_API_KEY : undefined,
  });
}

async function openAddress(options: {
  baseUrl: string;
  apiKey: string | undefined;
  model: string | undefined;
  keyNote?: string | undefined;
}): Promise<Endpoint> {
  const onNote = (note: string) => process.stdout.write(`${note}\n`);
  return connectEndpoint({ ...options, origin: "given", onNote });
}
