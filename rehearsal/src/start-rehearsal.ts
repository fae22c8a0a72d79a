import type { RequestListener } from "node:http";
import { createFaultList, type RunPodFaultInput } from "./faults/runpod-faults.ts";
import { createHubApp } from "./hub/hub-app.ts";
import { listenerOf, listenOnLoopback, watchActivity } from "./loopback-server.ts";
import { createAccount } from "./runpod/account/account.ts";
import { readLedger } from "./runpod/account/ledger.ts";
import { createRehearsalClock } from "./runpod/account/rehearsal-clock.ts";
import { createApiApp } from "./runpod/api/api-app.ts";
import { createPodServers, type PodEngineOptions } from "./runpod/edge/pod-servers.ts";
import { createProxy, proxyPath } from "./runpod/edge/proxy-server.ts";
import { writeServingLog } from "./runpod/edge/serving-log.ts";
import { createAutoscaler } from "./runpod/serverless/autoscaler.ts";
import { createGateway } from "./runpod/serverless/gateway-server.ts";

/** What a rehearsal is made of. */
export interface StandInOptions extends PodEngineOptions {
  /** What goes wrong from the beginning. */
  faults?: readonly RunPodFaultInput[] | undefined;
  /** Where its time comes from; default is the system's clock. */
  clock?: { nowMs(): number } | undefined;
  /** From the creation of a pod to its first answer; default 1500. */
  bootMs?: number | undefined;
  /** What is on the account; default 25 USD. */
  balanceUsd?: number | undefined;
  /** How long the proxy waits for a first byte; default 100 s, as Runpod's. */
  firstByteTimeoutMs?: number | undefined;
  /** How often a pod that works writes its throughput; default 2 s (vLLM: 10 s). */
  servingLogEveryMs?: number | undefined;
  /** How often a log stream looks for new lines; default 50 ms. */
  logPollMs?: number | undefined;
}

/** The stand-ins of Runpod, its proxy, its serverless gateway and Hugging Face's gate, on loopback, in this process. */
export type Rehearsal = Awaited<ReturnType<typeof startRehearsal>>;

/**
 * Starts the stand-ins in this process, each on an origin of its own: Runpod's API, its proxy in front of pods, its
 * gateway in front of serverless workers, and Hugging Face's gate.
 *
 * Every `rpa_…` and `hf_…` key is accepted unless a fault says otherwise. The model engine is loaded when the first
 * pod is called.
 */
export async function startRehearsal(options: StandInOptions = {}) {
  const { bootMs = 1_500, balanceUsd = 25, logPollMs = 50 } = options;
  const { firstByteTimeoutMs = 100_000, servingLogEveryMs = 2_000 } = options;
  const clock = createRehearsalClock(options.clock);
  const faults = createFaultList(options.faults);
  const account = createAccount({ clock, faults, initialUsd: balanceUsd });
  const servers = createPodServers({ ...options, account });
  const proxy = createProxy({ account, servers, firstByteTimeoutMs });
  const autoscaler = createAutoscaler({ account, bootMs });
  const gateway = createGateway({ account, autoscaler, servers });
  const activity = watchActivity();
  const listen = (listener: RequestListener) =>
    listenOnLoopback(activity.watch(listener), { name: "The rehearsal" });
  const gatewayServer = await listen(gateway.handle);
  const { origin: gatewayOrigin } = gatewayServer;
  const api = createApiApp({ account, autoscaler, gatewayOrigin, bootMs, pollMs: logPollMs });
  const [apiServer, proxyServer, hubServer] = await Promise.all([
    listen(listenerOf(api)),
    listen(proxy.handle),
    listen(listenerOf(createHubApp(faults))),
  ]);
  const servingLog = writeServingLog({ account, servers, everyMs: servingLogEveryMs });
  let closed: Promise<void> | undefined;
  const close = async () => {
    servingLog.stop();
    await Promise.all([apiServer, proxyServer, gatewayServer, hubServer].map((server) => server.close()));
    proxy.close();
    gateway.close();
    await servers.close();
  };
  return {
    /** Ends in `/v2`. GraphQL is at `/graphql` on the same origin. */
    runpodApiUrl: `${apiServer.origin}/v2`,
    /** With `{podId}` and `{port}` in it; paths of the pod are appended. */
    runpodProxyUrl: `${proxyServer.origin}${proxyPath}/{podId}/{port}`,
    huggingFaceUrl: hubServer.origin,
    /** What every pod and endpoint has cost, and which still run. */
    ledger: () => readLedger(account),
    /** Moves the clock forward, for the account and its pods; a pod's server keeps its own time. */
    advance: (ms: number) => {
      clock.advance(ms);
      autoscaler.scale();
    },
    nowMs: clock.nowMs,
    faults: faults.list,
    /** Replaces all faults. */
    setFaults: faults.set,
    addFault: faults.add,
    /** Ends a pod, or a worker of an endpoint, as if its host had failed. */
    losePod(podId: string) {
      account.settle();
      const pod = account.findPod(podId) ?? account.workers.get(podId);
      if (pod !== undefined && pod.end === null) account.endPod(pod, "host");
    },
    /** The last calls of the API, oldest first. */
    calls: api.calls,
    /** Milliseconds since a request last came in to any of the stand-ins, or 0 while one is being answered. */
    idleMs: activity.idleMs,
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}
