import { connect as connectPlain, isIP } from "node:net";
import { connect as connectSecure, createSecureContext } from "node:tls";
import { type Access, keyHeaders, listSecrets, routeUrl } from "../../endpoint/index.ts";
import {
  type Connection,
  type Exchange,
  type OpenSocket,
  openConnection,
  type ResponseHandlers,
} from "./connection.ts";

/** Where a load goes: connections of its own, kept alive, without any limit of their own on number or time. */
export interface LoadTransport {
  /** What no text may show. */
  readonly secrets: readonly string[];
  /** Sends a POST to the chat route; no handler is called before it returns. */
  post(body: Buffer, on: ResponseHandlers): { abort(): void };
  close(): void;
}

/** More connections than this run out of ports and file descriptors on common machines. */
export const mostConnections = 10_000;

const readBufferBytes = 65_536;

/**
 * Creates the connections to an endpoint's chat route; HTTP/1.1 alone, over TCP or TLS.
 *
 * `node:http` costs half as much again for each event of a stream: three streams stand between its socket and its reader.
 */
export function createLoadTransport(endpoint: Access, headers: Record<string, string> = {}): LoadTransport {
  const url = new URL(routeUrl(endpoint, "/chat/completions"));
  const openSocket = socketOpener(url);
  const requestHead = writeRequestHead(url, {
    ...headers,
    ...keyHeaders(endpoint),
    "content-type": "application/json",
    accept: "text/event-stream",
  });
  const open = new Set<Connection>();
  // The one that was freed last is taken first: of all it has had the least time to be closed by the server.
  const free: Connection[] = [];
  // Each read is used up before the next: one buffer serves all.
  const buffer = Buffer.allocUnsafeSlow(readBufferBytes);

  const sendAnew = (exchange: Exchange) => {
    const connection = openConnection({
      openSocket,
      buffer,
      onFree: (freed) => free.push(freed),
      onGone: (gone) => open.delete(gone),
      onLost(lost) {
        lost.isResent = true;
        sendAnew(lost);
      },
    });
    open.add(connection);
    connection.send(exchange);
  };

  return {
    secrets: listSecrets(endpoint),
    post(body, on) {
      const head = Buffer.from(`${requestHead}content-length: ${body.length}\r\n\r\n`, "latin1");
      const exchange: Exchange = {
        request: Buffer.concat([head, body]),
        on,
        isResent: false,
        connection: null,
      };
      let kept = free.pop();
      while (kept !== undefined && !kept.isUsable()) kept = free.pop();
      if (kept === undefined) sendAnew(exchange);
      else kept.send(exchange);
      return { abort: () => exchange.connection?.abort(exchange) };
    },
    close() {
      for (const connection of open) connection.destroy();
    },
  };
}

// The endpoint speaks for its own host only: a proxy of the environment would stand between and change the times.
function socketOpener(url: URL): OpenSocket {
  const isSecure = url.protocol === "https:";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const options = { host, port: Number(url.port) || (isSecure ? 443 : 80), noDelay: true };
  if (!isSecure) return (onread) => connectPlain({ ...options, onread });
  // Made once, and with the latest session: a handshake costs as much as hundreds of events.
  const secure = {
    ...options,
    secureContext: createSecureContext(),
    servername: isIP(host) === 0 ? host : "",
    ALPNProtocols: ["http/1.1"],
  };
  let session: Buffer | undefined;
  return (onread) => {
    // tls.connect() takes onread as net.connect() does, only its types leave it out.
    const withBuffer = { ...secure, onread, ...(session === undefined ? {} : { session }) };
    return connectSecure(withBuffer).on("session", (latest) => {
      session = latest;
    });
  };
}

// How the body is framed, and that the connection is kept, is decided here.
const ownHeaders = ["content-length", "transfer-encoding", "connection", "keep-alive", "expect"];

function writeRequestHead(url: URL, headers: Record<string, string>): string {
  const named = new Map([["host", url.host]]);
  for (const [name, value] of Object.entries(headers)) named.set(name.toLowerCase(), value);
  for (const name of ownHeaders) named.delete(name);
  const lines = [...named].map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${url.pathname}${url.search} HTTP/1.1\r\n${lines.join("")}`;
}
