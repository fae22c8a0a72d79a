export interface Job<Result> {
  name: string;
  /** Names of the jobs that must be done before it; those that are not among the others count as done. */
  after: readonly string[];
  /** Nothing else may run beside it. */
  isAlone: boolean;
  work: () => Promise<Result>;
}

/** Runs jobs, each as early as it may and at most `atOnce` together; the first that fails rejects, and no other starts. */
export async function runSideBySide<Result>(jobs: readonly Job<Result>[], atOnce: number): Promise<Result[]> {
  const results = new Map<Job<Result>, Result>();
  const running = new Map<Job<Result>, Promise<unknown>>();
  const isDone = (name: string) => jobs.every((job) => job.name !== name || results.has(job));
  const mayStart = (job: Job<Result>) => {
    const beside = [...running.keys()];
    const isBlocked = beside.some(({ isAlone }) => isAlone) || (job.isAlone && beside.length > 0);
    return beside.length < atOnce && !isBlocked && job.after.every(isDone);
  };
  while (results.size < jobs.length) {
    for (const job of jobs) {
      if (results.has(job) || running.has(job) || !mayStart(job)) continue;
      const work = job.work().then((result) => results.set(job, result));
      const ending = work.finally(() => running.delete(job));
      running.set(job, ending);
    }
    if (running.size === 0) throw new Error("The jobs that are left wait for one another.");
    await Promise.race(running.values());
  }
  return jobs.flatMap((job) => results.get(job) ?? []);
}
