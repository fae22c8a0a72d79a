import type { RequestListener } from "node:http";
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
 * @throws WorkbookError where the port is taken.
 */
export async function listenOnLoopback(
  listener: RequestListener,
  { name, port = 0 }: { name: string; port?: number | undefined },
): Promise<LoopbackServer> {
  const server = createServer(listener);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) =>
      reject(
        new WorkbookError(`${name} could not listen on 127.0.0.1:${port}.`, {
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

/** Measures how long no request has come in; `watch` wraps the listener of each server that counts. */
export function watchActivity() {
  let open = 0;
  let lastAtMs = performance.now();
  return {
    watch:
      (listener: RequestListener): RequestListener =>
      (incoming, response) => {
        open++;
        response.once("close", () => {
          open--;
          lastAtMs = performance.now();
        });
        listener(incoming, response);
      },
    /** 0 while a request is being answered. */
    idleMs: () => (open > 0 ? 0 : performance.now() - lastAtMs),
  };
}
