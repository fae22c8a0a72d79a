import { readTextWithin } from "../network/index.ts";
import { parseJson, readServerWords } from "../words/index.ts";
import { findDeployment } from "./base-url.ts";
import { keyHeaders, routeUrl } from "./call-endpoint.ts";
import { EndpointError } from "./endpoint-error.ts";
import {
  fetchModels,
  isGatewayFailure,
  isWebPage,
  type ModelsRefusal,
  type Questioning,
} from "./fetch-models.ts";
import type { ServedModel } from "./read-models.ts";

/** The address at which an API answers, and the models that it lists; `null` where it lists none in a form that is known. */
export interface FoundApi {
  baseUrl: string;
  models: ServedModel[] | null;
  /** What a reader must know of that, in whole sentences. */
  notes: string[];
}

/**
 * Finds at which of the addresses an OpenAI-compatible API answers: the first that lists its models.
 *
 * Where none does and a model is named, that is no reason to give up: the chat route decides, at the first address that
 * has one. It is asked without messages, so that no model works for it; and not at all where only one address is possible
 * and its answer is that of an API.
 *
 * @throws EndpointError where nothing can be reached, the key is refused, or no address has an API.
 */
export async function findApi(
  options: Omit<Questioning, "baseUrl"> & { candidates: readonly string[]; wanted: string | undefined },
): Promise<FoundApi> {
  const { candidates, wanted } = options;
  const refusals: Refused[] = [];
  const foundAt = (baseUrl: string) =>
    baseUrl === candidates[0] ? [] : [`Several addresses were tried; the API answers at ${baseUrl}.`];
  for (const baseUrl of candidates) {
    const answer = await fetchModels({ ...options, baseUrl });
    if (answer.models !== null) return { baseUrl, models: answer.models, notes: foundAt(baseUrl) };
    if (refusals.length === 0 && isGatewayFailure(answer.refusal.status ?? 0)) throw answer.refusal;
    refusals.push({ ...answer, baseUrl });
  }
  for (const refused of wanted === undefined ? [] : refusals) {
    const { baseUrl, refusal } = refused;
    const isSure = candidates.length === 1 && isAnswerOfApi(refused);
    if (!isSure && !(await hasChatRoute({ ...options, baseUrl }, refusal))) continue;
    const status = refusal.status === null ? "" : ` (HTTP ${refusal.status})`;
    const note =
      `${baseUrl}/models gives no list of models${status}, so the workbook could not look up "${wanted}": the server's answer to the ` +
      "first request decides.";
    const isBare = findDeployment(baseUrl) !== null && !(options.query ?? "").includes("api-version=");
    const azure =
      "Azure wants a version behind such an address (?api-version=2024-10-21), and this one has none.";
    return { baseUrl, models: null, notes: [...foundAt(baseUrl), note, ...(isBare ? [azure] : [])] };
  }
  throw worstOf(refusals);
}

type Refused = ModelsRefusal & { baseUrl: string };

/** Whether an answer is that of an API which has no list: no page, no proxy, nothing about keys. */
function isAnswerOfApi({ refusal: { problem }, isJson }: Refused): boolean {
  return isJson && (problem === "server-error" || problem === "not-openai");
}

/** Of several refusals that about the key says most; else what the first address answered, which is the likeliest. */
function worstOf(refusals: readonly Refused[]): EndpointError {
  const [first, ...others] = refusals;
  const worst = refusals.find(({ refusal }) => refusal.problem === "unauthorized") ?? first;
  if (worst === undefined) throw new Error("no address was tried");
  const { problem, problemText, remedy, status, cause } = worst.refusal;
  if (others.length === 0 || problem === "unauthorized") return worst.refusal;
  const tried = refusals.filter((one) => one !== worst).map(({ baseUrl }) => `${baseUrl}/models`);
  const text = `${problemText} Also tried: ${tried.join(", ")}.`;
  return new EndpointError(text, { problem, remedy, cause, status: status ?? undefined });
}

const mostProbeBytes = 64 * 1024;

/**
 * Whether a chat route answers at an address, asked with a request that has no messages: servers refuse that.
 *
 * A server that lets a model work for it does so for one token.
 */
async function hasChatRoute(options: Questioning, refusal: EndpointError): Promise<boolean> {
  const { timeoutMs, fetch } = options;
  // What shows a page or leads elsewhere is the wrong address, whatever it does with a request.
  if (refusal.problem === "web-page" || refusal.problem === "redirected") return false;
  let response: Response;
  let body = "";
  try {
    response = await fetch(routeUrl(options, "/chat/completions"), {
      method: "POST",
      headers: { ...keyHeaders(options), "content-type": "application/json" },
      body: JSON.stringify({ messages: [], max_tokens: 1 }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (response.ok && response.headers.get("content-type")?.includes("event-stream")) {
      await response.body?.cancel();
      return refusal.status !== 401;
    }
    body = await readTextWithin(response, { maxBytes: mostProbeBytes });
  } catch {
    return false;
  }
  const { status } = response;
  // Some lists want more than a key for chats. Only a refusal of the request itself shows that the key was taken.
  if (refusal.status === 401) return status === 400 || status === 422;
  if (response.ok) return /^\s*(?:data|event|id)?:|"choices"/.test(body);
  if (isWebPage(response.headers, body) || isGatewayFailure(status)) return false;
  // A server that does not know the model may say so with the status of a route that does not exist.
  if (status === 404)
    return parseJson(body) !== undefined && /\bmodel|deployment/i.test(readServerWords(body));
  return ![401, 403, 405, 501].includes(status) && status < 600;
}
