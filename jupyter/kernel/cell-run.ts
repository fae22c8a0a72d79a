/** What a compiled cell asks at every `await`: whether its reader has stopped it. */
export interface CellRun {
  isStopped: boolean;
  /** Never resolves. */
  never: Promise<never>;
  /** Gives back what the cell waited for; throws where the cell was stopped meanwhile. */
  goOn<Value>(value: Value): Value;
  /** The values of a `for await`, until the cell is stopped; their source is told then that no more are wanted. */
  each(values: AsyncIterable<unknown> | Iterable<unknown>): AsyncIterable<unknown>;
  /** Ends the cell: its promise fails with the interruption, and its code does not go on. */
  stop(): void;
  /** Hears that the reader interrupts. A call of the library may take the first one for itself; the second stops the cell. */
  press(): void;
  /** Fails when the cell is stopped. */
  stopped: Promise<never>;
}

/** What a cell ends with that the reader interrupts. */
export function interruption(): Error {
  return new Error("Interrupted asynchronously");
}

/** Starts the run of one cell. */
export function createCellRun(): CellRun {
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  stopped.catch(() => {});
  let presses = 0;
  const run: CellRun = {
    isStopped: false,
    never: new Promise(() => {}),
    goOn(value) {
      if (run.isStopped) throw interruption();
      return value;
    },
    async *each(values) {
      for await (const value of values) yield run.goOn(value);
    },
    stop() {
      run.isStopped = true;
      reject(interruption());
    },
    press() {
      presses += 1;
      if (presses > 1) run.stop();
    },
    stopped,
  };
  return run;
}
