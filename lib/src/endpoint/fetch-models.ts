import { z } from "zod";
import { AnswerTooLongError, RedirectError, readNetworkError, readTextWithin } from "../network/index.ts";
import { cleanName, inWords, parseJson, readServerWords } from "../words/index.ts";
import { EndpointError, type EndpointProblem } from "./endpoint-error.ts";

/** More models than any service offers. */
const mostModels = 10_000;

const name = z.string().transform((text) => cleanName(text));

const modelSchema = z
  .object({
    id: name,
    // What is no length of a context is not believed.
    max_model_len: z.int().positive().max(1e9).nullish().catch(null),
    owned_by: name.nullish(),
    root: name.nullish(),
  })
  .transform(({ id, max_model_len, owned_by, root }) => ({
    id,
    /** The longest context, prompt and answer together; `null` where the server does not say. */
    maxModelTokens: max_model_len ?? null,
    ownedBy: owned_by ?? null,
    /** What the server loaded, where it says so: vLLM may serve it under another name. */
    root: root ?? null,
  }));

/** A model that an endpoint serves. */
export type ServedModel = z.output<typeof modelSchema>;

const modelsSchema = z.object({ data: z.array(modelSchema) });

/**
 * Asks an endpoint which models it serves, and tells apart the ways in which that fails for a newcomer.
 *
 * @throws EndpointError with the reason and what to do next.
 */
export async function fetchModels(options: {
  baseUrl: string;
  apiKey: string;
  timeoutMs: number;
  /** Why no key is sent, where somebody could expect one. */
  keyNote?: string | undefined;
  /** The most that the list may hold. */
  maxBytes?: number | undefined;
  fetch: typeof fetch;
}): Promise<ServedModel[]> {
  const { baseUrl, apiKey, timeoutMs, keyNote, maxBytes } = options;
  const address = `${baseUrl}/models`;
  let response: Response;
  let body: string;
  try {
    response = await options.fetch(address, {
      headers: { authorization: `Bearer ${apiKey}`, accept: "application/json" },
      signal: AbortSignal.timeout(timeoutMs),
    });
    body = await readTextWithin(response, maxBytes === undefined ? {} : { maxBytes });
  } catch (cause) {
    if (cause instanceof RedirectError) throw misled("redirected", cause);
    throw cause instanceof AnswerTooLongError
      ? misled("not-openai", cause)
      : unreachable(address, timeoutMs, cause);
  }
  const { status } = response;
  if (!response.ok) throw refused({ address, apiKey, status, body, keyNote });
  const parsed = modelsSchema.safeParse(parseJson(body));
  if (parsed.success && parsed.data.data.length <= mostModels) return parsed.data.data;
  if (parsed.success) {
    const text = `${address} lists ${inWords(parsed.data.data.length)} models: more than ${inWords(mostModels)} are not read.`;
    const remedy = "Check the base URL: no service offers so many.";
    throw new EndpointError(text, { problem: "not-openai", remedy, status });
  }
  const isWebPage = response.headers.get("content-type")?.includes("text/html") ?? false;
  if (isWebPage || /^\s*<(!doctype|html)/i.test(body)) {
    const text = `${address} answered with a web page instead of JSON: the base URL probably points at a site or a log-in page.`;
    const remedy = "Use the API's own address, which usually ends in /v1.";
    throw new EndpointError(text, { problem: "web-page", remedy, status });
  }
  const text = `${address} answered, but not with a list of models: this is not an OpenAI-compatible API.`;
  const remedy = "Check the host, the port and the path of the base URL.";
  throw new EndpointError(text, { problem: "not-openai", remedy, status, cause: parsed.error });
}

function misled(problem: EndpointProblem, cause: RedirectError | AnswerTooLongError): EndpointError {
  return new EndpointError(cause.problemText, { problem, remedy: cause.remedy, cause });
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
        `${host} answered with what is no HTTP answer ${asked}.`,
        "Check scheme, host and port: something else may listen there, or a proxy spoils the answer.",
      );
    default:
      return error(
        "nothing-listens",
        `Nothing listens at ${host} ${asked}.`,
        "Start the server, or correct host and port.",
      );
  }
}

function refused(answer: {
  address: string;
  apiKey: string;
  status: number;
  body: string;
  keyNote: string | undefined;
}): EndpointError {
  const { address, apiKey, status, body, keyNote } = answer;
  const error = (problem: EndpointProblem, text: string, remedy: string) =>
    new EndpointError(text, { problem, remedy, status });
  if (status === 401 || status === 403) {
    const given = apiKey === "EMPTY" ? "none was given" : "the one given was not accepted";
    return error(
      "unauthorized",
      `${address} wants another key (HTTP ${status}): ${given}.`,
      keyNote ?? "Set apiKey or OPENAI_API_KEY to the key that this server was started with.",
    );
  }
  if (status === 404 && parseJson(body) !== undefined) {
    return error(
      "not-openai",
      `${address} does not exist on this server (HTTP 404): the host answers, so the path is wrong.`,
      "Let the base URL lead to its OpenAI API, usually /v1.",
    );
  }
  if ([404, 502, 503, 504, 524].includes(status)) {
    return error(
      "proxy-without-server",
      `A proxy answered for ${address}, but no server behind it (HTTP ${status}): the pod is still starting, has ended, or does not expose this port.`,
      "Look at its log, and try again when the server says that it is up.",
    );
  }
  const words = readServerWords(body, { secrets: [apiKey] });
  const said = words === "" ? "" : ` and said: ${words}`;
  return error(
    "server-error",
    `${address} answered HTTP ${status}${said}.`,
    "Look at the server's log, then try again.",
  );
}
