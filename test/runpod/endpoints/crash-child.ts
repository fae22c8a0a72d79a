import {
  createEndpoint,
  openRunPodContext,
  planEndpoint,
  waitUntilReady,
} from "../../../lib/src/runpod/index.ts";
import { obeyCrashOrder } from "../crash-order.ts";
import { canaries } from "../sample-plans.ts";
import { endpointCanary } from "./endpoint-world.ts";

// Makes an endpoint and waits for it in each workbook, and kills itself at the steps that it was told.

await obeyCrashOrder({
  // Whatever the endpoint, the worker and the port.
  nameCall: (pathname) =>
    pathname
      .replace(/^\/balancer\/[^/]+/, "balancer")
      .replace(/\/serverless\/[^/]+/, "/serverless/id")
      .replace(/\/workers\/[^/]+/, "/workers/id"),
  async work({ stateFolder, projectRoot, apiUrl, proxyUrl }, parts) {
    const context = openRunPodContext({
      settings: { target: "runpod", stateFolder, projectRoot, maxUsdPerHour: 50 },
      connection: {
        ...{ apiUrl, proxyUrl, apiKey: canaries.runpod, endpointKey: endpointCanary },
        huggingFaceToken: canaries.huggingFace,
      },
      parts,
    });
    const plan = planEndpoint({ model: "meta-llama/Llama-3.1-8B-Instruct", idleSeconds: 3_600 });
    await waitUntilReady(await createEndpoint(plan, { context }), { context });
  },
});
