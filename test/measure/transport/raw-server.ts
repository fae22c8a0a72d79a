import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { TestContext } from "node:test";
import type { LoadTransport } from "../../../lib/src/measure/transport/load-transport.ts";

/** A short answer that keeps its connection open. */
export const hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHello";

/** A server that answers each whole request with bytes of its own making. */
export interface RawServer {
  baseUrl: string;
  /** All requests as they came, head and body. */
  requests: string[];
  /** How many connections were opened. */
  connections(): number;
}

/** Tells what a server does with a request: `index` counts its requests from 0, on all connections. */
export type Answer = (socket: Socket, request: { text: string; index: number }) => void;

/** Answers with this text, a byte for each character. */
export const send = (text: string) => (socket: Socket) => void socket.write(text, "latin1");

/** Starts it on loopback; `start` may put something in front of the connections. */
export async function startRawServer(
  context: TestContext,
  answer: Answer,
  options: { host?: string; create?: (onSocket: (socket: Socket) => void) => Server } = {},
): Promise<RawServer> {
  const { host = "127.0.0.1", create = createServer } = options;
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = create((socket) => {
    connections++;
    sockets.add(socket);
    let text = "";
    socket.on("error", () => {});
    socket.setEncoding("latin1").on("data", (part: string) => {
      text += part;
      const head = text.indexOf("\r\n\r\n");
      const length = Number(/content-length: (\d+)/.exec(text)?.[1]);
      if (head < 0 || text.length < head + 4 + length) return;
      requests.push(text);
      const request = { text, index: requests.length - 1 };
      text = "";
      answer(socket, request);
    });
  });
  server.listen(0, host);
  await once(server, "listening");
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const name = host.includes(":") ? `[${host}]` : host;
  return { baseUrl: `http://${name}:${port}/v1`, requests, connections: () => connections };
}

/** What became of one request: `events` in the order in which the handlers were called, runs of bytes as one. */
export interface Outcome {
  status: number | null;
  headers: ReadonlyMap<string, string>;
  body: string;
  error: string | null;
  code: string | null;
  events: string;
}

/** Sends one request and waits until its connection is free or gone. */
export function ask(
  transport: LoadTransport,
  options: {
    body?: string;
    /** Called with each event, and with the means to break off. */
    onEvent?: (event: string, abort: () => void) => unknown;
  } = {},
): Promise<Outcome> {
  const { body = "{}", onEvent = () => {} } = options;
  return new Promise((resolve) => {
    const outcome: Outcome = {
      status: null,
      headers: new Map(),
      body: "",
      error: null,
      code: null,
      events: "",
    };
    const note = (event: string) => {
      if (!outcome.events.endsWith(event)) outcome.events += ` ${event}`;
      outcome.events = outcome.events.trim();
      onEvent(event, () => sent.abort());
    };
    const sent = transport.post(Buffer.from(body), {
      head(status, headers) {
        outcome.status = status;
        outcome.headers = headers;
        note("head");
        return (bytes, from, to) => {
          outcome.body += bytes.toString("latin1", from, to);
          note("bytes");
        };
      },
      end: () => note("end"),
      failed({ message, code = null }: Error & { code?: string | null }) {
        outcome.error = message;
        outcome.code = code;
        note("failed");
      },
      closed() {
        note("closed");
        resolve(outcome);
      },
    });
  });
}
