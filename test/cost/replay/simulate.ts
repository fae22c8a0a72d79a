/** One request of a simulation; whole seconds. */
export interface Job {
  arrival: number;
  work: number;
}

/** What a simulation saw; waits by request. */
export interface Simulated {
  waits: number[];
  paidSeconds: number;
  starts: number;
  lastFinish: number;
}

/** Lives through a load second by second: one queue, pods that work while they are open and take what came first. */
export function simulatePods(options: {
  jobs: readonly Job[];
  pods: number;
  spanSeconds: number;
  isOpen?: (second: number) => boolean;
}): Simulated {
  const { jobs, pods, spanSeconds, isOpen = () => true } = options;
  const waits = jobs.map(() => Number.NaN);
  const queue: number[] = [];
  const left = Array.from({ length: pods }, () => 0);
  let [next, now, lastFinish, paidSeconds, starts] = [0, 0, 0, 0, 0];
  while (now < spanSeconds || next < jobs.length || queue.length > 0 || left.some((work) => work > 0)) {
    while (next < jobs.length && jobs[next]?.arrival === now) queue.push(next++);
    if (isOpen(now)) {
      for (let pod = 0; pod < pods; pod++) {
        if (left[pod] === 0) {
          const job = queue.shift();
          if (job === undefined) continue;
          waits[job] = now - (jobs[job]?.arrival ?? 0);
          left[pod] = jobs[job]?.work ?? 0;
        }
        left[pod] = (left[pod] ?? 0) - 1;
        if (left[pod] === 0) lastFinish = now + 1;
      }
      paidSeconds += pods;
    }
    if (isOpen(now) && !isOpen(now - 1)) starts += pods;
    now++;
  }
  return { waits, paidSeconds, starts, lastFinish };
}

interface Group {
  startedAt: number;
  readyAt: number;
  queue: number[];
  left: number;
  idleSince: number;
}

/** Lives through a load second by second on groups that are started by requests and stopped when idle; the first few never. */
export function simulateElastic(options: {
  jobs: readonly Job[];
  spanSeconds: number;
  mostGroups: number;
  startSeconds: number;
  idleSeconds: number;
  startAtWaitSeconds: number;
  countsStart: boolean;
  leastGroups: number;
}): Simulated & { mostGroups: number } {
  const { jobs, spanSeconds, startSeconds, idleSeconds, leastGroups } = options;
  const groups: (Group | null)[] = Array.from({ length: options.mostGroups }, (_, place) =>
    place < leastGroups ? { startedAt: 0, readyAt: 0, queue: [], left: 0, idleSince: 0 } : null,
  );
  const waits = jobs.map(() => Number.NaN);
  const workOf = (job: number) => jobs[job]?.work ?? 0;
  let [next, now, lastFinish, paidSeconds, starts, mostGroups] = [0, 0, 0, 0, 0, leastGroups];

  const begin = (group: Group) => {
    const job = group.queue.shift();
    if (job === undefined) return;
    waits[job] = now - (jobs[job]?.arrival ?? 0);
    group.left = workOf(job);
  };
  const isBusy = (group: Group | null) =>
    group !== null && (group.left > 0 || group.queue.length > 0 || now < group.readyAt);
  const waitAt = (group: Group) =>
    Math.max(0, group.readyAt - now) + group.left + group.queue.reduce((sum, job) => sum + workOf(job), 0);

  const countedAt = (group: Group) =>
    waitAt(group) - (options.countsStart ? 0 : Math.max(0, group.readyAt - now));

  const arrive = (job: number) => {
    const idle = groups.find((group) => group !== null && !isBusy(group));
    let taker = idle ?? null;
    if (taker === null) {
      for (const group of groups) {
        if (group !== null && (taker === null || waitAt(group) < waitAt(taker))) taker = group;
      }
      const vacant = groups.indexOf(null);
      if (vacant !== -1 && (taker === null || countedAt(taker) > options.startAtWaitSeconds)) {
        const readyAt = now + startSeconds;
        const started = { startedAt: now, readyAt, queue: [], left: 0, idleSince: readyAt };
        groups[vacant] = started;
        starts++;
        mostGroups = Math.max(mostGroups, groups.filter((group) => group !== null).length);
        if (taker === null || startSeconds < waitAt(taker)) taker = started;
      }
    }
    taker?.queue.push(job);
    if (taker !== null && taker.left === 0 && now >= taker.readyAt) begin(taker);
  };

  for (;;) {
    for (const group of groups) {
      if (group !== null && group.left === 0 && now >= group.readyAt) begin(group);
    }
    while (next < jobs.length && jobs[next]?.arrival === now) arrive(next++);
    for (const [place, group] of groups.entries()) {
      if (group === null || isBusy(group) || now - group.idleSince < idleSeconds) continue;
      if (place < leastGroups) continue;
      paidSeconds += now - group.startedAt;
      groups[place] = null;
    }
    const isWorking = groups.some((group) => group !== null && (group.left > 0 || group.queue.length > 0));
    if (now >= spanSeconds && next === jobs.length && !isWorking) break;
    for (const group of groups) {
      if (group === null || group.left === 0) continue;
      group.left--;
      if (group.left > 0) continue;
      group.idleSince = now + 1;
      lastFinish = now + 1;
    }
    now++;
  }
  for (const group of groups) if (group !== null) paidSeconds += now - group.startedAt;
  return { waits, paidSeconds, starts, lastFinish, mostGroups };
}
