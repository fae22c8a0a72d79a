const windows = [
  { name: "minute", quota: 240, seconds: 60 },
  { name: "hour", quota: 7_200, seconds: 3_600 },
  { name: "day", quota: 100_000, seconds: 86_400 },
] as const;

/**
 * Counts calls per window and writes the two headers that go with every answer to a caller with a key.
 *
 * It refuses no call: a rehearsal limits rates only where a fault says so. The quotas are of the size that the
 * vendor showed in 2026; real ones differ by account.
 */
export function createRateLimits(): { count(nowMs: number): Record<string, string> } {
  const used = new Map<string, { windowIndex: number; calls: number }>();
  return {
    count(nowMs) {
      const states = windows.map(({ name, quota, seconds }) => {
        const windowIndex = Math.floor(nowMs / (seconds * 1_000));
        const last = used.get(name);
        const calls = last?.windowIndex === windowIndex ? last.calls + 1 : 1;
        used.set(name, { windowIndex, calls });
        const resetSeconds = Math.ceil(((windowIndex + 1) * seconds * 1_000 - nowMs) / 1_000);
        return `"${name}";r=${Math.max(0, quota - calls)};t=${resetSeconds}`;
      });
      const policies = windows.map(({ name, quota, seconds }) => `"${name}";q=${quota};w=${seconds}`);
      return { RateLimit: states.join(", "), "RateLimit-Policy": policies.join(", ") };
    },
  };
}
