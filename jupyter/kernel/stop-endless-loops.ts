import { setTimeout } from "node:timers";
import { MessageChannel, Worker } from "node:worker_threads";

/** How long after an interrupt the kernel may be busy before what runs is ended. */
const patienceMs = 300;

/** For how long a cell that was ended by force may still end in its own way. */
const graceMs = 200;

/** Ends what never lets go of the kernel, when the reader interrupts it. */
export interface LoopStop {
  /** Has a listener hear of every interrupt, also of one that a call in the cell takes for itself. */
  listen(onInterrupt: () => void): void;
  /** Runs work of the kernel's own, such as compiling, which is never ended by force. */
  protect<Result>(work: () => Result): Result;
  /** Runs a cell; resolves with `whenStopped()` if it was ended by force, for then it never resolves itself. */
  runCell<Result>(cell: () => Promise<Result>, whenStopped: () => Result): Promise<Result>;
}

/**
 * Starts the thread that watches the kernel: it ends the kernel with its Jupyter, and a loop with Jupyter's interrupt.
 *
 * Node's vm stops a loop only before a cell's first await. Here the thread asks the kernel for a sign of life, and without one
 * has V8 end what runs. Node must be started with --no-force-async-hooks-checks: else it ends itself when a timer is ended so.
 */
export function stopEndlessLoops(): LoopStop {
  const kernelWork = new Int32Array(new SharedArrayBuffer(4));
  const thread = new Worker(new URL("./watch-thread.mjs", import.meta.url), {
    execArgv: [],
    workerData: { kernelWork, patienceMs },
  });
  let onStopped = () => {};
  let onInterrupt = () => {};
  thread.on("message", (message: "answer" | "stopped") => {
    if (message === "answer") {
      thread.postMessage("here");
      onInterrupt();
    } else setTimeout(() => onStopped(), graceMs);
  });
  thread.unref();

  const { port1: start, port2: started } = new MessageChannel();
  return {
    listen(listener) {
      onInterrupt = listener;
    },
    protect(work) {
      Atomics.add(kernelWork, 0, 1);
      try {
        return work();
      } finally {
        Atomics.sub(kernelWork, 0, 1);
      }
    },
    runCell(cell, whenStopped) {
      return new Promise((resolve, reject) => {
        const stop = () => resolve(whenStopped());
        const hasEnded = () => {
          if (onStopped === stop) onStopped = () => {};
        };
        onStopped = stop;
        // In a turn of its own: what is ended by force takes with it whatever waits for the same turn, such as a reply.
        started.once("message", () => cell().finally(hasEnded).then(resolve, reject));
        started.unref();
        start.postMessage(null);
      });
    },
  };
}
