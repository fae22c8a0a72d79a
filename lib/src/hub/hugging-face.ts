import { z } from "zod";
import { SettingsError, WorkbookError } from "../errors.ts";
import { AnswerTooLongError, checkKeyTransport, isLoopbackUrl, readTextWithin } from "../network/index.ts";
import { ensureRehearsal } from "../rehearsal.ts";
import { loadSettings } from "../settings.ts";
import { cleanName, cutEnd, parseJson } from "../words/index.ts";
import { parseConfig } from "./parse-config.ts";

/** How to reach Hugging Face; the token is secret. */
export interface HuggingFaceAccess {
  /** `https://huggingface.co`, or what stands in for it. */
  url: string;
  token: string | null;
  /** Why a token that was found is not sent. */
  withheld?: string | undefined;
  /** Whether this is the rehearsal's stand-in, which knows a few models and invents who has access to them. */
  isStandIn?: boolean;
  /** How long an answer may take; default 20 seconds. */
  patienceMs?: number;
  fetch?: typeof fetch;
}

/**
 * Fills in how to reach Hugging Face from the settings: `HF_ENDPOINT` and `HF_TOKEN`, or the rehearsal's stand-in.
 *
 * @throws SettingsError in a rehearsal for an address outside this machine.
 */
export async function openHuggingFace(options: Partial<HuggingFaceAccess>): Promise<HuggingFaceAccess> {
  const settings = loadSettings();
  const { huggingFaceUrl, huggingFaceToken, withheldKeys } = settings;
  const isRehearsal = settings.target === "rehearsal";
  if (isRehearsal && options.url === undefined && !isLoopbackUrl(huggingFaceUrl)) {
    const { huggingFaceUrl: url } = await ensureRehearsal(settings);
    // Not secret: the stand-in takes any token of this form.
    return { ...options, url, token: "hf_rehearsal", isStandIn: true };
  }
  const url = cutEnd(options.url ?? huggingFaceUrl, "/");
  if (isRehearsal && !isLoopbackUrl(url)) {
    throw new SettingsError("In a rehearsal the workbook does not call Hugging Face.", {
      remedy: "Set WORKBOOK_TARGET=runpod to check access for a real run.",
    });
  }
  if (options.token !== undefined) return { ...options, url, token: options.token };
  // The token of the settings is for the address of the settings.
  const isOwnAddress = URL.canParse(url) && new URL(url).origin === new URL(huggingFaceUrl).origin;
  if (!isOwnAddress) return { ...options, url, token: null };
  return { ...options, url, token: huggingFaceToken, withheld: withheldKeys.HF_TOKEN };
}

/** A refusal in Hugging Face's headers: `X-Error-Code`, for example `GatedRepo`, and its sentence; empty without them. */
type Refusal = { errorCode: string; errorMessage: string };

/** What Hugging Face says about a model; `id` is its name of today, to which an older one leads, `revision` its newest commit. */
export type ModelInfo =
  | { found: true; id: string; gated: "no" | "automatic" | "manual"; revision: string | null }
  | ({ found: false } & Refusal);

/** What Hugging Face says to somebody who wants a model's files. */
export type FileAccess = { status: number } & Refusal;

/** What a token is and may do; `null` where the answer does not say, and for tokens that are not fine-grained. */
export type TokenInfo = { valid: false } | { valid: true; readsGatedModels: boolean | null };

const modelSchema = z.object({
  id: z
    .string()
    .transform((text) => cleanName(text))
    .nullish(),
  gated: z.union([z.literal(false), z.enum(["auto", "manual"])]).nullish(),
  sha: z
    .string()
    .regex(/^[0-9a-f]{40}$/)
    .nullish()
    .catch(null),
});

const whoamiSchema = z.object({
  auth: z
    .object({
      accessToken: z
        .object({
          role: z.string().nullish(),
          fineGrained: z.object({ canReadGatedRepos: z.boolean().nullish() }).nullish(),
        })
        .nullish(),
    })
    .nullish(),
});

/** Asks for a model's metadata, which are public also for a gated model. */
export async function fetchModelInfo(access: HuggingFaceAccess, modelId: string): Promise<ModelInfo> {
  const response = await ask(access, `/api/models/${modelId}`, "follow");
  if (!response.ok) return { found: false, ...readError(response) };
  const metadata = parseJson(response.body);
  const { id, sha } = modelSchema.safeParse(metadata).data ?? {};
  return { found: true, id: id ?? modelId, gated: readGated(metadata), revision: sha ?? null };
}

/** Reads from a model's metadata how access to it is granted. */
export function readGated(metadata: unknown): "no" | "automatic" | "manual" {
  const { gated } = modelSchema.safeParse(metadata).data ?? {};
  return gated === "auto" ? "automatic" : gated === "manual" ? "manual" : "no";
}

/** Asks whether a model's files may be read; a redirect to the file already says yes and is not followed. */
export async function fetchFileAccess(access: HuggingFaceAccess, modelId: string): Promise<FileAccess> {
  const response = await ask(access, `/${modelId}/resolve/main/config.json`);
  return { status: response.status, ...readError(response) };
}

/** Asks once who a token belongs to: Hugging Face limits this call strictly. */
export async function fetchTokenInfo(access: HuggingFaceAccess): Promise<TokenInfo> {
  const response = await ask(access, "/api/whoami-v2");
  if (response.status === 401 || response.status === 403) return { valid: false };
  const parsed = whoamiSchema.safeParse(parseJson(response.body));
  if (!response.ok || !parsed.success) {
    throw new WorkbookError(
      `Hugging Face did not say whether the token is valid (HTTP ${response.status} from ${access.url}/api/whoami-v2).`,
      { remedy: "Try again in a few minutes: Hugging Face limits this call strictly." },
    );
  }
  const token = parsed.data.auth?.accessToken;
  const isFineGrained = token?.role === "fineGrained";
  return {
    valid: true,
    readsGatedModels: isFineGrained ? (token.fineGrained?.canReadGatedRepos ?? null) : null,
  };
}

/** Reads a file of a model as JSON, for example its `config.json`; `null` where the model has no such file. */
export async function fetchOptionalJson(access: HuggingFaceAccess, path: string): Promise<unknown> {
  const response = await ask(access, path, "follow");
  return response.status === 404 ? null : readJson(access, path, response);
}

/** Reads what Hugging Face has on a path as JSON. */
export async function fetchModelJson(access: HuggingFaceAccess, path: string): Promise<unknown> {
  return readJson(access, path, await ask(access, path, "follow"));
}

function readJson(access: HuggingFaceAccess, path: string, response: HubAnswer): unknown {
  if (response.ok) return parseConfig(response.body);
  const { errorCode } = readError(response);
  throw new WorkbookError(
    `${access.url}${path} could not be read (HTTP ${response.status}${errorCode === "" ? "" : `, ${errorCode}`}).`,
    { remedy: "checkModelAccess(model) says whether this account may read the model." },
  );
}

/** An answer that was read to its end; the body of a refusal is left out. */
interface HubAnswer {
  status: number;
  ok: boolean;
  headers: Headers;
  body: string;
}

async function ask(
  access: HuggingFaceAccess,
  path: string,
  redirect: "manual" | "follow" = "manual",
): Promise<HubAnswer> {
  const { url, token, fetch: fetchFrom = fetch, patienceMs = 20_000 } = access;
  if (token !== null) checkKeyTransport(url, "HF_TOKEN");
  const address = `${cutEnd(url, "/")}${path}`;
  const signal = AbortSignal.timeout(patienceMs);
  let answer: HubAnswer;
  try {
    let response = await fetchFrom(address, { headers: headersFor(token), redirect: "manual", signal });
    // A model that was renamed is on the same host, a file may be on another: the token goes only where it belongs.
    for (let hops = 0, from = address; redirect === "follow" && hops < mostRedirects; hops++) {
      const next = nextAddress(response, from);
      if (next === null) break;
      await response.body?.cancel();
      const ownToken = new URL(next).origin === new URL(address).origin ? token : null;
      response = await fetchFrom(next, { headers: headersFor(ownToken), redirect: "manual", signal });
      from = next;
    }
    const { status, ok, headers } = response;
    const body = ok ? await readTextWithin(response) : "";
    if (!ok) await response.body?.cancel();
    answer = { status, ok, headers, body };
  } catch (cause) {
    if (cause instanceof AnswerTooLongError) throw cause;
    throw new WorkbookError(`Hugging Face could not be reached (asked for ${address}).`, {
      remedy: "Check the network, and HF_ENDPOINT where it is set; then try again.",
      cause,
    });
  }
  if (answer.status !== 429 && answer.status < 500) return answer;
  throw new WorkbookError(`Hugging Face did not answer (HTTP ${answer.status}, asked for ${address}).`, {
    remedy:
      answer.status === 429
        ? "Too many requests came from this address: wait five minutes and try again."
        : "Hugging Face itself has a problem; try again later.",
  });
}

const mostRedirects = 5;

function headersFor(token: string | null): Record<string, string> {
  return {
    accept: "application/json",
    "user-agent": "serving-workbook",
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
  };
}

/** Where a redirect leads; `null` where it is none, or leads to no web address. */
function nextAddress(response: Response, from: string): string | null {
  const location = response.headers.get("location");
  if (location === null || response.status < 300 || response.status >= 400) return null;
  if (!URL.canParse(location, from)) return null;
  const next = new URL(location, from);
  return next.protocol === "https:" || next.origin === new URL(from).origin ? next.href : null;
}

function readError({ headers }: HubAnswer): Refusal {
  return {
    errorCode: cleanName(headers.get("x-error-code") ?? "", 100),
    errorMessage: cleanName(headers.get("x-error-message") ?? ""),
  };
}
