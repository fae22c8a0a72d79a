import { createPod, openRunPodContext, waitUntilReady } from "../../../lib/src/runpod/index.ts";
import { obeyCrashOrder } from "../crash-order.ts";
import { canaries, gatedPlan } from "../sample-plans.ts";

// Creates a pod and waits for it in each workbook, and kills itself at the steps that it was told.

await obeyCrashOrder({
  // Whatever the pod and the port.
  nameCall: (pathname) =>
    pathname.replace(/^\/proxy\/[^/]+\/\d+/, "proxy").replace(/\/pods\/[^/]+/, "/pods/id"),
  async work({ stateFolder, projectRoot, apiUrl, proxyUrl }, parts) {
    const context = openRunPodContext({
      settings: { target: "runpod", stateFolder, projectRoot, maxUsdPerHour: 2 },
      connection: { apiUrl, proxyUrl, apiKey: canaries.runpod, huggingFaceToken: canaries.huggingFace },
      parts,
    });
    await waitUntilReady(await createPod(gatedPlan(), { context }), { context });
  },
});
