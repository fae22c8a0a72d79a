import { createHash } from "node:crypto";
import { findModel, loadModels, type Model, requireModelName } from "../facts/index.ts";
import { showWaiting } from "../show/index.ts";
import {
  type FileAccess,
  fetchFileAccess,
  fetchModelInfo,
  fetchTokenInfo,
  type HuggingFaceAccess,
  type ModelInfo,
  openHuggingFace,
  type TokenInfo,
} from "./hugging-face.ts";

/** Whether a model's weights can be downloaded with the token at hand, in one word. */
export type ModelAccessStatus = keyof ReturnType<typeof describeStatuses>;

/** What stands between this account and a model's weights. */
export interface ModelAccess {
  /** The name that the model has today. */
  model: string;
  status: ModelAccessStatus;
  /** Whether a pod could download the weights now. */
  ready: boolean;
  /** What was found, in one sentence. */
  finding: string;
  /** What to do next; empty where nothing is to be done. */
  remedy: string;
  /** The page to visit for it; `null` where nothing is to be done. */
  page: string | null;
  /** An open model of about the same size, to go on with today; `null` where it is not needed. */
  alternative: string | null;
}

/**
 * Checks whether a pod could download a model: its metadata, then one of its files, then, if need be, the token.
 *
 * A status alone cannot tell a bad token from a missing licence: decided on `X-Error-Code`, and on who the token
 * belongs to. The token comes from `HF_TOKEN`, the address from `HF_ENDPOINT`.
 *
 * @throws InputError for what is no model name, WorkbookError where Hugging Face does not answer.
 */
export async function checkModelAccess(
  model: string,
  options: Partial<HuggingFaceAccess> = {},
): Promise<ModelAccess> {
  requireModelName(model, "checkModelAccess");
  const access = await openHuggingFace(options);
  return showWaiting("Asking Hugging Face", () => findAccess(access, model));
}

/** Returns the commit that a model's repository is at, `null` where Hugging Face does not say so within five seconds. */
export async function findModelRevision(
  model: string,
  options: Partial<HuggingFaceAccess> = {},
): Promise<string | null> {
  try {
    requireModelName(model, "findModelRevision");
    const access = await openHuggingFace(options);
    const info = await fetchModelInfo({ ...access, patienceMs: 5_000 }, model);
    return info.found ? info.revision : null;
  } catch {
    return null;
  }
}

async function findAccess(access: HuggingFaceAccess, model: string): Promise<ModelAccess> {
  const info = await fetchModelInfo(access, model);
  // A model that was renamed has its licence under its name of today.
  const id = info.found ? info.id : model;
  const status = await findStatus(access, info);
  const ready = status === "open" || status === "granted";
  const alternative = ready ? null : findOpenAlternative(id);
  return { model: id, status, ready, ...describeStatuses(id, access)[status], alternative };
}

async function findStatus(access: HuggingFaceAccess, info: ModelInfo): Promise<ModelAccessStatus> {
  if (!info.found) {
    if (access.token === null) return "no-such-model";
    // With a token that is no longer valid, every model seems to be missing.
    const isValid = !saysBadToken(info.errorMessage) && (await askForToken(access)).valid;
    return isValid ? "no-such-model" : "token-invalid";
  }
  if (access.token === null) return info.gated === "no" ? "open" : "token-missing";
  const file = await fetchFileAccess(access, info.id);
  if (file.status < 400) return info.gated === "no" ? "open" : "granted";
  if (saysBadToken(file.errorMessage)) return "token-invalid";
  return explainRefusal(file, await askForToken(access));
}

function explainRefusal(file: FileAccess, token: TokenInfo): ModelAccessStatus {
  if (!token.valid) return "token-invalid";
  if (file.errorCode === "RepoNotFound") return "no-such-model";
  if (/awaiting a review|pending/i.test(file.errorMessage)) return "waiting";
  if (/rejected/i.test(file.errorMessage)) return "rejected";
  if (token.readsGatedModels === false || /fine-grained/i.test(file.errorMessage)) {
    return "token-lacks-permission";
  }
  return "licence-not-accepted";
}

function saysBadToken(errorMessage: string): boolean {
  return /invalid credentials/i.test(errorMessage);
}

const rememberedTokens = new Map<string, { until: number; info: Promise<TokenInfo> }>();
const rememberedMs = 5 * 60_000;

/** Asks who the token belongs to, at most once in five minutes: the call is limited strictly. */
function askForToken(access: HuggingFaceAccess): Promise<TokenInfo> {
  const key = createHash("sha256").update(`${access.url} ${access.token}`).digest("hex");
  const remembered = rememberedTokens.get(key);
  if (remembered !== undefined && remembered.until > Date.now()) return remembered.info;
  const info = fetchTokenInfo(access);
  rememberedTokens.set(key, { until: Date.now() + rememberedMs, info });
  info.catch(() => rememberedTokens.delete(key));
  return info;
}

function describeStatuses(model: string, access: Pick<HuggingFaceAccess, "url" | "withheld" | "isStandIn">) {
  const { url, withheld, isStandIn = false } = access;
  const licencePage = `${url}/${model}`;
  const tokensPage = `${url}/settings/tokens`;
  const requestsPage = `${url}/settings/gated-repos`;
  const goOn = "Access can take a day or two; until then go on with an open model.";
  const mark = isStandIn
    ? " (Simulated: the rehearsal's stand-in says so, and no token of yours was read.)"
    : "";
  const text = (finding: string, remedy = "", page: string | null = null) => ({
    finding: `${finding}${mark}`,
    remedy,
    page,
  });
  return {
    open: text(`${model} is open to everybody.`),
    granted: text(`${model} is gated, and the account of HF_TOKEN has access.`),
    "licence-not-accepted": text(
      `${model} is gated, and the account of HF_TOKEN has not asked for access.`,
      `Accept the licence of exactly this model at ${licencePage}, logged in to the account of the token. ${goOn}`,
      licencePage,
    ),
    waiting: text(
      `Access to ${model} was asked for, and its owners have not answered yet.`,
      `The answer comes by e-mail and is shown at ${requestsPage}. ${goOn}`,
      requestsPage,
    ),
    rejected: text(
      `The owners of ${model} have refused access to the account of HF_TOKEN.`,
      "Serve an open model instead.",
      requestsPage,
    ),
    "token-missing": text(
      `${model} is gated. ${withheld ?? "HF_TOKEN is not set."}`,
      `Accept the licence at ${licencePage}, make a fine-grained token that may read gated models at ${tokensPage}, and put it into .env as HF_TOKEN. ${goOn}`,
      tokensPage,
    ),
    "token-invalid": text(
      "HF_TOKEN is not valid: it was mistyped, has expired, or was deleted.",
      `Make a new one at ${tokensPage}, with permission to read gated models, and put it into .env as HF_TOKEN.`,
      tokensPage,
    ),
    "token-lacks-permission": text(
      "HF_TOKEN is a fine-grained token that may not read gated models.",
      `Edit it at ${tokensPage} and tick the permission to read public gated repositories; the token itself stays the same.`,
      tokensPage,
    ),
    "no-such-model": text(
      `There is no model ${model} on Hugging Face, or it is private to somebody else.`,
      "Check owner and name, letter by letter.",
      `${url}/models`,
    ),
  };
}

/**
 * Finds an open chat model of about the same size: first one that answers without reasoning, then by parameters.
 *
 * For a model that the table does not have it is the open model of the size of an 8B.
 */
export function findOpenAlternative(modelId: string, models: readonly Model[] = loadModels()): string | null {
  const wanted = findModel(modelId, models)?.parametersBillion ?? 8;
  const distance = (model: Model) => Math.abs(Math.log(model.parametersBillion / wanted));
  const open = models.filter(
    (model) =>
      model.gated === "no" && model.chatTemplate && model.baseId === null && model.reasoning === "none",
  );
  return open.toSorted((one, other) => distance(one) - distance(other))[0]?.id ?? null;
}
