import type { Load, Served } from "./load.ts";

/** Serves a load on pods that are always on, from all ready to the last request; each goes to the pod that is free first. */
export function serveWithPods(load: Load, pods: number): Served {
  const { arrivalSeconds, workSeconds, waitSeconds } = load;
  const free = new Float64Array(pods);
  let lastFinishSeconds = 0;
  for (let index = 0; index < arrivalSeconds.length; index++) {
    const arrival = arrivalSeconds[index] ?? 0;
    const start = Math.max(arrival, free[0] ?? 0);
    const finish = start + (workSeconds[index] ?? 0);
    waitSeconds[index] = start - arrival;
    replaceFirst(free, finish);
    if (finish > lastFinishSeconds) lastFinishSeconds = finish;
  }
  const paidSeconds = pods * Math.max(load.spanSeconds, lastFinishSeconds);
  return { lastFinishSeconds, paidSeconds, coldStarts: 0, mostGroups: pods };
}

/** Serves a load as `serveWithPods` does, and returns whether more than `allowed` first tokens miss the target. */
export function hasMoreLate(
  load: Load,
  options: { pods: number; timeToFirstTokenMs: number; allowed: number },
): boolean {
  const { arrivalSeconds, workSeconds, readTokens, secondsPerReadToken } = load;
  const target = options.timeToFirstTokenMs / 1_000;
  const free = new Float64Array(options.pods);
  let late = 0;
  for (let index = 0; index < arrivalSeconds.length && late <= options.allowed; index++) {
    const arrival = arrivalSeconds[index] ?? 0;
    const start = Math.max(arrival, free[0] ?? 0);
    replaceFirst(free, start + (workSeconds[index] ?? 0));
    if (start - arrival + (readTokens[index] ?? 0) * secondsPerReadToken > target) late++;
  }
  return late > options.allowed;
}

/** Puts a time in the place of the first of a heap, in which no time comes before that at half its place. */
export function replaceFirst(heap: Float64Array, time: number): void {
  const { length } = heap;
  let index = 0;
  for (let child = 1; child < length; child = 2 * index + 1) {
    if (child + 1 < length && (heap[child + 1] ?? 0) < (heap[child] ?? 0)) child++;
    const earlier = heap[child] ?? 0;
    if (earlier >= time) break;
    heap[index] = earlier;
    index = child;
  }
  heap[index] = time;
}
