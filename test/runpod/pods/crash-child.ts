import { createPod, openRunPodContext, waitUntilReady } from "../../../lib/src/runpod/index.ts";
import { mortalParts, readCrashOrder } from "../crash-order.ts";
import { canaries, gatedPlan } from "../sample-plans.ts";

// Creates a pod and waits for it, and kills itself at the step that it was told.

const order = readCrashOrder();
const { stateFolder, projectRoot, apiUrl, proxyUrl } = order;
const context = openRunPodContext({
  settings: { target: "runpod", stateFolder, projectRoot, maxUsdPerHour: 2 },
  connection: { apiUrl, proxyUrl, apiKey: canaries.runpod, huggingFaceToken: canaries.huggingFace },
  // Whatever the pod and the port.
  parts: mortalParts(order, (pathname) =>
    pathname.replace(/^\/proxy\/[^/]+\/\d+/, "proxy").replace(/\/pods\/[^/]+/, "/pods/id"),
  ),
});
await waitUntilReady(await createPod(gatedPlan(), { context }), { context });
process.stdout.write("done\n");
process.exit(0);
