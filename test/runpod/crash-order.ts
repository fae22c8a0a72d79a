import { z } from "zod";
import { openJournal } from "../../lib/src/runpod/journal/journal.ts";
import type { ContextParts } from "../../lib/src/runpod/rental/context.ts";

const killAtSchema = z.object({ step: z.string(), when: z.enum(["before", "after"]) });

/** The step at which a process kills itself: the first of this name. */
export type KillAt = z.output<typeof killAtSchema>;

const orderSchema = z.object({
  ...{ stateFolder: z.string(), projectRoot: z.string(), apiUrl: z.string(), proxyUrl: z.string() },
  /** `null` lives through all of them. */
  killAt: killAtSchema.nullable(),
});

/** Reads what the parent of this process orders. */
export function readCrashOrder() {
  return orderSchema.parse(JSON.parse(process.argv[2] ?? "null"));
}

/**
 * The parts of a context that print each step when it begins, and kill this process at the one that was ordered.
 *
 * Steps are the calls to the API and the entries of the journal. `nameCall` gives calls of the same kind the same name.
 */
export function mortalParts(
  order: Pick<z.output<typeof orderSchema>, "stateFolder" | "apiUrl" | "killAt">,
  nameCall: (pathname: string) => string,
): ContextParts {
  const { stateFolder, apiUrl, killAt } = order;
  const journal = openJournal({ stateFolder, target: "runpod", apiUrl });
  const begin = (step: string): (() => void) => {
    const die = (when: KillAt["when"]) => {
      if (killAt?.step === step && killAt.when === when) process.kill(process.pid, "SIGKILL");
    };
    process.stdout.write(`${step}\n`);
    die("before");
    return () => die("after");
  };
  return {
    async fetch(input, init) {
      const { pathname } = new URL(input instanceof Request ? input.url : input);
      const end = begin(`${init?.method ?? "GET"} ${nameCall(pathname)}`);
      const answer = await fetch(input, init);
      end();
      return answer;
    },
    journal: {
      ...journal,
      append(entry) {
        const end = begin(`journal ${entry.kind}`);
        journal.append(entry);
        end();
      },
    },
    // Without a watchdog, which would clear up before the sweep is tried.
    watch: () => ({ pid: 1, startedAt: "never", host: "nowhere" }),
    say() {},
    startProgress: () => ({ update() {}, done() {} }),
  };
}
