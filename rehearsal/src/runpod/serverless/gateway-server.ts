import { Agent, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { Account } from "../account/account.ts";
import { forwardRequest } from "../edge/forward-request.ts";
import type { PodServers } from "../edge/pod-servers.ts";
import type { Autoscaler } from "./autoscaler.ts";
import { type Endpoint, isReachable, type Worker, workerStatus } from "./endpoint.ts";

/** What RunPod's load balancer allows: see the page `serverless/load-balancing/overview` of its documentation. */
const limits = { waitMs: 120_000, requestMs: 330_000, bodyBytes: 30_000_000 };
const pollMs = 10;

/**
 * Builds the stand-in of what endpoints are called through: `/balancer/<id>/…` and `/v2/<id>/openai/…`.
 *
 * Both take a key of RunPod's form. The balancer answers 400 where no worker came for two minutes, 413 above 30 MB, 524
 * after 5.5 minutes, and 502 where the server is not on the port that it was told. The queue keeps a request as long as
 * it takes. Of the queue's own routes there is `/health`.
 */
export function createGateway(options: { account: Account; autoscaler: Autoscaler; servers: PodServers }): {
  handle(incoming: IncomingMessage, response: ServerResponse): void;
  close(): void;
} {
  const { account, autoscaler, servers } = options;
  const agent = new Agent({ keepAlive: true });

  const handle = async (incoming: IncomingMessage, response: ServerResponse) => {
    const target = /^\/(balancer|v2)\/([^/?]+)(\/[^?]*)?(\?.*)?$/.exec(incoming.url ?? "");
    const [, kind = "", id = "", path = "/", query = ""] = target ?? [];
    if (!/^Bearer rpa_\w/.test(incoming.headers.authorization ?? "")) {
      return sendJson(response, 401, { error: "unauthorized" });
    }
    account.settle();
    const endpoint = account.endpoints.get(id);
    const isOfKind = endpoint?.type === (kind === "balancer" ? "LOAD_BALANCER" : "QUEUE");
    if (endpoint === undefined || endpoint.deletedAtMs !== null || !isOfKind) {
      return sendJson(response, 404, { error: "endpoint not found" });
    }
    if (endpoint.type === "QUEUE" && path === "/health")
      return sendJson(response, 200, describeQueue(account, endpoint));
    const inner = endpoint.type === "QUEUE" ? /^\/openai(\/.*)$/.exec(path)?.[1] : path;
    if (inner === undefined) return sendJson(response, 404, { error: "the stand-in has no such route" });
    if (
      endpoint.type === "LOAD_BALANCER" &&
      Number(incoming.headers["content-length"] ?? 0) > limits.bodyBytes
    ) {
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
    if (worker.pod === null || isReachable(endpoint) === "no port") {
      return sendJson(response, 502, { error: "bad gateway" });
    }
    const server = await servers.open(worker.pod);
    const limitMs = endpoint.type === "LOAD_BALANCER" ? limits.requestMs : endpoint.timeoutMs;
    const stopWatch = breakOffAfter(limitMs, response);
    response.once("close", stopWatch);
    const headers = { "x-runpod-worker-id": worker.id };
    forwardRequest({
      ...{
        incoming,
        response,
        agent,
        headers,
        url: `${server.baseUrl.replace(/\/v1$/, "")}${inner}${query}`,
      },
      // The key of the edge ends here: the worker's server has its own, which nobody else knows.
      authorization: `Bearer ${server.apiKey}`,
      onFailure: () => sendJson(response, 502, { error: "bad gateway" }),
    });
  };

  /** Waits until a worker is there; answers itself where none comes, or nobody waits any more. */
  const findWorker = async (endpoint: Endpoint, response: ServerResponse): Promise<Worker | null> => {
    const request = autoscaler.arrive(endpoint);
    try {
      for (; !response.destroyed && endpoint.deletedAtMs === null; await delay(pollMs)) {
        const worker = autoscaler.take(endpoint, request);
        if (worker !== null) return worker;
        const waitedMs = account.clock.nowMs() - request.sinceMs;
        if (endpoint.type === "LOAD_BALANCER" && waitedMs >= limits.waitMs) {
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

function describeQueue(account: Account, { fleet, waiting }: Endpoint): object {
  const nowMs = account.clock.nowMs();
  const count = (status: string) => fleet.filter((worker) => workerStatus(worker, nowMs) === status).length;
  const inProgress = fleet.reduce((sum, { inFlight }) => sum + inFlight, 0);
  return {
    jobs: { completed: 0, failed: 0, inProgress, inQueue: waiting.size, retried: 0 },
    workers: {
      idle: count("IDLE"),
      initializing: count("INITIALIZING"),
      ready: count("IDLE"),
      running: count("RUNNING"),
      throttled: count("THROTTLED"),
      unhealthy: count("UNHEALTHY"),
    },
  };
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
