import { findDisplayWriter } from "../kernel/index.ts";
import { createProgress, type ProgressOptions } from "./progress.ts";

/** After so long a reader wants to know whether anything happens at all. */
const patienceMs = 2_000;

/**
 * Does a task whose length nobody knows, and shows a line with the seconds waited once it takes longer than two.
 *
 * The line is rewritten in place; where that is not possible, as in a file, nothing is shown.
 */
export async function showWaiting<Result>(
  label: string,
  task: () => Promise<Result>,
  options: Omit<ProgressOptions, "label" | "total"> & { patienceMs?: number } = {},
): Promise<Result> {
  const { now = () => performance.now(), output = process.stdout } = options;
  const isInJupyter = (options.display === undefined ? findDisplayWriter() : options.display) !== null;
  if (!isInJupyter && output.isTTY !== true) return task();
  const startedAtMs = now();
  const secondsWaited = () => Math.round((now() - startedAtMs) / 1_000);
  let progress: ReturnType<typeof createProgress> | undefined;
  const timer = setInterval(() => {
    progress ??= createProgress({ ...options, label: `${label}, seconds waited` });
    progress.update(secondsWaited());
  }, options.patienceMs ?? patienceMs);
  try {
    return await task();
  } finally {
    clearInterval(timer);
    progress?.done(`${label}: it took ${secondsWaited()} s.`);
  }
}
