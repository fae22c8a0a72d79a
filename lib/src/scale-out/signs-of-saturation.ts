import type { Level, Measurement } from "../measure/index.ts";

/** Something in a measurement that says: this server is full; a row for a table. */
export type SaturationSign = {
  sign: string;
  /** From this many requests at once. */
  streams: number;
  /** The figures behind it, in words. */
  seen: string;
};

/**
 * Reads off a measurement the signs that its server is full, each with the level at which it shows first.
 *
 * The knee is where output grows by less than 5 % for twice the streams. Levels limited by the client say nothing, nor do
 * those that failed before one was valid: such a server is not full.
 */
export function signsOfSaturation(measurement: Pick<Measurement, "levels" | "knee">): SaturationSign[] {
  const { knee } = measurement;
  const own = measurement.levels.filter(({ verdict }) => verdict !== "client-bound");
  const firstWorking = own.findIndex(({ verdict }) => verdict === "valid");
  const levels = firstWorking === -1 ? [] : own.slice(firstWorking);
  const first = (sign: string, look: (level: Level) => string | null): SaturationSign[] => {
    for (const level of levels) {
      const seen = look(level);
      if (seen !== null) return [{ sign, streams: level.streams, seen }];
    }
    return [];
  };
  // First tokens three times as late as for the fewest streams are a queue, and no longer reading.
  const soonest = levels[0]?.timeToFirstTokenMs.p95 ?? null;
  return [
    ...(knee === null
      ? []
      : [{ sign: "more streams bring little", streams: knee.streams, seen: knee.reason }]),
    ...first("the first token comes late", ({ timeToFirstTokenMs: { p95 } }) =>
      p95 === null || soonest === null || p95 < 3 * soonest
        ? null
        : `${inMs(p95)} for 95 % of the requests; ${inMs(soonest)} at the lowest level`,
    ),
    ...first("requests wait in the queue", ({ server }) => {
      const queued = meanMs(server?.queueTime ?? null);
      const all = meanMs(server?.timeToFirstToken ?? null);
      return queued === null || all === null || queued <= all / 2
        ? null
        : `${inMs(queued)} of the ${inMs(all)} to the first token, on average, by the server's own count`;
    }),
    ...first("requests are interrupted", ({ server }) =>
      (server?.preemptions ?? 0) === 0
        ? null
        : `${server?.preemptions === 1 ? "once" : `${server?.preemptions} times`}, because the KV cache was full`,
    ),
    ...first("requests fail", ({ requests }) =>
      requests.failed === 0 ? null : `${requests.failed} of ${requests.failed + requests.completed}`,
    ),
  ];
}

function meanMs(time: { sumSeconds: number; count: number } | null): number | null {
  return time === null || time.count === 0 ? null : (time.sumSeconds / time.count) * 1_000;
}

function inMs(ms: number): string {
  return `${Math.round(ms).toLocaleString("en-US")} ms`;
}
