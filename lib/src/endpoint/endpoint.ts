import OpenAI from "openai";
import { InputError } from "../errors.ts";
import type { PeerToPeer } from "../facts/index.ts";
import { checkKeyTransport, stayOnHost } from "../network/index.ts";
import { askServer, type ServerFacts } from "./ask-server.ts";
import { findDeployment, readBaseUrl } from "./base-url.ts";
import { type Access, keyHeaders, listSecrets, noKey } from "./call-endpoint.ts";
import { chooseModel, findBase, listAdapters } from "./choose-model.ts";
import { createClientFetch } from "./client-fetch.ts";
import { findApi } from "./find-api.ts";

/** One OpenAI-compatible endpoint that has answered, whoever runs it. */
export interface Endpoint extends ServerFacts {
  /**
   * The address at which the API answered, without a slash at its end and without a query: what was given, with `/v1`
   * where that belongs there. That of a pod and of the rehearsal ends in `/v1`.
   */
  readonly baseUrl: string;
  /**
   * What every call carries behind its path, as Azure's `?api-version=2024-10-21`; empty where the address had none.
   *
   * It may hold a key, and does not show when the endpoint is printed.
   */
  readonly query: string;
  /** Secret; it does not show when the endpoint is printed. */
  readonly apiKey: string;
  /** The model id that requests name. */
  readonly model: string;
  /** The names of the adapters that the server lists beside that model, or beside the base of that adapter; usually empty. */
  readonly adapters: readonly string[];
  /** The longest context, prompt and answer together; `null` where the server does not say. */
  readonly maxModelTokens: number | null;
  /** How the endpoint was opened. */
  readonly origin: "given" | "pod" | "serverless" | "rehearsal";
  /** The cards it runs on, and what all of them cost per hour; `null` where nobody said, and in a rehearsal. */
  readonly gpu: {
    name: string;
    count: number;
    usdPerHour: number | null;
    /** Of a pod with several cards: whether all of them reach each other's memory. */
    peerToPeer?: PeerToPeer | undefined;
  } | null;
  /** What the server's container was started with, keys and tokens taken out; left out where nobody knows. */
  readonly startedWith?: { image: string | null; arguments: readonly string[] | null } | undefined;
  /** What a reader must know about the address, the model and its name, in whole sentences; usually empty. */
  readonly notes: readonly string[];
  /** The `openai` package's client, pointed here, without retries. */
  readonly client: OpenAI;
  close(): Promise<void>;
}

/**
 * Opens an endpoint: asks for its models and its version, and makes the client.
 *
 * What somebody names is tried: at an endpoint that is `given`, a model that is not listed, or a server without a list,
 * gives a note, and the server's answer to the first request decides. Where the base URL can mean several addresses
 * ({@link readBaseUrl}), the first that answers as an API is taken.
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
  /** Default: the only model that is served; beside its adapters, the base. */
  model?: string | undefined;
  origin?: Endpoint["origin"] | undefined;
  gpu?: Endpoint["gpu"] | undefined;
  startedWith?: Endpoint["startedWith"];
  timeoutMs?: number | undefined;
  /** Why no key is given, where somebody could expect one: a sentence for the reader. */
  keyNote?: string | undefined;
  /** What a reader must know of how this endpoint was chosen. */
  openingNotes?: readonly string[] | undefined;
  /** Is told each note as it arises; what is about keys before anything is sent. */
  onNote?: ((note: string) => void) | undefined;
  /** The most that an answer may hold which is no stream. */
  maxBytes?: number | undefined;
  fetch?: typeof fetch | undefined;
  close?: (() => Promise<void>) | undefined;
}): Promise<Endpoint> {
  const {
    origin = "given",
    gpu = null,
    startedWith,
    timeoutMs = 20_000,
    close = async () => {},
    keyNote,
    maxBytes,
  } = options;
  const { candidates, query } = readBaseUrl(options.baseUrl);
  const [first = ""] = candidates;
  const apiKey = readKey(options.apiKey, first);
  const secrets = listSecrets({ apiKey, query });
  const transportNote = secrets.length === 0 ? null : checkKeyTransport(first, "The key");
  const notes: string[] = [];
  const note = (sentences: readonly string[]) => {
    notes.push(...sentences);
    for (const sentence of sentences) options.onNote?.(sentence);
  };
  note([options.openingNotes ?? [], keyNote ?? [], transportNote ?? []].flat());
  const request = options.fetch ?? fetch;
  const common = { apiKey, query, fetch: stayOnHost(request), timeoutMs, keyNote, maxBytes };
  const isGiven = origin === "given";
  const wanted = options.model ?? findDeployment(first) ?? undefined;
  const found = await findApi({ ...common, candidates, wanted: isGiven ? wanted : undefined });
  const { baseUrl } = found;
  note(found.notes);
  const { model, notes: modelNotes } = chooseModel({ ...found, wanted, mayBeUnlisted: isGiven });
  note(modelNotes);
  // Of an adapter the list says neither how long its context is nor what its base is called elsewhere.
  const base = findBase(model, found.models) ?? model;
  const adapters = listAdapters(base, found.models);
  const { maxModelTokens } = base;
  const facts = await askServer({ ...common, baseUrl, model: base });
  const started = startedWith === undefined ? {} : { startedWith };
  const endpoint = {
    baseUrl,
    model: model.id,
    adapters,
    maxModelTokens,
    origin,
    gpu,
    ...started,
    ...facts,
    notes,
    close,
  };
  const client = createClient({
    access: { baseUrl, apiKey, query },
    fetch: createClientFetch(request, { secrets, maxBytes }),
  });
  // Printing an endpoint shows neither its key nor the client, which holds the key too.
  return Object.defineProperties(endpoint, {
    apiKey: { value: apiKey, enumerable: false },
    query: { value: query, enumerable: false },
    client: { value: client, enumerable: false },
  }) as typeof endpoint & { apiKey: string; query: string; client: OpenAI };
}

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

function createClient({ access, fetch }: { access: Access; fetch: typeof globalThis.fetch }): OpenAI {
  const { baseUrl, apiKey, query = "" } = access;
  const defaultQuery = Object.fromEntries(new URLSearchParams(query));
  const common = { baseURL: baseUrl, apiKey, maxRetries: 0, fetch, defaultQuery };
  if (new URL(baseUrl).origin === "https://api.openai.com") return new OpenAI(common);
  // The package reads OPENAI_CUSTOM_HEADERS for any host, and lets them win over its own: a null takes each of them out
  // again, and this endpoint's key is put back where one of them took its place.
  const customHeaders = (process.env["OPENAI_CUSTOM_HEADERS"] ?? "")
    .split("\n")
    .filter((line) => line.includes(":"))
    .map((line) => [line.slice(0, line.indexOf(":")).trim(), null]);
  return new OpenAI({
    ...common,
    organization: null,
    project: null,
    adminAPIKey: null,
    defaultHeaders: { ...Object.fromEntries(customHeaders), authorization: null, ...keyHeaders(access) },
  });
}
