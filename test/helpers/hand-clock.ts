import type { EngineClock } from "../../rehearsal/src/model-server/timed-engine.ts";

/** A clock whose hands a test turns itself: nothing happens in between, and no time is spent waiting. */
export interface HandClock extends EngineClock {
  /** Moves on, and calls what has been scheduled on the way, each at its own time. */
  advance(ms: number): void;
}

/** Makes a clock that stands at 0. */
export function createHandClock(): HandClock {
  let nowMs = 0;
  let scheduled: { atMs: number; callback: () => void }[] = [];
  return {
    nowMs: () => nowMs,
    schedule(callback, delayMs) {
      const entry = { atMs: nowMs + delayMs, callback };
      scheduled.push(entry);
      return () => {
        scheduled = scheduled.filter((other) => other !== entry);
      };
    },
    advance(ms) {
      const untilMs = nowMs + ms;
      for (;;) {
        const [next] = scheduled.toSorted((a, b) => a.atMs - b.atMs);
        if (next === undefined || next.atMs > untilMs) break;
        scheduled = scheduled.filter((other) => other !== next);
        nowMs = Math.max(nowMs, next.atMs);
        next.callback();
      }
      nowMs = untilMs;
    },
  };
}
