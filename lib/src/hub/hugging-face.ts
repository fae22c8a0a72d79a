import { z } from "zod";
import { SettingsError, WorkbookError } from "../errors.ts";
import { isLoopbackUrl } from "../network.ts";
import { readTextWithin } from "../read-text-within.ts";
import { ensureRehearsal } from "../rehearsal.ts";
import { loadSettings } from "../settings.ts";
import { parseJson } from "../words/index.ts";

/** How to reach Hugging Face; the token is secret. */
export interface HuggingFaceAccess {
  /** `https://huggingface.co`, or what stands in for it. */
  url: string;
  token: string | null;
  fetch?: typeof fetch;
}

/**
 * Fills in how to reach Hugging Face from the settings: `HF_ENDPOINT` and `HF_TOKEN`, or the rehearsal's stand-in.
 *
 * @throws SettingsError in a rehearsal for an address outside this machine.
 */
export async function openHuggingFace(options: Partial<HuggingFaceAccess>): Promise<HuggingFaceAccess> {
  const settings = loadSettings();
  const { huggingFaceUrl, huggingFaceToken } = settings;
  const isRehearsal = settings.target === "rehearsal";
  if (isRehearsal && options.url === undefined && !isLoopbackUrl(huggingFaceUrl)) {
    const { huggingFaceUrl: url } = await ensureRehearsal(settings);
    // Not secret: the stand-in takes any token of this form.
    return { ...options, url, token: "hf_rehearsal" };
  }
  const url = (options.url ?? huggingFaceUrl).replace(/\/+$/, "");
  if (isRehearsal && !isLoopbackUrl(url)) {
    throw new SettingsError("In a rehearsal the workbook does not call Hugging Face.", {
      remedy: "Set WORKBOOK_TARGET=runpod to check access for a real run.",
    });
  }
  return { ...options, url, token: options.token === undefined ? huggingFaceToken : options.token };
}

/** A refusal in Hugging Face's headers: `X-Error-Code`, for example `GatedRepo`, and its sentence; empty without them. */
type Refusal = { errorCode: string; errorMessage: string };

/** What Hugging Face says about a model; `id` is its name of today, to which an older one leads. */
export type ModelInfo =
  | { found: true; id: string; gated: "no" | "automatic" | "manual" }
  | ({ found: false } & Refusal);

/** What Hugging Face says to somebody who wants a model's files. */
export type FileAccess = { status: number } & Refusal;

/** What a token is and may do; `null` where the answer does not say, and for tokens that are not fine-grained. */
export type TokenInfo = { valid: false } | { valid: true; readsGatedModels: boolean | null };

const modelSchema = z.object({
  id: z.string().nullish(),
  gated: z.union([z.literal(false), z.enum(["auto", "manual"])]).nullish(),
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
  if (!response.ok) {
    await response.body?.cancel();
    return { found: false, ...readError(response) };
  }
  const parsed = modelSchema.safeParse(await readJson(response));
  const { id, gated } = parsed.success ? parsed.data : {};
  return {
    found: true,
    id: id ?? modelId,
    gated: gated === "auto" ? "automatic" : gated === "manual" ? "manual" : "no",
  };
}

/** Asks whether a model's files may be read; a redirect to the file already says yes and is not followed. */
export async function fetchFileAccess(access: HuggingFaceAccess, modelId: string): Promise<FileAccess> {
  const response = await ask(access, `/${modelId}/resolve/main/config.json`);
  await response.body?.cancel();
  return { status: response.status, ...readError(response) };
}

/** Asks once who a token belongs to: Hugging Face limits this call strictly. */
export async function fetchTokenInfo(access: HuggingFaceAccess): Promise<TokenInfo> {
  const response = await ask(access, "/api/whoami-v2");
  if (response.status === 401 || response.status === 403) {
    await response.body?.cancel();
    return { valid: false };
  }
  const parsed = whoamiSchema.safeParse(await readJson(response));
  if (!response.ok || !parsed.success) {
    throw new WorkbookError(
      `Hugging Face did not say whether the token is valid (HTTP ${response.status} from ${access.url}/api/whoami-v2).`,
      { remedy: "Try again in a few minutes: this call is limited strictly." },
    );
  }
  const token = parsed.data.auth?.accessToken;
  const isFineGrained = token?.role === "fineGrained";
  return {
    valid: true,
    readsGatedModels: isFineGrained ? (token.fineGrained?.canReadGatedRepos ?? null) : null,
  };
}

/** Reads a file of a model as JSON, for example its `config.json`. */
export async function fetchModelJson(access: HuggingFaceAccess, path: string): Promise<unknown> {
  const response = await ask(access, path, "follow");
  if (response.ok) return readJson(response);
  await response.body?.cancel();
  const { errorCode } = readError(response);
  throw new WorkbookError(
    `${access.url}${path} could not be read (HTTP ${response.status}${errorCode === "" ? "" : `, ${errorCode}`}).`,
    { remedy: "checkModelAccess(model) says whether this account may read the model." },
  );
}

async function ask(
  access: HuggingFaceAccess,
  path: string,
  redirect: "manual" | "follow" = "manual",
): Promise<Response> {
  const { url, token, fetch: fetchFrom = fetch } = access;
  requireSafeHost(url, token);
  const address = `${url.replace(/\/+$/, "")}${path}`;
  let response: Response;
  try {
    response = await fetchFrom(address, {
      headers: {
        accept: "application/json",
        "user-agent": "serving-workbook",
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      },
      redirect,
      signal: AbortSignal.timeout(20_000),
    });
  } catch (cause) {
    throw new WorkbookError(`Hugging Face could not be reached (asked for ${address}).`, {
      remedy: "Check the network, and HF_ENDPOINT where it is set; then try again.",
      cause,
    });
  }
  if (response.status !== 429 && response.status < 500) return response;
  await response.body?.cancel();
  throw new WorkbookError(`Hugging Face did not answer (HTTP ${response.status}, asked for ${address}).`, {
    remedy:
      response.status === 429
        ? "Too many requests came from this address: wait five minutes and try again."
        : "Hugging Face itself has a problem; try again later.",
  });
}

function requireSafeHost(url: string, token: string | null): void {
  if (token === null || url.startsWith("https:") || isLoopbackUrl(url)) return;
  throw new WorkbookError(`HF_ENDPOINT is ${url}: HF_TOKEN would cross the network in clear.`, {
    remedy: "Use an https address.",
  });
}

function readError({ headers }: Response): Refusal {
  return {
    errorCode: headers.get("x-error-code") ?? "",
    errorMessage: headers.get("x-error-message") ?? "",
  };
}

async function readJson(response: Response): Promise<unknown> {
  return parseJson(await readTextWithin(response));
}
