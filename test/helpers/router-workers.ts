import type { TestContext } from "node:test";
import { connectEndpoint, type Endpoint } from "../../lib/src/endpoint/index.ts";
import {
  isRouterInstalled,
  type Router,
  type RouterOptions,
  startRouter,
} from "../../lib/src/scale-out/index.ts";
import {
  type ModelServerOptions,
  type ModelServerProcess,
  startModelServerProcess,
} from "../../rehearsal/src/index.ts";

/** `false`, or why the real router cannot be tried here: to be given as `skip` to the tests that need it. */
export const routerSkip: string | false =
  // There set-up installs it: a test that is left out for want of it would hide that.
  (process.platform === "linux" && process.arch === "x64") || isRouterInstalled()
    ? false
    : "THE ROUTER WAS NOT TRIED: PyPI has vllm-router for Linux on x64 alone.";

/** A real router in front of servers without a model, each of them a process that can be killed. */
export interface RoutedWorkers {
  servers: ModelServerProcess[];
  endpoints: Endpoint[];
  router: Router;
  /** The router's own. */
  endpoint: Endpoint;
}

/** Starts workers and the router before them; all of it ends with the test. */
export async function startRoutedWorkers(
  context: TestContext,
  options: {
    workers: number;
    policy?: RouterOptions["policy"];
    profile?: ModelServerOptions["profile"];
  },
): Promise<RoutedWorkers> {
  const { workers, policy = "round_robin", profile } = options;
  const servers = await Promise.all(
    Array.from({ length: workers }, () =>
      startModelServerProcess({ engine: "timed", model: "small", apiKey: "sk-workers", profile }),
    ),
  );
  context.after(() => Promise.all(servers.map((server) => server.kill())));
  const endpoints = await Promise.all(servers.map((server) => connectEndpoint(server)));
  const router = await startRouter({ endpoints, policy });
  context.after(() => router.close());
  return { servers, endpoints, router, endpoint: await connectEndpoint(router) };
}
