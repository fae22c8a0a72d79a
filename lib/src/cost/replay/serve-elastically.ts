import type { Load, Served } from "./load.ts";

/** When groups come and go; times in seconds. */
export interface Elasticity {
  mostGroups: number;
  /** From its start until a group can work. */
  startSeconds: number;
  /** A group that had nothing to do for longer is stopped. */
  idleSeconds: number;
  /** A request that would wait longer than this starts another group, if there may be one. */
  startAtWaitSeconds: number;
  /** Whether the rest of a start counts towards that wait; where not, only the work ahead does. */
  countsStart: boolean;
  /** Whether each run of a group is paid in whole seconds. */
  roundsUp: boolean;
  /** Groups that are ready from the beginning and never stopped. */
  leastGroups: number;
}

/**
 * Serves a load on groups that are started by requests and stopped when idle; begins with those that are never stopped.
 *
 * A request goes to the first group with nothing to do, else to the one that will be free first, and stays there. A group is
 * paid from its start, through idle time, to its stop; at the end of the trace, or with the last request, the bill ends. It is
 * idle when its last answer is complete, and an answer takes no less time than one of all streams does: seen on a real vLLM,
 * which was busy for longer than its work at the rate of many streams.
 */
export function serveElastically(load: Load, elasticity: Elasticity): Served {
  const { arrivalSeconds, workSeconds, aloneSeconds, waitSeconds } = load;
  const { startSeconds, startAtWaitSeconds, countsStart } = elasticity;
  const groups = groupsWithIdleStop(elasticity);
  let lastFinishSeconds = 0;
  for (let index = 0; index < arrivalSeconds.length; index++) {
    const arrival = arrivalSeconds[index] ?? 0;
    const { chosen, freeAt, readyAt, vacant } = groups.look(arrival);
    const wait = freeAt - arrival;
    const counted = countsStart ? wait : freeAt - Math.max(arrival, readyAt);
    const starts = vacant !== -1 && wait > 0 && (chosen === -1 || counted > startAtWaitSeconds);
    const takesNew = starts && arrival + startSeconds < freeAt;
    if (starts) groups.start(vacant, arrival);
    const start = takesNew ? arrival + startSeconds : Math.max(arrival, freeAt);
    const complete = start + (aloneSeconds[index] ?? 0);
    groups.occupy(takesNew ? vacant : chosen, start + (workSeconds[index] ?? 0), complete);
    waitSeconds[index] = start - arrival;
    if (complete > lastFinishSeconds) lastFinishSeconds = complete;
  }
  return { lastFinishSeconds, ...groups.end(Math.max(load.spanSeconds, lastFinishSeconds)) };
}

function groupsWithIdleStop(elasticity: Elasticity) {
  const { leastGroups: kept, startSeconds, idleSeconds, roundsUp } = elasticity;
  const most = elasticity.mostGroups;
  const freeAt = new Float64Array(most);
  const idleFrom = new Float64Array(most);
  // Negative: no group there.
  const startedAt = new Float64Array(most).fill(-1).fill(0, 0, kept);
  const seen = { chosen: -1, freeAt: Number.POSITIVE_INFINITY, readyAt: 0, vacant: -1 };
  let [live, mostGroups, coldStarts, paidSeconds] = [kept, kept, 0, 0];
  const pay = (from: number, to: number) => {
    paidSeconds += roundsUp ? Math.ceil(to - from) : to - from;
  };
  return {
    /** Stops whose time has come; finds the group for a request, and a place for another (-1: none). */
    look(now: number): typeof seen {
      seen.chosen = -1;
      seen.vacant = -1;
      seen.freeAt = Number.POSITIVE_INFINITY;
      for (let index = 0; index < most; index++) {
        const started = startedAt[index] ?? -1;
        const free = freeAt[index] ?? 0;
        const idle = idleFrom[index] ?? 0;
        if (started >= 0 && (idle + idleSeconds >= now || index < kept)) {
          if (free < seen.freeAt) {
            seen.chosen = index;
            seen.freeAt = free;
            seen.readyAt = index < kept ? 0 : started + startSeconds;
          }
          if (free <= now) break;
          continue;
        }
        if (started >= 0) {
          pay(started, idle + idleSeconds);
          startedAt[index] = -1;
          live--;
        }
        if (seen.vacant === -1) seen.vacant = index;
      }
      return seen;
    },
    start(index: number, now: number): void {
      startedAt[index] = now;
      freeAt[index] = now + startSeconds;
      idleFrom[index] = now + startSeconds;
      coldStarts++;
      live++;
      if (live > mostGroups) mostGroups = live;
    },
    occupy(index: number, until: number, complete: number): void {
      freeAt[index] = until;
      if (complete > (idleFrom[index] ?? 0)) idleFrom[index] = complete;
    },
    end(now: number): Pick<Served, "paidSeconds" | "coldStarts" | "mostGroups"> {
      for (let index = 0; index < most; index++) {
        const started = startedAt[index] ?? -1;
        const stop = index < kept ? now : Math.min((idleFrom[index] ?? 0) + idleSeconds, now);
        if (started >= 0) pay(started, stop);
      }
      return { paidSeconds, coldStarts, mostGroups };
    },
  };
}
