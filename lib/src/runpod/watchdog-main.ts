import { text } from "node:stream/consumers";
import { isLoopbackUrl } from "../network.ts";
import { watchEndpoint } from "./endpoints/watch-endpoint.ts";
import { isEndpointStem } from "./journal/journal-state.ts";
import { watchPod } from "./pods/watch-pod.ts";
import { openRunPodContext } from "./rental/context.ts";
import { watchOrderSchema } from "./rental/watchdog.ts";

// The watchdog of a pod or an endpoint: a process of its own, which gets its orders through its standard input.

const order = watchOrderSchema.parse(JSON.parse(await text(process.stdin)));
const { target, stem, stateFolder, projectRoot, apiUrl, proxyUrl, apiKey, idleMinutes } = order;
const context = openRunPodContext({
  settings: { target, stateFolder, projectRoot, maxUsdPerHour: null },
  connection: { apiUrl, proxyUrl, apiKey, huggingFaceToken: null },
  parts: { say() {}, watch: () => null },
});
const intervalMs = isLoopbackUrl(apiUrl) ? 2_000 : 30_000;
if (isEndpointStem(stem)) await watchEndpoint(context, { stem, intervalMs });
else await watchPod(context, { stem, idleMinutes, intervalMs });
process.exit(0);
