/** The SIGINT listeners that step aside while calls of ours run. */
interface Takeover {
  stops: Set<() => void>;
  release(): void;
}

let takeover: Takeover | null = null;

/**
 * Runs a call that Jupyter's interrupt button cancels: the signal handed to it is aborted on SIGINT.
 *
 * Inside a kernel, the kernel's own listener only gives up waiting while the code goes on; so for the time of the
 * call SIGINT is ours alone, and the cell ends by the call's own error. A second interrupt goes to the kernel's
 * listener, which frees a cell that ignores the first. Outside a kernel nothing is taken over: Ctrl-C stays Ctrl-C.
 */
export async function interruptible<Result>(
  run: (signal: AbortSignal) => Promise<Result>,
  options: { signal?: AbortSignal | undefined; isKernel?: boolean | undefined } = {},
): Promise<Result> {
  const interrupt = await listenForInterrupt(options);
  try {
    return await run(interrupt.signal);
  } finally {
    interrupt.release();
  }
}

/** Like {@link interruptible}, for callers such as generators that cannot wrap their work in one function. */
export async function listenForInterrupt(
  options: { signal?: AbortSignal | undefined; isKernel?: boolean | undefined } = {},
): Promise<{ signal: AbortSignal; release(): void }> {
  const controller = new AbortController();
  const signal =
    options.signal === undefined ? controller.signal : AbortSignal.any([options.signal, controller.signal]);
  if (!(options.isKernel ?? isTslabKernel())) return { signal, release() {} };
  // Node's vm removes all SIGINT listeners during the synchronous part of a cell and puts them back afterwards: a
  // listener that is added or removed then does not last, or kills the kernel. After one await it is safe.
  await null;
  const stop = () => controller.abort();
  takeover ??= takeOver();
  takeover.stops.add(stop);
  return {
    signal,
    release() {
      takeover?.stops.delete(stop);
      if (takeover?.stops.size === 0) {
        takeover.release();
        takeover = null;
      }
    },
  };
}

function takeOver(): Takeover {
  const stops = new Set<() => void>();
  const others = process.rawListeners("SIGINT");
  let interrupts = 0;
  const onInterrupt = () => {
    interrupts++;
    if (interrupts === 1) for (const stop of stops) stop();
    else for (const listener of others) listener.call(process, "SIGINT");
  };
  process.on("SIGINT", onInterrupt);
  for (const listener of others) process.removeListener("SIGINT", listener as NodeJS.SignalsListener);
  return {
    stops,
    release() {
      for (const listener of others) process.on("SIGINT", listener as NodeJS.SignalsListener);
      process.removeListener("SIGINT", onInterrupt);
    },
  };
}

// tslab sets this global in its kernel process before the first cell runs.
function isTslabKernel(): boolean {
  return "__tslab__" in globalThis;
}
