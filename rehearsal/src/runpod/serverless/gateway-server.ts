import { Agent, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { Account } from "../account/account.ts";
import { forwardRequest } from "../edge/forward-request.ts";
import type { PodServers } from "../edge/pod-servers.ts";
import type { Autoscaler } from "./autoscaler.ts";
import { type Endpoint, isReachable, type Worker } from "./endpoint.ts";

/** What Runpod's load balancer allows: see the page `serverless/load-balancing/overview` of its documentation. */
const limits = { waitMs: 120_000, requestMs: 330_000, bodyBytes: 30_000_000 };
const pollMs = 10;

/**
 * Builds the stand-in of the load balancer in front of endpoints: `/balancer/<id>/…`.
 *
 * It takes a key of Runpod's form, and answers 400 where no worker came for two minutes, 413 above 30 MB, 524 after 5.5
 * minutes, and 502 where the server is not on the port in its settings.
 */
export function createGateway(options: { account: Account; autoscaler: Autoscaler; servers: PodServers }): {
  handle(incoming: IncomingMessage, response: ServerResponse): void;
  close(): void;
} {
  const { account, autoscaler, servers } = options;
  const agent = new Agent({ keepAlive: true });

  const handle = async (incoming: IncomingMessage, response: ServerResponse) => {
    const target = /^\/balancer\/([^/?]+)(\/[^?]*)?(\?.*)?$/.exec(incoming.url ?? "");
    const [, id = "", path = "/", query = ""] = target ?? [];
    if (!/^Bearer rpa_\w/.test(incoming.headers.authorization ?? "")) {
      return sendJson(response, 401, { error: "unauthorized" });
    }
    account.settle();
    const endpoint = account.endpoints.get(id);
    if (endpoint === undefined || endpoint.deletedAtMs !== null) {
      return sendJson(response, 404, { error: "endpoint not found" });
    }
    if (Number(incoming.headers["content-length"] ?? 0) > limits.bodyBytes) {
      incoming.resume();
      return sendJson(response, 413, { error: "payload too large: the limit is 30 MB" });
    }
    const worker = await findWorker(endpoint, response);
    if (worker === null) return;
    let isReleased = false;
    const release = () => {
      if (!isReleased) autoscaler.release(worker);
      isReleased = true;
    };
    response.once("close", release);
    if (worker.pod === null || isReachable(endpoint.container) === "no port") {
      return sendJson(response, 502, { error: "bad gateway" });
    }
    const server = await servers.open(worker.pod);
    const stopWatch = breakOffAfter(limits.requestMs, response);
    response.once("close", stopWatch);
    forwardRequest({
      incoming,
      response,
      agent,
      url: `${server.baseUrl.replace(/\/v1$/, "")}${path}${query}`,
      headers: { "x-runpod-worker-id": worker.id },
      // The caller's key is for the load balancer; the worker's server has its own, which nobody else knows.
      authorization: `Bearer ${server.apiKey}`,
      onFailure: () => sendJson(response, 502, { error: "bad gateway" }),
    });
  };

  /** Waits until a worker is ready; answers and returns `null` where none comes or the client has gone. */
  const findWorker = async (endpoint: Endpoint, response: ServerResponse): Promise<Worker | null> => {
    const request = autoscaler.arrive(endpoint);
    try {
      for (; !response.destroyed && endpoint.deletedAtMs === null; await delay(pollMs)) {
        const worker = autoscaler.take(endpoint, request);
        if (worker !== null) return worker;
        const waitedMs = account.clock.nowMs() - request.sinceMs;
        if (waitedMs >= limits.waitMs) {
          sendJson(response, 400, { error: "no workers available" });
          return null;
        }
      }
      if (!response.destroyed) sendJson(response, 404, { error: "endpoint not found" });
      return null;
    } finally {
      autoscaler.leave(endpoint, request);
    }
  };

  const breakOffAfter = (limitMs: number, response: ServerResponse): (() => void) => {
    const sinceMs = account.clock.nowMs();
    const timer = setInterval(() => {
      if (account.clock.nowMs() - sinceMs < limitMs) return;
      clearInterval(timer);
      if (response.headersSent) response.destroy();
      else sendJson(response, 524, { error: "the request took too long" });
    }, pollMs);
    timer.unref();
    return () => clearInterval(timer);
  };

  return {
    handle(incoming, response) {
      handle(incoming, response).catch((error: unknown) => {
        console.error(error);
        if (response.headersSent) response.destroy();
        else sendJson(response, 502, { error: "bad gateway" });
      });
    },
    close: () => agent.destroy(),
  };
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
