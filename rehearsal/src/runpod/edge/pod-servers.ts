import { randomBytes } from "node:crypto";
import type { FaultInput } from "../../faults/chat-faults.ts";
import type { Engine } from "../../model-server/engine.ts";
import { type EngineOptions, loadBestEngine, loadEngine } from "../../model-server/load-engine.ts";
import { type ModelServer, serveEngine } from "../../model-server/model-server.ts";
import type { Account } from "../account/account.ts";
import type { Pod } from "../account/pod.ts";

/** What answers inside the pods of a rehearsal; the real small model is shared by all pods. */
export interface PodEngineOptions extends EngineOptions {
  /** An engine that is there already, for all pods; the caller closes it. */
  sharedEngine?: Engine | undefined;
  /** Faults of the vLLM-shaped server in every pod. */
  modelFaults?: readonly FaultInput[] | undefined;
  seed?: number | undefined;
}

/** The vLLM-shaped servers of the pods; each is started at the first call to its pod, and ends with its container. */
export type PodServers = ReturnType<typeof createPodServers>;

/** Creates the servers of one rehearsal's pods. */
export function createPodServers(options: { account: Account } & PodEngineOptions) {
  const { account } = options;
  const opened = new Map<string, Promise<ModelServer>>();
  const running = new Map<string, ModelServer>();
  const closing = new Set<Promise<void>>();
  let shared: Promise<Engine> | undefined;

  const createEngine = async (): Promise<Engine> => {
    // A pod that ends must not close the engine of the others.
    const keepOpen = (engine: Engine): Engine => ({ ...engine, close: async () => {} });
    if (options.sharedEngine !== undefined) return keepOpen(options.sharedEngine);
    if (options.engine === "timed") return loadEngine(options);
    shared ??= loadBestEngine(options);
    return keepOpen(await shared);
  };
  const start = async (pod: Pod): Promise<ModelServer> => {
    if (pod.start === null) throw new Error(`Pod ${pod.id} has no container.`);
    const { servedModel, apiKey, flags } = pod.start.command;
    return serveEngine(await createEngine(), {
      // A server that asks for no key still has one, which only the proxy in front of it knows.
      apiKey: apiKey ?? `open-${randomBytes(12).toString("hex")}`,
      model: pod.faults.wrongModel ?? servedModel,
      faults: options.modelFaults,
      flags,
      seed: options.seed,
    });
  };
  const closeServer = (podId: string) => {
    const server = opened.get(podId);
    if (server === undefined) return;
    opened.delete(podId);
    running.delete(podId);
    const closed: Promise<void> = server
      .then((started) => started.close())
      .catch(() => {})
      .finally(() => closing.delete(closed));
    closing.add(closed);
  };
  account.onContainerGone(closeServer);

  return {
    /** The server of a pod that is ready. */
    open(pod: Pod): Promise<ModelServer> {
      const known = opened.get(pod.id);
      if (known !== undefined) return known;
      const server = start(pod);
      opened.set(pod.id, server);
      server.then(
        (started) => {
          if (opened.get(pod.id) === server) running.set(pod.id, started);
        },
        () => opened.delete(pod.id),
      );
      return server;
    },
    /** Those that run now. */
    running: (): ReadonlyMap<string, ModelServer> => running,
    async close() {
      for (const podId of [...opened.keys()]) closeServer(podId);
      await Promise.all(closing);
      const engine = await shared?.catch(() => undefined);
      await engine?.close();
    },
  };
}
