import { z } from "zod";
import { openRunPodContext } from "../../../lib/src/runpod/index.ts";
import { openJournal } from "../../../lib/src/runpod/journal/journal.ts";
import { createEndpoint, planEndpoint, waitUntilEndpointReady } from "../../../lib/src/scale-out/index.ts";
import { canaries } from "../../runpod/sample-plans.ts";
import { endpointCanary } from "./endpoint-world.ts";

// Makes an endpoint and waits for it, and kills itself at the step that it was told; each step is printed when it begins.

const order = z
  .object({
    ...{ stateFolder: z.string(), projectRoot: z.string(), apiUrl: z.string(), proxyUrl: z.string() },
    /** The first step of this name; `null` lives through all of them. */
    killAt: z.object({ step: z.string(), when: z.enum(["before", "after"]) }).nullable(),
  })
  .parse(JSON.parse(process.argv[2] ?? "null"));
const { stateFolder, projectRoot, apiUrl, proxyUrl, killAt } = order;

function die(step: string, when: "before" | "after"): void {
  if (killAt?.step === step && killAt.when === when) process.kill(process.pid, "SIGKILL");
}

const journal = openJournal({ stateFolder, target: "runpod", apiUrl });
const context = openRunPodContext({
  settings: { target: "runpod", stateFolder, projectRoot, maxUsdPerHour: 2 },
  connection: {
    ...{ apiUrl, proxyUrl, apiKey: canaries.runpod, endpointKey: endpointCanary },
    huggingFaceToken: canaries.huggingFace,
  },
  parts: {
    async fetch(input, init) {
      const step = nameCall(input instanceof Request ? input.url : String(input), init?.method);
      process.stdout.write(`${step}\n`);
      die(step, "before");
      const answer = await fetch(input, init);
      die(step, "after");
      return answer;
    },
    journal: {
      ...journal,
      append(entry) {
        const step = `journal ${entry.kind}`;
        process.stdout.write(`${step}\n`);
        die(step, "before");
        journal.append(entry);
        die(step, "after");
      },
    },
    // Without a watchdog, which would clear up before the sweep is tried.
    watch: () => ({ pid: 1, startedAt: "never", host: "nowhere" }),
    say() {},
    startProgress: () => ({ update() {}, done() {} }),
  },
});

const plan = planEndpoint({ model: "meta-llama/Llama-3.1-8B-Instruct", idleSeconds: 3_600 });
await waitUntilEndpointReady(context, await createEndpoint(context, plan));
process.stdout.write("done\n");
process.exit(0);

/** The same name for the same kind of call, whatever the endpoint, the worker and the port. */
function nameCall(address: string, method = "GET"): string {
  const { pathname } = new URL(address);
  const named = pathname
    .replace(/^\/balancer\/[^/]+/, "balancer")
    .replace(/\/serverless\/[^/]+/, "/serverless/id")
    .replace(/\/workers\/[^/]+/, "/workers/id");
  return `${method} ${named}`;
}
