import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import type { Endpoint } from "../endpoint/index.ts";
import { InputError, WorkbookError } from "../errors.ts";
import { readTextWithin } from "../network/index.ts";
import { parseJson } from "../words/index.ts";
import { findWorkerUrls } from "./find-worker-urls.ts";
import {
  notInstalled,
  type RouterConfiguration,
  type RouterProcess,
  startRouterProcess,
} from "./router-process.ts";

/** How the router chooses a worker; what each does stands in vllm-router's own documentation. */
export type RouterPolicy = "cache_aware" | "consistent_hash" | "power_of_two" | "random" | "round_robin";

/** What stands behind the router, and how it shares out. */
export interface RouterOptions {
  /** Servers of the same model with the same key. */
  endpoints: readonly Pick<Endpoint, "baseUrl" | "apiKey" | "model">[];
  /** Default `cache_aware`, the router's own: what begins alike goes to the same worker, while none is overloaded. */
  policy?: RouterPolicy;
  /** Default: any free port. */
  port?: number;
  /** A Python that has the package `vllm-router`; default: the one that set-up has made. */
  python?: string;
}

/** A router in front of several servers; `openEndpoint` opens it like any of them. */
export interface Router {
  /** Ends in `/v1`. */
  readonly baseUrl: string;
  /** The workers' own key, which each request carries through; it does not show when the router is printed. */
  readonly apiKey: string;
  readonly pid: number;
  /** What the router thinks of its workers now. */
  listWorkers(): Promise<RouterWorker[]>;
  close(): Promise<void>;
}

/** A server behind the router, as the router sees it. */
export interface RouterWorker {
  url: string;
  isHealthy: boolean;
  /** Requests that it is answering for the router. */
  requests: number;
}

const startTimeoutMs = 30_000;
const portTries = 3;

/**
 * Starts the vLLM project's own router, `vllm-router`, on this machine in front of several endpoints of the same model.
 *
 * Health, retries and policy are the router's. It listens on loopback, on a free port, and holds no key: requests bring
 * theirs, and the router refuses a key that no worker accepts. It ends with `close()`, and with this process.
 *
 * @throws InputError where the endpoints do not belong together, WorkbookError where it is not installed or does not come up.
 */
export async function startRouter(options: RouterOptions): Promise<Router> {
  const { policy = "cache_aware", python } = options;
  const { workerUrls, apiKey } = findWorkerUrls(options.endpoints);
  for (let attempt = 1; ; attempt++) {
    const port = await findFreePort(options.port);
    const configuration = configureRouter(workerUrls, { policy, port });
    const process = await startRouterProcess({ python, configuration });
    const root = `http://127.0.0.1:${port}`;
    const ask = (path: string, timeoutMs: number) =>
      fetch(`${root}${path}`, {
        headers: { authorization: `Bearer ${apiKey}` },
        redirect: "error",
        signal: AbortSignal.timeout(timeoutMs),
      });
    const problem = await waitForRouter(process, () => ask("/readiness", 2_000));
    if (problem === null) {
      const router: Router = {
        baseUrl: `${root}/v1`,
        apiKey,
        pid: process.pid,
        listWorkers: async () => readWorkers(await ask("/workers", 5_000)),
        close: () => process.end(),
      };
      return Object.defineProperty(router, "apiKey", { enumerable: false });
    }
    await process.end();
    // Another program may have taken the port before the router did.
    const lostPort = /address (already )?in use/i.test(process.lastLines());
    if (!lostPort || attempt === portTries) throw doesNotStart(problem, process);
  }
}

function configureRouter(
  workerUrls: string[],
  { policy, port }: { policy: RouterPolicy; port: number },
): RouterConfiguration {
  return {
    worker_urls: workerUrls,
    host: "127.0.0.1",
    port,
    policy,
    // Without it anybody who reaches the port could list, add and remove workers, and read what they are sent.
    api_key_validation_urls: workerUrls.map((url) => `${url}/v1/models`),
    worker_startup_timeout_secs: startTimeoutMs / 1_000,
    worker_startup_check_interval: 1,
    // Chats avoid a dead worker at once; the list of models comes from the first one until it is known to be dead.
    health_check_interval_secs: 1,
    health_failure_threshold: 2,
    log_level: "warn",
    // Else its metrics take the same port for every router of this machine.
    prometheus_port: 0,
  };
}

const workersSchema = z.object({
  workers: z.array(z.object({ url: z.string(), is_healthy: z.boolean(), load: z.number() })),
});

async function readWorkers(response: Response): Promise<RouterWorker[]> {
  const { workers } = workersSchema.parse(parseJson(await readTextWithin(response)));
  return workers.map(({ url, is_healthy: isHealthy, load: requests }) => ({ url, isHealthy, requests }));
}

/** Waits until the router is ready; returns what went wrong, or `null`. */
async function waitForRouter(
  router: RouterProcess,
  askReadiness: () => Promise<Response>,
): Promise<string | null> {
  const deadline = performance.now() + startTimeoutMs;
  while (performance.now() < deadline) {
    const exitCode = router.exitCode();
    if (exitCode !== null) return `ended with code ${exitCode}`;
    const response = await askReadiness().catch(() => null);
    await response?.body?.cancel();
    if (response?.ok) return null;
    if (response?.status === 401) return "found no worker that accepts the key";
    await delay(50);
  }
  return `was not ready after ${startTimeoutMs / 1_000} s`;
}

function doesNotStart(problem: string, router: RouterProcess): WorkbookError {
  const lines = router.lastLines();
  if (/ModuleNotFoundError/.test(lines)) return notInstalled("its Python package is missing");
  return new WorkbookError(`The router ${problem}. Its last output: ${lines || "none"}`, {
    remedy: "Ask each worker for /health; one that does not answer keeps the router from starting.",
  });
}

/** Finds a port that nobody listens on; the one that is wanted, or any. */
async function findFreePort(wanted = 0): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer().once("error", (cause) => {
    reject(
      new InputError(`startRouter: nothing can listen on port ${wanted} of 127.0.0.1.`, {
        remedy: "Take another one, or leave port out: then any free one is taken.",
        cause,
      }),
    );
  });
  server.listen(wanted, "127.0.0.1", () => {
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : wanted;
    server.close(() => resolve(port));
  });
  return promise;
}
