import { spawn } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";

// A thread beside the kernel's own, for what must be done while a cell never lets go. In JavaScript: in TypeScript it takes
// 45 ms and 20 MB more at every start of a kernel.

endWithJupyter();
listenForInterrupts(stopWhatNeverLetsGo);

/**
 * A kernel is in a session of its own, so a Jupyter that is killed leaves it behind. It ends when it is given a new parent, also
 * one that starts just then (Jupyter says in JPY_PARENT_PID who it is).
 */
function endWithJupyter() {
  const parent = process.ppid;
  const named = Number(process.env["JPY_PARENT_PID"]);
  const end = () => process.kill(process.pid, "SIGKILL");
  if (named > 0 && named !== parent && isGone(named)) end();
  setInterval(() => process.ppid !== parent && end(), 200);
}

/** @param {number} pid */
function isGone(pid) {
  try {
    return !process.kill(pid, 0);
  } catch {
    return true;
  }
}

/**
 * Jupyter sends SIGINT to all processes of the kernel's group. A thread does not hear of it, but a shell in the group does; it
 * ends with the kernel, whose end of its standard input is closed then.
 *
 * @param {() => void} onInterrupt
 */
function listenForInterrupts(onInterrupt) {
  const untilInputEnds = "exec 3<&0; cat <&3 >/dev/null & wait $!; while [ $? -gt 128 ]; do wait $!; done";
  const shell = spawn("/bin/sh", ["-c", `trap echo INT; ${untilInputEnds}`], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  shell.stdout.on("data", onInterrupt);
  // Without a shell the kernel works, and such a loop goes on until Kernel → Restart.
  shell.on("error", () => {});
  // An interrupt that comes before the trap is set ends the shell.
  shell.on("exit", (_code, signal) => signal !== null && listenForInterrupts(onInterrupt));
}

let isAsked = false;
parentPort?.on("message", () => {
  isAsked = false;
});

async function stopWhatNeverLetsGo() {
  /** @type {{ kernelWork: Int32Array, patienceMs: number }} */
  const { kernelWork, patienceMs } = workerData;
  if (isAsked) return;
  isAsked = true;
  parentPort?.postMessage("answer");
  const stepMs = 50;
  for (let silentMs = 0; isAsked; silentMs += stepMs) {
    if (Atomics.load(kernelWork, 0) > 0) silentMs = 0;
    if (silentMs >= patienceMs) {
      await terminateExecution();
      parentPort?.postMessage("stopped");
      silentMs = 0;
    }
    await delay(stepMs);
  }
}

async function terminateExecution() {
  const { Session } = await import("node:inspector/promises");
  const session = new Session();
  session.connectToMainThread();
  await session.post("Runtime.terminateExecution");
  session.disconnect();
}
