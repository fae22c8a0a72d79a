import { Agent, type IncomingMessage, type ServerResponse } from "node:http";
import type { Account } from "../account/account.ts";
import { appendLine, type Pod, podState, writeScriptedLines } from "../account/pod.ts";
import { forwardRequest } from "./forward-request.ts";
import type { PodServers } from "./pod-servers.ts";

/** Where pods are found on the proxy's origin, before `/<podId>/<port>/…`; at Runpod it is a host name per pod. */
export const proxyPath = "/proxy";

/**
 * Builds the stand-in of the proxy in front of the pods.
 *
 * 404 without a body for a pod or port that it does not know, 502 with a page while nothing listens, 524 where no byte
 * comes for too long (the pod goes on regardless); else whatever the pod's vLLM-shaped server answers.
 */
export function createProxy(options: {
  account: Account;
  servers: PodServers;
  /** How long the proxy waits for a first byte; Runpod's waits about 100 s. */
  firstByteTimeoutMs: number;
}): { handle(incoming: IncomingMessage, response: ServerResponse): void; close(): void } {
  const { account, servers, firstByteTimeoutMs } = options;
  const agent = new Agent({ keepAlive: true });

  const handle = async (incoming: IncomingMessage, response: ServerResponse) => {
    const target = /^\/proxy\/([^/]+)\/(\d+)(\/[^?]*)?(\?.*)?$/.exec(incoming.url ?? "");
    const [, podId = "", port = "", path = "/", query = ""] = target ?? [];
    const nowMs = account.settle();
    const pod = account.findPod(podId);
    if (pod === undefined || !pod.container.ports.includes(`${port}/http`)) return sendEmpty(response);
    const { status, isReady } = podState(pod, nowMs);
    if (status !== "RUNNING" || pod.start === null) return sendEmpty(response);
    const fault = account.faults.take("proxy-error");
    if (fault !== undefined) return sendPage(response, fault.status);
    // Only vLLM's port has something behind it.
    if (!isReady || port !== "8000") return sendPage(response, 502);
    const { apiKey, hasStartScript } = pod.start.command;
    const isOpen = apiKey === null || !pod.faults.enforcesKey;
    const isGuarded = hasStartScript && path !== "/health" && path !== "/ping";
    if (!isOpen && isGuarded && incoming.headers.authorization !== `Bearer ${apiKey}`) {
      incoming.resume();
      response.writeHead(401, { "content-type": "application/json" }).end('{"error":"Unauthorized"}');
      writeAccessLine(pod, { incoming, path, status: 401, nowMs });
      return;
    }
    const server = await servers.open(pod);
    let isGivenUp = false;
    const timer = setTimeout(() => {
      isGivenUp = true;
      sendPage(response, 524);
    }, firstByteTimeoutMs);
    timer.unref();
    forwardRequest({
      incoming,
      response,
      agent,
      url: `${server.baseUrl.replace(/\/v1$/, "")}${path}${query}`,
      authorization: isOpen ? `Bearer ${server.apiKey}` : undefined,
      toLocation: (location) => `${proxyPath}/${pod.id}/${port}${location.replace(/^https?:\/\/[^/]+/, "")}`,
      onAnswer(answerStatus) {
        clearTimeout(timer);
        writeAccessLine(pod, { incoming, path, status: answerStatus, nowMs: account.clock.nowMs() });
        return !isGivenUp;
      },
      onFailure() {
        clearTimeout(timer);
        if (!isGivenUp) sendPage(response, 502);
      },
      // A proxy that gave up lets the pod go on.
      onClose() {
        clearTimeout(timer);
        return !isGivenUp;
      },
    });
  };

  return {
    handle(incoming, response) {
      handle(incoming, response).catch((error: unknown) => {
        console.error(error);
        if (response.headersSent) response.destroy();
        else sendPage(response, 502);
      });
    },
    close: () => agent.destroy(),
  };
}

function sendEmpty(response: ServerResponse): void {
  response.writeHead(404, { "content-length": "0" }).end();
}

const reasons: Readonly<Record<number, string>> = {
  502: "Bad gateway",
  503: "Service unavailable",
  504: "Gateway time-out",
  524: "A timeout occurred",
};

/** Sends the page with which the proxy answers by itself. */
function sendPage(response: ServerResponse, status: number): void {
  const reason = reasons[status] ?? "Web server returned an unknown error";
  const page = `<!DOCTYPE html>
<html lang="en-US">
<head><title>runpod.net | ${status}: ${reason}</title></head>
<body><h1>${reason}</h1><p>Error code ${status}</p></body>
</html>
`;
  response.writeHead(status, {
    "content-type": "text/html; charset=UTF-8",
    "content-length": Buffer.byteLength(page),
    server: "cloudflare",
  });
  response.end(page);
}

/** Writes the line that vLLM's web server writes for each call. */
function writeAccessLine(
  pod: Pod,
  call: { incoming: IncomingMessage; path: string; status: number; nowMs: number },
): void {
  const { incoming, path, status, nowMs } = call;
  writeScriptedLines(pod, nowMs);
  const words = status === 200 ? "200 OK" : status === 401 ? "401 Unauthorized" : String(status);
  const line = `(APIServer pid=1) INFO:     100.64.0.1:0 - "${incoming.method} ${path} HTTP/1.1" ${words}`;
  appendLine(pod, { atMs: nowMs, source: "container", line });
}
