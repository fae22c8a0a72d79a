import { z } from "zod";
import { readNetworkError } from "../network.ts";
import { parseJson, readServerWords } from "../words/index.ts";
import { EndpointError } from "./endpoint-error.ts";

/** A model that an endpoint serves. */
export interface ServedModel {
  id: string;
  /** The longest context, prompt and answer together; `null` where the server does not say. */
  maxModelTokens: number | null;
  ownedBy: string | null;
  /** What the server loaded, where it says so: vLLM may serve it under another name. */
  root: string | null;
}

const modelsSchema = z.object({
  data: z.array(
    z
      .object({
        id: z.string(),
        max_model_len: z.number().nullish(),
        owned_by: z.string().nullish(),
        root: z.string().nullish(),
      })
      .transform(({ id, max_model_len, owned_by, root }) => ({
        id,
        maxModelTokens: max_model_len ?? null,
        ownedBy: owned_by ?? null,
        root: root ?? null,
      })),
  ),
});

interface ModelsAnswer {
  address: string;
  apiKey: string;
  status: number;
  body: string;
}

/**
 * Asks an endpoint which models it serves, and tells apart the ways in which that fails for a newcomer.
 *
 * @throws EndpointError with the reason and what to do next.
 */
export async function fetchModels(options: {
  baseUrl: string;
  apiKey: string;
  timeoutMs: number;
  fetch: typeof fetch;
}): Promise<ServedModel[]> {
  const { baseUrl, apiKey, timeoutMs } = options;
  const address = `${baseUrl}/models`;
  let response: Response;
  let body: string;
  try {
    response = await options.fetch(address, {
      headers: { authorization: `Bearer ${apiKey}`, accept: "application/json" },
      signal: AbortSignal.timeout(timeoutMs),
    });
    body = await response.text();
  } catch (cause) {
    throw unreachable(address, timeoutMs, cause);
  }
  const { status } = response;
  if (!response.ok) throw refused({ address, apiKey, status, body });
  const parsed = modelsSchema.safeParse(parseJson(body));
  if (parsed.success) return parsed.data.data;
  const isWebPage = response.headers.get("content-type")?.includes("text/html") ?? false;
  if (isWebPage || /^\s*<(!doctype|html)/i.test(body)) {
    throw new EndpointError(
      `${address} answered with a web page instead of JSON: the base URL probably points at a site or a log-in page.`,
      { problem: "web-page", remedy: "Use the API's own address, which usually ends in /v1.", status },
    );
  }
  throw new EndpointError(
    `${address} answered, but not with a list of models: this is not an OpenAI-compatible API.`,
    {
      problem: "not-openai",
      remedy: "Check the host, the port and the path of the base URL.",
      status,
      cause: parsed.error,
    },
  );
}

function unreachable(address: string, timeoutMs: number, cause: unknown): EndpointError {
  const host = new URL(address).host;
  const { code, problem } = readNetworkError(cause);
  const asked = `(${code ?? "no connection"}, asked for ${address})`;
  switch (problem) {
    case "no-answer": {
      const howLong = code === null ? `within ${timeoutMs / 1_000} s` : `in time (${code})`;
      return new EndpointError(`${host} did not answer ${howLong} (asked for ${address}).`, {
        problem,
        remedy:
          "The server may still be loading its model, or a firewall drops the call: try again in a minute.",
        cause,
      });
    }
    case "unknown-host":
      return new EndpointError(`The host name in ${address} is not known.`, {
        problem,
        remedy: "Check the spelling; a pod's proxy name reads <podId>-8000.proxy.runpod.net.",
        cause,
      });
    case "no-secure-connection":
      return new EndpointError(`No secure connection to ${host} could be made ${asked}.`, {
        problem,
        remedy:
          "A server of your own usually speaks plain http: begin the base URL with http://. Otherwise its certificate is not trusted here.",
        cause,
      });
    case "broken-off":
      return new EndpointError(`${host} accepted the connection and closed it ${asked}.`, {
        problem: "not-openai",
        remedy:
          "What listens there may not be an HTTP server, or may want https: check scheme, host and port.",
        cause,
      });
    default:
      return new EndpointError(`Nothing listens at ${host} ${asked}.`, {
        problem: "nothing-listens",
        remedy: "Start the server, or correct host and port.",
        cause,
      });
  }
}

function refused({ address, apiKey, status, body }: ModelsAnswer): EndpointError {
  if (status === 401 || status === 403) {
    const given = apiKey === "EMPTY" ? "none was given" : "the one given was not accepted";
    return new EndpointError(`${address} wants another key (HTTP ${status}): ${given}.`, {
      problem: "unauthorized",
      remedy: "Set apiKey or OPENAI_API_KEY to the key that this server was started with.",
      status,
    });
  }
  if (status === 404 && parseJson(body) !== undefined) {
    return new EndpointError(
      `${address} does not exist on this server (HTTP 404): the host answers, so the path is wrong.`,
      { problem: "not-openai", remedy: "Let the base URL lead to its OpenAI API, usually /v1.", status },
    );
  }
  if ([404, 502, 503, 504, 524].includes(status)) {
    return new EndpointError(
      `A proxy answered for ${address}, but no server behind it (HTTP ${status}): the pod is still starting, has ended, or does not expose this port.`,
      {
        problem: "proxy-without-server",
        remedy: "Look at its log, and try again when the server says that it is up.",
        status,
      },
    );
  }
  const words = readServerWords(body, { secrets: [apiKey] });
  const said = words === "" ? "" : ` and said: ${words}`;
  return new EndpointError(`${address} answered HTTP ${status}${said}.`, {
    problem: "server-error",
    remedy: "Look at the server's log, then try again.",
    status,
  });
}
