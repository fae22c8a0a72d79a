import {
  type Agent,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request,
  type ServerResponse,
} from "node:http";

/** A request that a stand-in passes on to the server behind it. */
export interface ForwardedRequest {
  incoming: IncomingMessage;
  response: ServerResponse;
  agent: Agent;
  /** At the server behind. */
  url: string;
  /** Replaces the caller's own; leave it out to pass that on. */
  authorization?: string | undefined;
  /** Added to the answer. */
  headers?: OutgoingHttpHeaders | undefined;
  /** Says where a redirect of the server leads for the caller. */
  toLocation?: ((location: string) => string) | undefined;
  /** Called as soon as the server answers; `false` throws the answer away. */
  onAnswer?: ((status: number) => boolean) | undefined;
  /** Called where the server fails before its answer has begun. */
  onFailure(): void;
  /** Called when either side is gone; returns whether the server may be stopped. */
  onClose?: (() => boolean) | undefined;
}

/** Passes a request on and streams the answer back as it comes; if the server breaks off, so does the answer. */
export function forwardRequest(forwarded: ForwardedRequest): void {
  const { incoming, response, agent, url, authorization } = forwarded;
  const { connection: _connection, host: _host, ...headers } = incoming.headers;
  if (authorization !== undefined) headers.authorization = authorization;
  const inner = request(url, { agent, method: incoming.method, headers });
  inner.on("response", (answer) => {
    if (forwarded.onAnswer?.(answer.statusCode ?? 0) === false) {
      answer.resume();
      return;
    }
    const { connection: _closes, "keep-alive": _keeps, ...answerHeaders } = answer.headers;
    const { location } = answerHeaders;
    if (location !== undefined) answerHeaders.location = forwarded.toLocation?.(location) ?? location;
    response.writeHead(answer.statusCode ?? 502, { ...answerHeaders, ...forwarded.headers });
    response.flushHeaders();
    answer.on("data", (chunk: Buffer) => {
      if (!response.write(chunk)) answer.pause();
    });
    response.on("drain", () => answer.resume());
    answer.on("end", () => response.end());
    // The client must see that the server broke off.
    answer.on("error", () => response.destroy());
  });
  inner.on("error", () => {
    if (response.headersSent) response.destroy();
    else forwarded.onFailure();
  });
  // A client that goes away stops the generation.
  response.on("close", () => {
    if (forwarded.onClose?.() !== false) inner.destroy();
  });
  incoming.pipe(inner);
}
