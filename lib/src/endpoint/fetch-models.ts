import { AnswerTooLongError, RedirectError, readNetworkError, readTextWithin } from "../network/index.ts";
import { cutEnd, inWords, parseJson, readServerWords } from "../words/index.ts";
import { type Access, keyHeaders, listSecrets, noKey, routeUrl } from "./call-endpoint.ts";
import { EndpointError, type EndpointProblem } from "./endpoint-error.ts";
import { findEntries, readModels, type ServedModel } from "./read-models.ts";

/** More models than any service offers. */
const mostModels = 10_000;

/** How an endpoint is asked while it is opened. */
export interface Questioning extends Access {
  timeoutMs: number;
  /** Why no key is sent, where somebody could expect one. */
  keyNote?: string | undefined;
  /** The most that an answer may hold. */
  maxBytes?: number | undefined;
  fetch: typeof fetch;
}

/** The models that an address lists, or what its answer is instead. */
export type ModelsAnswer = { models: ServedModel[] } | ModelsRefusal;

export interface ModelsRefusal {
  models: null;
  refusal: EndpointError;
  /** Whether it is written as an API's: in JSON. */
  isJson: boolean;
}

/**
 * Asks an address which models it serves, and tells apart the ways in which that fails for a newcomer.
 *
 * @throws EndpointError where nothing can be reached there, with the reason and what to do next.
 */
export async function fetchModels(options: Questioning): Promise<ModelsAnswer> {
  const { timeoutMs, maxBytes } = options;
  const address = `${options.baseUrl}/models`;
  let response: Response;
  let body: string;
  try {
    response = await options.fetch(routeUrl(options, "/models"), {
      headers: { ...keyHeaders(options), accept: "application/json" },
      signal: AbortSignal.timeout(timeoutMs),
    });
    body = await readTextWithin(response, maxBytes === undefined ? {} : { maxBytes });
  } catch (cause) {
    if (cause instanceof RedirectError) return misled("redirected", cause);
    if (cause instanceof AnswerTooLongError) return misled("not-openai", cause);
    throw unreachable(address, timeoutMs, cause);
  }
  const { status } = response;
  const json = parseJson(body);
  const isJson = json !== undefined;
  const refuse = (problem: EndpointProblem, text: string, remedy: string): ModelsRefusal => ({
    models: null,
    refusal: new EndpointError(text, { problem, remedy, status }),
    isJson,
  });
  if (!response.ok)
    return { models: null, refusal: refused(options, { address, status, body, isJson }), isJson };
  const entries = findEntries(json);
  if (entries !== null && entries.length > mostModels) {
    const text = `${address} lists ${inWords(entries.length)} models: more than ${inWords(mostModels)} are not read.`;
    return refuse("not-openai", text, `Check the base URL: no service offers so many. ${nameModel}`);
  }
  const models = entries === null ? null : readModels(entries);
  if (models !== null) return { models };
  if (isWebPage(response.headers, body)) {
    const text = `${address} answered with a web page instead of JSON: the base URL probably points at a site or a log-in page.`;
    return refuse("web-page", text, "Use the API's own address, which usually ends in /v1.");
  }
  const text = `${address} answered, but not with a list of models.`;
  return refuse("not-openai", text, `Check the host, the port and the path of the base URL. ${nameModel}`);
}

const nameModel = "If the API is there and has no such list, name the model in MODEL (or model).";

/** Whether an answer is a page for people. */
export function isWebPage(headers: Headers, body: string): boolean {
  return (headers.get("content-type")?.includes("text/html") ?? false) || /^\s*<(!doctype|html)/i.test(body);
}

function misled(problem: EndpointProblem, cause: RedirectError | AnswerTooLongError): ModelsRefusal {
  const refusal = new EndpointError(cause.problemText, { problem, remedy: cause.remedy, cause });
  return { models: null, refusal, isJson: false };
}

function unreachable(address: string, timeoutMs: number, cause: unknown): EndpointError {
  const host = new URL(address).host;
  const { code, problem } = readNetworkError(cause);
  const asked = `(${code ?? "no connection"}, asked for ${address})`;
  const error = (problem: EndpointProblem, text: string, remedy: string) =>
    new EndpointError(text, { problem, remedy, cause });
  switch (problem) {
    case "no-answer":
      return error(
        problem,
        `${host} did not answer ${code === null ? `within ${timeoutMs / 1_000} s` : `in time (${code})`} (asked for ${address}).`,
        "The server may still be loading its model, or a firewall drops the call: try again in a minute.",
      );
    case "unknown-host":
      return error(
        problem,
        `The host name in ${address} is not known.`,
        "Check the spelling; a pod's proxy name reads <podId>-8000.proxy.runpod.net.",
      );
    case "no-secure-connection":
      return error(
        problem,
        `No secure connection to ${host} could be made ${asked}.`,
        "A server of your own usually speaks plain http: begin the base URL with http://. Otherwise its certificate is not trusted here.",
      );
    case "broken-off":
      return error(
        "not-openai",
        `${host} accepted the connection and closed it ${asked}.`,
        "What listens there may not be an HTTP server, or may want https: check scheme, host and port.",
      );
    case "unreadable":
      return error(
        "not-openai",
        `${host} sent an answer that is not valid HTTP ${asked}.`,
        "Check scheme, host and port: something else may listen there, or a proxy changes the answer.",
      );
    default:
      return error(
        "nothing-listens",
        `Nothing listens at ${host} ${asked}.`,
        "Start the server, or correct host and port.",
      );
  }
}

function refused(
  asked: Questioning,
  answer: { address: string; status: number; body: string; isJson: boolean },
): EndpointError {
  const { address, status, body, isJson } = answer;
  const words = readServerWords(body, { secrets: listSecrets(asked) });
  const error = (problem: EndpointProblem, text: string, remedy: string) =>
    new EndpointError(text, { problem, remedy, status });
  if (status === 401 || status === 403) {
    const given = asked.apiKey === noKey ? "none was given" : "the one given was not accepted";
    return error(
      "unauthorized",
      `${address} wants ${asked.apiKey === noKey ? "a" : "another"} key (HTTP ${status}): ${given}.${status === 403 && isJson && words !== "" ? ` It said: ${cutEnd(words, ".")}.` : ""}`,
      asked.keyNote ?? "Set apiKey or OPENAI_API_KEY to the key that this server was started with.",
    );
  }
  if (status === 405 || status === 501 || (status === 404 && isJson)) {
    return error(
      "not-openai",
      `${address} does not exist on this server (HTTP ${status}): the host answers, so the path is wrong, or there is no list of models.`,
      `${asked.baseUrl.endsWith("/v1") ? "Look where the server has its OpenAI API: some have it without /v1, or at a longer path." : "Let the base URL lead to its OpenAI API, usually /v1."} ${nameModel}`,
    );
  }
  // What speaks of itself in JSON is the server, and no proxy: llama.cpp says so while it loads a model.
  if (status === 503 && isJson && words !== "") {
    return error(
      "proxy-without-server",
      `${address} answered HTTP ${status} and said: ${cutEnd(words, ".")}.`,
      "If it is still loading its model, try again in a minute. Otherwise look at the server's log.",
    );
  }
  if (status === 404 || isGatewayFailure(status)) {
    return error(
      "proxy-without-server",
      `A proxy answered for ${address}, but no server behind it (HTTP ${status}): the pod is still starting, has ended, or does not expose this port.`,
      "Look at its log, and try again when the server says that it is up.",
    );
  }
  const said = words === "" ? "" : ` and said: ${words}`;
  return error(
    "server-error",
    `${address} answered HTTP ${status}${said}.`,
    `Look at the server's log, then try again. ${nameModel}`,
  );
}

/** Whether a proxy says that it reaches no server: 520 to 530 are Cloudflare's. */
export function isGatewayFailure(status: number): boolean {
  return [502, 503, 504].includes(status) || (status >= 520 && status <= 530);
}
