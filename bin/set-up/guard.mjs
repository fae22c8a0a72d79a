// Ends what a launcher leaves running that is killed outright. The launcher says on standard input what it has started
// (`+group 12`, `+process 12`, `+stage 12`) and what has ended (`-12`); when it is gone, so is the other end of the pipe.

import { createInterface } from "node:readline";

const patienceMs = 3_000;
const lookEveryMs = 50;

/** @type {Map<number, string>} */
const started = new Map();

// In a session of its own it hears no terminal; whoever ends all processes politely gets the launcher's own clean-up.
for (const signal of /** @type {const} */ (["SIGHUP", "SIGINT", "SIGTERM"])) process.on(signal, () => {});

for await (const line of createInterface({ input: process.stdin })) {
  const [, mark, kind = "", pid] = /^([+-])([a-z]*) ?(\d+)$/.exec(line) ?? [];
  if (mark === "+") started.set(Number(pid), kind);
  else started.delete(Number(pid));
}

const alive = () => [...started].filter((child) => send(child, 0));
for (const child of started) send(child, "SIGTERM");
// A stage ends what it has started itself, and knows best how long that takes.
for (const [pid, kind] of started) if (kind === "stage") started.delete(pid);
for (let waitedMs = 0; alive().length > 0; waitedMs += lookEveryMs) {
  if (waitedMs === patienceMs) for (const child of alive()) send(child, "SIGKILL");
  await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
}

/** @param {readonly [pid: number, kind: string]} child @param {NodeJS.Signals | 0} signal */
function send([pid, kind], signal) {
  try {
    return process.kill(kind === "group" ? -pid : pid, signal);
  } catch {
    return false;
  }
}
