import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { makeFolder } from "../../../helpers/environment.ts";
import { type Answer, type Behaviour, type Call, podKey, startPodApi } from "./pod-api.ts";

/** What the API and the clocks do, and what must come of it. */
export interface Scenario {
  what: string;
  /** Default: the pod's name has its first deadline, DELETE ends it. `nameAt` makes a name with a deadline so many seconds after the start. */
  answers?: (nameAt: (seconds: number) => Answer) => Partial<Record<Call, readonly Answer[]>>;
  dates?: Behaviour["dates"];
  /** The first deadline, in seconds after the start; default 0.5. */
  deadlineIn?: number;
  /** How far the pod's clock goes wrong: pairs of seconds after its first look and seconds ahead. */
  wall?: readonly [number, number][];
  environment?: (places: { elsewhere: string }) => Record<string, string>;
  constants?: Record<string, number>;
  closedLog?: boolean;
  /** It gets what the first one's clock said. */
  isStartedAgain?: boolean;
  /** By which call the pod ends; `null`: it does not. Default DELETE. */
  endsBy?: Call | null;
  /** It does not end earlier, in seconds after the start; default: the first deadline. */
  notBefore?: number;
  /** What has happened when a pod that does not end is looked at no longer. */
  until?: (seen: { counts: Record<Call, number>; log: string; elsewhere: string }) => boolean;
}

const timer = join(import.meta.dirname, "../../../../lib/pod/deadline_timer.py");

/** Starts a process that runs the timer as often as it is asked to, each time in a process of its own. */
export function startTimers(): { run: (row: object) => Promise<number>; stop: () => void } {
  const harness = spawn("python3", [join(import.meta.dirname, "harness.py"), timer], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const waiting: ((pid: number) => void)[] = [];
  createInterface(harness.stdout).on("line", (line) => waiting.shift()?.(Number(line)));
  return {
    run: (row) =>
      new Promise((resolve) => {
        waiting.push(resolve);
        harness.stdin.write(`${JSON.stringify(row)}\n`);
      }),
    // It ends the timers that still run when nobody can ask it any more.
    stop: () => harness.stdin.end(),
  };
}

/** Listens where no call with a key may come, and keeps what came. */
async function listenElsewhere(context: TestContext): Promise<{ url: string; came: () => string }> {
  let came = "";
  const server = createServer((socket) => {
    socket
      .on("error", () => undefined)
      .on("data", (bytes) => {
        came += bytes.toString("latin1");
        socket.end("HTTP/1.1 502 X\r\nContent-Length: 0\r\n\r\n");
      });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.after(() => server.close());
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  return { url: `http://127.0.0.1:${address.port}/`, came: () => came };
}

/** Runs the timer in one scenario, and checks what came of it. */
export async function playScenario(
  context: TestContext,
  { scenario, run }: { scenario: Scenario; run: (row: object) => Promise<number> },
): Promise<void> {
  const { deadlineIn = 0.5, endsBy = "DELETE", notBefore = deadlineIn, until } = scenario;
  const log = join(makeFolder(context), "log");
  const elsewhere = await listenElsewhere(context);
  const startedAtMs = Date.now();
  const nameAt = (seconds: number): Answer => {
    // Names know whole seconds: the next one.
    const at = new Date(Math.ceil(startedAtMs / 1_000 + seconds) * 1_000).toISOString();
    return { name: `workbook-0123456789-abcdef-${at.slice(0, 19).replace(/[-:]/g, "")}Z` };
  };
  let ended: { by: Call; afterSeconds: number } | null = null;
  let pid = 0;
  const end = (by: Call) => {
    ended ??= { by, afterSeconds: (Date.now() - startedAtMs) / 1_000 };
    // The end of a pod is the end of all its processes.
    process.kill(pid, "SIGKILL");
  };
  const api = await startPodApi(context, {
    onEnd: end,
    behaviour: {
      answers: {
        ...{ GET: [nameAt(deadlineIn - 1)], DELETE: ["ends"], action: [403], GraphQL: [403] },
        ...scenario.answers?.(nameAt),
      },
      dates: scenario.dates ?? [0],
      elsewhere: elsewhere.url,
    },
  });
  pid = await run({
    log,
    closedLog: scenario.closedLog ?? false,
    isStartedAgain: scenario.isStartedAgain ?? false,
    wall: scenario.wall ?? [],
    constants: { LONGEST_SLEEP_SECONDS: 0.1, CALL_SECONDS: 10, ...scenario.constants },
    environment: {
      WORKBOOK_API_URL: api.url,
      WORKBOOK_DEADLINE: new Date(startedAtMs + deadlineIn * 1_000).toISOString(),
      ...{ RUNPOD_POD_ID: "pod1", RUNPOD_API_KEY: podKey },
      ...scenario.environment?.({ elsewhere: elsewhere.url }),
    },
  });
  const read = () => (existsSync(log) ? readFileSync(log, "utf8") : "");
  const isOver = () =>
    ended !== null || until?.({ counts: api.counts, log: read(), elsewhere: elsewhere.came() });
  for (let looks = 0; !isOver(); looks++) {
    assert.ok(looks < 2_000, `nothing came of it: ${JSON.stringify(api.counts)}\n${read()}`);
    await delay(50);
  }
  assert.equal(ended === null ? null : (ended as { by: Call }).by, endsBy, read());
  if (ended !== null) {
    const { afterSeconds } = ended as { afterSeconds: number };
    assert.ok(afterSeconds >= notBefore, `it ended after ${afterSeconds} s:\n${read()}`);
  }
  assert.ok(!`${read()}${elsewhere.came()}`.includes(podKey), "the key is neither in the log nor elsewhere");
  assert.match(read(), /^[\x20-\x7e\n]*$/);
  if (scenario.closedLog !== true) assert.match(read(), /^workbook: this pod/);
}
