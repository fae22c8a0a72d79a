import { Agent as HttpAgent, request as httpRequest, type RequestOptions } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { type Access, keyHeaders, routeUrl } from "../endpoint/index.ts";

/** Where a load goes: connections of its own, kept alive, without any limit of their own on number or time. */
export interface HttpTarget {
  readonly apiKey: string;
  /** Opens a POST to the chat route; the caller writes the body. */
  post(bodyBytes: number): ReturnType<typeof httpRequest>;
  close(): void;
}

/** More connections than this run out of ports and file descriptors on common machines. */
export const mostConnections = 10_000;

/** Creates the connections to an endpoint's chat route; HTTP and HTTPS alike. */
export function createHttpTarget(endpoint: Access, headers: Record<string, string> = {}): HttpTarget {
  const url = new URL(routeUrl(endpoint, "/chat/completions"));
  const isSecure = url.protocol === "https:";
  // The endpoint speaks for its own host only: a proxy of the environment would stand between and change the times.
  const agentOptions = { keepAlive: true, maxFreeSockets: mostConnections, noDelay: true };
  const agent = isSecure ? new HttpsAgent(agentOptions) : new HttpAgent(agentOptions);
  const request = isSecure ? httpsRequest : httpRequest;
  const options: RequestOptions = {
    method: "POST",
    hostname: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? (isSecure ? 443 : 80) : url.port,
    path: `${url.pathname}${url.search}`,
    agent,
  };
  const fixedHeaders = {
    ...headers,
    ...keyHeaders(endpoint),
    "content-type": "application/json",
    accept: "text/event-stream",
  };
  return {
    apiKey: endpoint.apiKey,
    post: (bodyBytes) => request({ ...options, headers: { ...fixedHeaders, "content-length": bodyBytes } }),
    close: () => agent.destroy(),
  };
}
