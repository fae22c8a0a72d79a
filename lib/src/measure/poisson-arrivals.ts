import { seededRandom, seedOf } from "../seeded-random.ts";

/**
 * Draws the arrival times of a Poisson process, in milliseconds from its start, in order; the same seed gives the same.
 *
 * The times between two arrivals are exponential with mean 1,000 ÷ `requestsPerSecond`.
 */
export function poissonArrivalsMs(options: {
  requestsPerSecond: number;
  durationMs: number;
  seed: number | string;
}): number[] {
  const { requestsPerSecond, durationMs, seed } = options;
  const random = seededRandom(seedOf("arrivals", seed));
  const arrivals: number[] = [];
  for (let atMs = 0; ; ) {
    atMs += (-Math.log(1 - random()) / requestsPerSecond) * 1_000;
    if (atMs >= durationMs) return arrivals;
    arrivals.push(atMs);
  }
}
