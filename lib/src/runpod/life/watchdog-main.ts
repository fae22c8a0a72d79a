import { text } from "node:stream/consumers";
import { isLoopbackUrl } from "../client/index.ts";
import { openRunPodContext } from "./context.ts";
import { watchPod } from "./watch-pod.ts";
import { watchOrderSchema } from "./watchdog.ts";

// A pod's watchdog: a process of its own, which gets its orders through its standard input.

const order = watchOrderSchema.parse(JSON.parse(await text(process.stdin)));
const { target, stem, stateFolder, projectRoot, apiUrl, proxyUrl, apiKey, idleMinutes } = order;
const context = openRunPodContext({
  settings: { target, stateFolder, projectRoot, maxUsdPerHour: null },
  connection: { apiUrl, proxyUrl, apiKey, huggingFaceToken: null },
  parts: { say() {}, watch: () => null },
});
await watchPod(context, { stem, idleMinutes, intervalMs: isLoopbackUrl(apiUrl) ? 2_000 : 30_000 });
process.exit(0);
