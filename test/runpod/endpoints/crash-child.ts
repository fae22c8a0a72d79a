import {
  createEndpoint,
  openRunPodContext,
  planEndpoint,
  waitUntilReady,
} from "../../../lib/src/runpod/index.ts";
import { mortalParts, readCrashOrder } from "../crash-order.ts";
import { canaries } from "../sample-plans.ts";
import { endpointCanary } from "./endpoint-world.ts";

// Makes an endpoint and waits for it, and kills itself at the step that it was told.

const order = readCrashOrder();
const { stateFolder, projectRoot, apiUrl, proxyUrl } = order;
const context = openRunPodContext({
  settings: { target: "runpod", stateFolder, projectRoot, maxUsdPerHour: 2 },
  connection: {
    ...{ apiUrl, proxyUrl, apiKey: canaries.runpod, endpointKey: endpointCanary },
    huggingFaceToken: canaries.huggingFace,
  },
  // Whatever the endpoint, the worker and the port.
  parts: mortalParts(order, (pathname) =>
    pathname
      .replace(/^\/balancer\/[^/]+/, "balancer")
      .replace(/\/serverless\/[^/]+/, "/serverless/id")
      .replace(/\/workers\/[^/]+/, "/workers/id"),
  ),
});
const plan = planEndpoint({ model: "meta-llama/Llama-3.1-8B-Instruct", idleSeconds: 3_600 });
await waitUntilReady(await createEndpoint(plan, { context }), { context });
process.stdout.write("done\n");
process.exit(0);
