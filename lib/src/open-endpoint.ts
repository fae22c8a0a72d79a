import { connectEndpoint, type Endpoint, findLocalServer, type LocalPort } from "./endpoint/index.ts";
import { ensureRehearsal } from "./rehearsal.ts";
import { listPods, openPodEndpoint, openRunPod, sayOpenRealPods } from "./runpod/index.ts";
import { loadSettings, type Settings } from "./settings.ts";

/**
 * Opens the endpoint that the notebooks talk to: an explicit `baseUrl`, else what `WORKBOOK_TARGET` means.
 *
 * `rehearsal` opens the rehearsed pod, or without one the small model on this machine; `runpod` the ready pod of the
 * journal; `given` uses `OPENAI_BASE_URL` with `OPENAI_API_KEY`, and without an address what answers at the usual `ports`
 * of this machine. A key is sent only to the host that it was set for: with an explicit `baseUrl` that is `apiKey`, or
 * `EMPTY`. The notes of a `given` endpoint are printed: which address was taken, where the model that was named is not
 * listed, where a key that was found is not sent, or crosses a private network in clear.
 *
 * @throws SettingsError where a setting is missing or a key would cross a public network in clear, WorkbookError where no pod is ready, EndpointError where the endpoint
 *   does not answer as it should.
 */
export async function openEndpoint(
  options: {
    baseUrl?: string;
    apiKey?: string;
    model?: string;
    /** Where servers of this machine are looked for, with the target `given` and no address; default: the usual ports. */
    ports?: readonly LocalPort[];
  } = {},
): Promise<Endpoint> {
  const { baseUrl, apiKey, model, ports } = options;
  if (baseUrl !== undefined) return openAddress({ baseUrl, apiKey, model });
  const settings = loadSettings();
  switch (settings.target) {
    case "rehearsal":
      return openRehearsal(settings, model);
    case "given":
      sayOpenRealPods(settings);
      return openGiven(settings, { apiKey, model, ports });
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
  options: { apiKey: string | undefined; model: string | undefined; ports: readonly LocalPort[] | undefined },
): Promise<Endpoint> {
  const model = options.model ?? settings.model ?? undefined;
  if (settings.openaiBaseUrl === null) {
    const { baseUrl, note } = await findLocalServer({ wanted: model, ports: options.ports });
    // Without an address beside it the key is OpenAI's own.
    const isWithheld = settings.openaiApiKey !== null && options.apiKey === undefined;
    const keyNote = `OPENAI_API_KEY is not sent to ${new URL(baseUrl).origin}: a key goes only to an address that is set beside it.`;
    const { apiKey } = options;
    return openAddress({
      baseUrl,
      apiKey,
      model,
      openingNotes: [note],
      keyNote: isWithheld ? keyNote : undefined,
    });
  }
  const apiKey = options.apiKey ?? settings.openaiApiKey ?? undefined;
  const keyNote = apiKey === undefined ? settings.withheldKeys.OPENAI_API_KEY : undefined;
  return openAddress({ baseUrl: settings.openaiBaseUrl, apiKey, model, keyNote });
}

async function openAddress(options: {
  baseUrl: string;
  apiKey: string | undefined;
  model: string | undefined;
  keyNote?: string | undefined;
  openingNotes?: readonly string[];
}): Promise<Endpoint> {
  const onNote = (note: string) => process.stdout.write(`${note}\n`);
  return connectEndpoint({ ...options, origin: "given", onNote });
}
