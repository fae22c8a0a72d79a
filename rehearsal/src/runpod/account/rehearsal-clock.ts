/** The clock of the stand-ins; the state of a pod is computed from it at each call. */
export interface RehearsalClock {
  /** Milliseconds since 1970, as `Date.now()` counts them. */
  nowMs(): number;
  /** Moves the clock forward. */
  advance(ms: number): void;
}

/** Creates a clock that follows another one, by default the system's, and can be moved forward. */
export function createRehearsalClock(source: { nowMs(): number } = { nowMs: Date.now }): RehearsalClock {
  let aheadMs = 0;
  return {
    nowMs: () => source.nowMs() + aheadMs,
    advance(ms) {
      if (!(ms >= 0)) throw new RangeError(`Time cannot be put forward by ${ms} ms.`);
      aheadMs += ms;
    },
  };
}
