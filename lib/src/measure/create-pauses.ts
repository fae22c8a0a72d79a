/** Creates pauses of which each ends with some work, unless all are given up before. */
export function createPauses() {
  const timers = new Set<NodeJS.Timeout>();
  return {
    size: () => timers.size,
    add(ms: number, work: () => void): void {
      const timer = setTimeout(() => {
        timers.delete(timer);
        work();
      }, ms);
      timers.add(timer);
    },
    clear(): void {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
