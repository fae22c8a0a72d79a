import type { RunPodContext } from "../../lib/src/runpod/index.ts";
import { openJournal } from "../../lib/src/runpod/journal/journal.ts";
import { readPodLabels } from "../../lib/src/runpod/pods/pod.ts";
import type { ContextParts } from "../../lib/src/runpod/rental/context.ts";
import type { PodWorld } from "./pod-world.ts";

/** A process of a workbook that can be made to die in the middle of its work, as by a power cut. */
export interface MortalProcess {
  context: RunPodContext;
  /** Pods that it has asked for, by stem. */
  asked: Set<string>;
  /** The ids of pods that answered its chat, whether it heard of that or died. */
  answered: Set<string>;
  /** Lets it die at its nth call from now, just before or just after the call has its effect. */
  dieAtCall(call: { number: number; when: "before" | "after" } | null): void;
  /** Resolves with `died` when the process dies before the work is done; the work is then never heard of again. */
  run<Result>(work: (context: RunPodContext) => Promise<Result>): Promise<Result | "died">;
  die(): void;
}

/** Starts a process of a workbook in a world; time passes when it sleeps. */
export function startMortalProcess(
  world: PodWorld,
  options: { workbook: string; maxUsdPerHour: number; clockOffMs?: number; parts?: ContextParts },
): MortalProcess {
  const { workbook, maxUsdPerHour, clockOffMs = 0 } = options;
  const now = () => new Date(world.rehearsal.nowMs() + clockOffMs);
  const asked = new Set<string>();
  const answered = new Set<string>();
  const never = new Promise<never>(() => {});
  let isDead = false;
  let death: { number: number; when: "before" | "after" } | null = null;
  const deathBell = Promise.withResolvers<"died">();
  const die = () => {
    isDead = true;
    world.alive.delete(context.self.pid);
    deathBell.resolve("died");
  };

  const mortalFetch: typeof fetch = async (input, init) => {
    if (isDead) return never;
    if (init?.method === "POST" && String(input).endsWith("/v2/pods")) noteStem(asked, init.body);
    const isLast = death !== null && death.number-- <= 0;
    if (isLast && death?.when === "before") {
      die();
      return never;
    }
    const answer = await fetch(input, init);
    const [, podId] = /\/proxy\/([^/]+)\/\d+\/v1\/chat/.exec(String(input)) ?? [];
    if (answer.ok && podId !== undefined) answered.add(podId);
    if (isLast) die();
    return isDead ? never : answer;
  };
  const { apiUrl } = { apiUrl: world.rehearsal.runpodApiUrl };
  const stateFolder = world.stateFolder(workbook);
  const journal = openJournal({
    ...{ stateFolder, target: "runpod", apiUrl, now },
  });
  const context = world.open({
    workbook,
    maxUsdPerHour,
    parts: {
      now,
      ...options.parts,
      fetch: mortalFetch,
      journal: {
        ...journal,
        append(entry) {
          if (isDead) throw new Error("the process is dead");
          journal.append(entry);
        },
      },
      sleep: async (ms) => {
        if (isDead) return never;
        world.rehearsal.advance(ms);
        await new Promise((resolve) => setImmediate(resolve));
      },
    },
  });
  return {
    context,
    asked,
    answered,
    die,
    dieAtCall: (call) => {
      death = call === null ? null : { ...call };
    },
    async run(work) {
      const working = work(context);
      // What a dead process does not hear of is nobody's failure.
      working.catch(() => {});
      return Promise.race([working, deathBell.promise]);
    },
  };
}

function noteStem(asked: Set<string>, body: unknown): void {
  const { name } = JSON.parse(String(body)) as { name: string };
  const stem = readPodLabels({ name })?.stem;
  if (stem !== undefined) asked.add(stem);
}
