import { z } from "zod";
import { openJournal } from "../../lib/src/runpod/journal/journal.ts";
import type { ContextParts } from "../../lib/src/runpod/rental/context.ts";

const killAtSchema = z.object({
  step: z.string(),
  when: z.enum(["before", "after"]),
  /** Whether the step comes in every run. */
  isSure: z.boolean(),
});

/** The step at which a process is killed: the first of this name; where none comes of those that need not, its end. */
export type KillAt = z.output<typeof killAtSchema>;

const orderSchema = z.object({
  ...{ apiUrl: z.string(), proxyUrl: z.string() },
  workbooks: z.array(
    z.object({
      ...{ stateFolder: z.string(), projectRoot: z.string() },
      /** `null` is not killed. */
      killAt: killAtSchema.nullable(),
    }),
  ),
});

/** What a process does: the same in each of several workbooks, in each until a step of its own. */
export type CrashOrder = z.output<typeof orderSchema>;

/** One of the workbooks, and the account that it rents from. */
export type CrashPlace = Omit<CrashOrder, "workbooks"> & CrashOrder["workbooks"][number];

// So many workbooks at a time make the most of two processors.
const atOnce = 6;

/**
 * Does what the parent of this process orders, and kills this process when each workbook has come to its step.
 *
 * A workbook that is at its step has no effect any more: it sees the process die there. Steps are the calls to the API
 * and the entries of the journal; each is printed as it begins. `nameCall` gives calls of the same kind the same name.
 */
export async function obeyCrashOrder(options: {
  nameCall: (pathname: string) => string;
  work: (place: CrashPlace, parts: ContextParts) => Promise<unknown>;
}): Promise<void> {
  const { workbooks, ...addresses } = orderSchema.parse(JSON.parse(process.argv[2] ?? "null"));
  const waiting = [...workbooks];
  const workOn = async () => {
    for (let workbook = waiting.shift(); workbook !== undefined; workbook = waiting.shift()) {
      const place = { ...addresses, ...workbook };
      const { parts, death } = mortalParts(place, options.nameCall);
      const working = options.work(place, parts).then(() => "done" as const);
      if ((await Promise.race([working, death])) === "died") continue;
      if (place.killAt?.isSure === false) continue;
      if (place.killAt !== null) throw new Error(`There was no step ${place.killAt.step}.`);
      process.stdout.write("done\n");
    }
  };
  await Promise.all(Array.from({ length: atOnce }, workOn));
  if (workbooks.every(({ killAt }) => killAt !== null)) process.kill(process.pid, "SIGKILL");
  process.exit(0);
}

function mortalParts(place: CrashPlace, nameCall: (pathname: string) => string) {
  const { stateFolder, apiUrl, killAt } = place;
  const journal = openJournal({ stateFolder, target: "runpod", apiUrl });
  const never = new Promise<never>(() => {});
  const { promise: death, resolve: die } = Promise.withResolvers<"died">();
  let isDead = false;
  const reach = (step: string, when: KillAt["when"]): boolean => {
    if (killAt?.step === step && killAt.when === when) isDead = true;
    if (isDead) die("died");
    return isDead;
  };
  const begin = (step: string) => {
    if (!isDead) process.stdout.write(`${step}\n`);
    return reach(step, "before");
  };
  const parts: ContextParts = {
    async fetch(input, init) {
      const { pathname } = new URL(input instanceof Request ? input.url : input);
      const step = `${init?.method ?? "GET"} ${nameCall(pathname)}`;
      if (begin(step)) return never;
      const answer = await fetch(input, init);
      return reach(step, "after") ? never : answer;
    },
    journal: {
      ...journal,
      append(entry) {
        const step = `journal ${entry.kind}`;
        if (begin(step)) throw new Error("the process is dead");
        journal.append(entry);
        if (reach(step, "after")) throw new Error("the process is dead");
      },
    },
    // Without a watchdog, which would clear up before the sweep is tried.
    watch: () => ({ pid: 1, startedAt: "never", host: "nowhere" }),
    say() {},
    startProgress: () => ({ update() {}, done() {} }),
  };
  return { parts, death };
}
