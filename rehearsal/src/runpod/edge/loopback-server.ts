import type { RequestListener, Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { WorkbookError } from "workbook/errors";

/** An HTTP server of the rehearsal, on loopback. */
export interface LoopbackServer {
  /** Without a slash at the end. */
  origin: string;
  close(): Promise<void>;
}

type FetchHandler = Parameters<typeof getRequestListener>[0];

/** Adapts the routes of a hono application to Node's server. */
export function listenerOf(app: { fetch: FetchHandler }): RequestListener {
  // Without this it would put its own Request and Response in the place of Node's, for the whole process.
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  return (incoming, response) => void listener(incoming, response);
}

/**
 * Listens on 127.0.0.1 only.
 *
 * @throws WorkbookError where the port cannot be had.
 */
export async function listenOnLoopback(listener: RequestListener, port = 0): Promise<LoopbackServer> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) =>
      reject(
        new WorkbookError(`The rehearsal could not listen on 127.0.0.1:${port}.`, {
          remedy: "Choose another port, or 0 for any free one.",
          cause,
        }),
      ),
    );
    server.listen({ host: "127.0.0.1", port, backlog: 4_096 }, resolve);
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
