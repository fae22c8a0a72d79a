import { listenForInterrupt } from "../kernel/index.ts";
import { longestTimerMs, type TimeBudget } from "./time-budget.ts";

/** Everything that ends a measurement early, as one signal: the caller's, an interrupt, the end of its time. */
export async function listenForStops(
  { loadMs }: Pick<TimeBudget, "loadMs">,
  signal: AbortSignal | undefined,
): Promise<{ signal: AbortSignal; isTimeUp(): boolean; release(): void }> {
  const interrupt = await listenForInterrupt({ signal });
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), Math.min(loadMs, longestTimerMs));
  const keyboard = new AbortController();
  const onSigint = () => keyboard.abort();
  // Inside a kernel the interrupt above has taken over; a program with listeners of its own decides for itself.
  const isOurs = process.listenerCount("SIGINT") === 0;
  if (isOurs) process.once("SIGINT", onSigint);
  return {
    signal: AbortSignal.any([interrupt.signal, limit.signal, keyboard.signal]),
    isTimeUp: () => limit.signal.aborted && !interrupt.signal.aborted && !keyboard.signal.aborted,
    release() {
      clearTimeout(timer);
      process.off("SIGINT", onSigint);
      interrupt.release();
    },
  };
}
