import { z } from "zod";
import { createPod, openRunPodContext, waitUntilReady } from "../../../lib/src/runpod/index.ts";
import { openJournal } from "../../../lib/src/runpod/journal/journal.ts";
import { canaries, gatedPlan } from "../sample-plans.ts";

// Creates a pod and waits for it, and kills itself at the step that it was told; each step is printed when it begins.

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
  connection: { apiUrl, proxyUrl, apiKey: canaries.runpod, huggingFaceToken: canaries.huggingFace },
  parts: {
    async fetch(input, init) {
      const step = nameCall(String(input), init?.method);
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

const pod = await createPod(context, gatedPlan());
await waitUntilReady(context, pod);
process.stdout.write("done\n");
process.exit(0);

/** The same name for the same kind of call, whatever the pod and the port. */
function nameCall(address: string, method = "GET"): string {
  const { pathname } = new URL(address);
  return `${method} ${pathname.replace(/^\/proxy\/[^/]+\/\d+/, "proxy").replace(/\/pods\/[^/]+/, "/pods/id")}`;
}
