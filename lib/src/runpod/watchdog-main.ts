import { text } from "node:stream/consumers";
import { loadKnownErrors } from "../facts/index.ts";
import { isLoopbackUrl } from "../network/index.ts";
import { endpointKind } from "./endpoints/endpoint-kind.ts";
import { isEndpointStem } from "./journal/journal-state.ts";
import { podKind } from "./pods/pod.ts";
import { openRunPodContext } from "./rental/context.ts";
import { workbookIdOf } from "./rental/rental-kind.ts";
import { watchRental } from "./rental/watch-rental.ts";
import { watchOrderSchema } from "./rental/watchdog.ts";

// The watchdog of a pod or an endpoint: a process of its own, which gets its orders through its standard input.

// What it reads later may be gone by then, with the whole checkout.
loadKnownErrors();
const order = watchOrderSchema.parse(JSON.parse(await text(process.stdin)));
const { target, stem, stateFolder, projectRoot, apiUrl, proxyUrl, apiKey, idleMinutes } = order;
const context = openRunPodContext({
  settings: { target, stateFolder, projectRoot, maxUsdPerHour: null },
  connection: { apiUrl, proxyUrl, apiKey, huggingFaceToken: null },
  // Its stem names its workbook: nothing needs to be read from a disk, or written to it.
  parts: { workbookId: workbookIdOf(stem), say() {}, watch: () => null },
});
const intervalMs = isLoopbackUrl(apiUrl) ? 2_000 : 30_000;
const options = { stem, idleMinutes, intervalMs };
if (isEndpointStem(stem)) await watchRental(context, endpointKind, options);
else await watchRental(context, podKind, options);
process.exit(0);
