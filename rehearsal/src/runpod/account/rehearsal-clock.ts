/** The time in which the stand-ins live; every state of a pod is computed from it when somebody asks. */
export interface RehearsalClock {
  /** Milliseconds since 1970, as `Date.now()` counts them. */
  nowMs(): number;
  /** Lets time pass at once. */
  advance(ms: number): void;
}

/** Creates a clock that runs on top of another one, the system's where none is given, and can be put forward. */
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
