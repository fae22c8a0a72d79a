import OpenAI from "openai";
import { InputError } from "../errors.ts";
import { checkKeyTransport, stayOnHost } from "../network/index.ts";
import { askServer, type ServerFacts } from "./ask-server.ts";
import { normalizeBaseUrl } from "./base-url.ts";
import { chooseModel } from "./choose-model.ts";
import { createClientFetch } from "./client-fetch.ts";
import { fetchModels } from "./fetch-models.ts";

/** One OpenAI-compatible endpoint that has answered, whoever runs it. */
export interface Endpoint extends ServerFacts {
  /** Ends in `/v1` (or the path of the provider's own version). */
  readonly baseUrl: string;
  /** Secret; it does not show when the endpoint is printed. */
  readonly apiKey: string;
  /** The model id that requests name. */
  readonly model: string;
  /** The longest context, prompt and answer together; `null` where the server does not say. */
  readonly maxModelTokens: number | null;
  /** How the endpoint was opened. */
  readonly origin: "given" | "pod" | "serverless" | "rehearsal";
  /** The cards it runs on, and what all of them cost per hour; `null` where nobody said, and in a rehearsal. */
  readonly gpu: { name: string; count: number; usdPerHour: number | null } | null;
  /** What a reader must know about the model and its name, in whole sentences; usually empty. */
  readonly notes: readonly string[];
  /** The `openai` package's client, pointed here, without retries. */
  readonly client: OpenAI;
  close(): Promise<void>;
}

/**
 * Opens an endpoint: asks for its models and its version, and makes the client.
 *
 * The client gets this endpoint's key and nothing else of the environment: organisation and project, an admin key or
 * custom headers meant for OpenAI never go to another host.
 *
 * A key goes over plain http only to this machine and, with a note, into a private network; no redirect is followed.
 *
 * @throws EndpointError where nothing answers, the key is refused, or the model is not served; the message says what to do.
 * @throws InputError where the base URL is no web address, SettingsError where a key would cross a public network in clear.
 */
export async function connectEndpoint(options: {
  baseUrl: string;
  /** Default `EMPTY`, which servers without a key accept. */
  apiKey?: string | undefined;
  /** Default: the only model that is served. */
  model?: string | undefined;
  origin?: Endpoint["origin"] | undefined;
  gpu?: Endpoint["gpu"] | undefined;
  timeoutMs?: number | undefined;
  /** Why no key is given, where somebody could expect one: a sentence for the reader. */
  keyNote?: string | undefined;
  /** Is told that, and that a key crosses a private network in clear, before anything is sent; both are also notes. */
  onKeyNote?: ((note: string) => void) | undefined;
  /** The most that an answer may hold which is no stream. */
  maxBytes?: number | undefined;
  fetch?: typeof fetch | undefined;
  close?: (() => Promise<void>) | undefined;
}): Promise<Endpoint> {
  const {
    origin = "given",
    gpu = null,
    timeoutMs = 20_000,
    close = async () => {},
    keyNote,
    maxBytes,
  } = options;
  const baseUrl = normalizeBaseUrl(options.baseUrl);
  const apiKey = readKey(options.apiKey, baseUrl);
  const transportNote = apiKey === noKey ? null : checkKeyTransport(baseUrl, "The key");
  const keyNotes = [keyNote ?? [], transportNote ?? []].flat();
  for (const note of keyNotes) options.onKeyNote?.(note);
  const request = options.fetch ?? fetch;
  const access = { baseUrl, apiKey, fetch: stayOnHost(request) };
  const models = await fetchModels({ ...access, timeoutMs, keyNote, maxBytes });
  const { model, notes: modelNotes } = chooseModel({ models, wanted: options.model, baseUrl });
  const { id, maxModelTokens } = model;
  const facts = await askServer({ ...access, timeoutMs, maxBytes, model });
  const notes = [...keyNotes, ...modelNotes];
  const endpoint = { baseUrl, model: id, maxModelTokens, origin, gpu, ...facts, notes, close };
  const client = createClient({
    baseUrl,
    apiKey,
    fetch: createClientFetch(request, { secrets: apiKey === noKey ? [] : [apiKey], maxBytes }),
  });
  // Printing an endpoint shows neither its key nor the client, which holds the key too.
  return Object.defineProperties(endpoint, {
    apiKey: { value: apiKey, enumerable: false },
    client: { value: client, enumerable: false },
  }) as typeof endpoint & { apiKey: string; client: OpenAI };
}

/** What servers without a key accept. */
const noKey = "EMPTY";

/** What is pasted often ends in a line break; what no HTTP header can carry would fail later, and show the key. */
function readKey(apiKey: string | undefined, baseUrl: string): string {
  const key = apiKey?.trim() ?? "";
  if (key === "") return noKey;
  if (/^[\x20-\x7e]+$/.test(key)) return key;
  throw new InputError(
    `The key for ${new URL(baseUrl).host} contains characters that no HTTP header can carry.`,
    { remedy: "Copy it again: letters, digits and signs on one line, without typographic quotes or dashes." },
  );
}

function createClient(options: { baseUrl: string; apiKey: string; fetch: typeof fetch }): OpenAI {
  const { baseUrl, apiKey, fetch } = options;
  const common = { baseURL: baseUrl, apiKey, maxRetries: 0, fetch };
  if (new URL(baseUrl).origin === "https://api.openai.com") return new OpenAI(common);
  // The package reads OPENAI_CUSTOM_HEADERS for any host, and lets them win over its own: a null takes each of them out
  // again, and this endpoint's key is put back where one of them took its place.
  const customHeaders = (process.env["OPENAI_CUSTOM_HEADERS"] ?? "")
    .split("\n")
    .filter((line) => line.includes(":"))
    .map((line) => line.slice(0, line.indexOf(":")).trim())
    .map((name) => [name, name.toLowerCase() === "authorization" ? `Bearer ${apiKey}` : null]);
  return new OpenAI({
    ...common,
    organization: null,
    project: null,
    adminAPIKey: null,
    defaultHeaders: Object.fromEntries(customHeaders),
  });
}
