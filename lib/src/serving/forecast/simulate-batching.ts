import { engine } from "./constants.ts";
import type { Machine } from "./machine.ts";
import { stepTime } from "./step-time.ts";

/** A request of the simulation, in tokens. */
export interface SimulatedRequest {
  inputTokens: number;
  outputTokens: number;
}

/** What comes to which machine. */
export interface BatchingInput {
  machine: Machine;
  requests: readonly SimulatedRequest[];
  /** When each request comes, in seconds; closed loop: as many of them as there are streams, each end brings the next. */
  arrivals: readonly number[];
  /** Part of each prompt that is in the prefix cache. */
  cachedInputShare: number;
}

/** What a run of the simulation came to. */
export type BatchingRun = ReturnType<typeof simulateBatching>;

interface Reading extends SimulatedRequest {
  arrived: number;
  /** Tokens of the prompt that are in the cache. */
  read: number;
}

interface Writing extends SimulatedRequest {
  arrived: number;
  firstToken: number;
  /** The step with which its answer ends. */
  lastStep: number;
}

/**
 * Lets a machine serve requests as vLLM does: in each step all running streams get a token, and what is left of the step's
 * tokens reads prompts, piece by piece; a request is let in when the cache has room for it. Steps in which nothing comes or
 * goes are taken together, at the mean length of their contexts.
 */
export function simulateBatching(input: BatchingInput) {
  const { machine, requests, cachedInputShare } = input;
  const { streams: mostStreams, stepTokens } = machine.limits;
  const arrivals = [...input.arrivals];
  const waiting: Reading[] = [];
  const reading: Reading[] = [];
  const writing: Writing[] = [];
  const timesToFirstToken: number[] = [];
  const timesPerToken: number[] = [];
  const isClosed = arrivals.length < requests.length;
  const room = (request: SimulatedRequest) =>
    request.inputTokens + engine.admittedAnswerShare * request.outputTokens;
  let [now, steps, contextTokens, usedTokens, admitted] = [0, 0, 0, 0, 0];
  let [arrived, nextWaiting, nextReading, outputTokens, done] = [0, 0, 0, 0, 0];
  let [busySeconds, waitedForCache] = [0, false];

  const end = (request: SimulatedRequest) => {
    admitted -= 1;
    usedTokens -= room(request);
    done += 1;
    if (isClosed && arrivals.length < requests.length) arrivals.push(now + engine.pauseSeconds);
  };
  const advance = (seconds: number, count: number) => {
    now += seconds * count;
    busySeconds += seconds * count;
    steps += count;
    outputTokens += writing.length * count;
    contextTokens += writing.length * count;
  };

  while (done < requests.length) {
    for (; arrived < arrivals.length && (arrivals[arrived] ?? 0) <= now; arrived += 1) {
      const request = requests[arrived];
      if (request === undefined) break;
      const read = Math.min(request.inputTokens - 1, Math.floor(request.inputTokens * cachedInputShare));
      waiting.push({ ...request, arrived: arrivals[arrived] ?? 0, read: Math.max(0, read) });
    }
    while (nextWaiting < waiting.length && admitted < mostStreams) {
      const request = waiting[nextWaiting];
      if (request === undefined) break;
      if (usedTokens + room(request) > machine.cacheTokens && admitted > 0) {
        waitedForCache = true;
        break;
      }
      usedTokens += room(request);
      admitted += 1;
      nextWaiting += 1;
      reading.push(request);
    }
    if (nextReading < reading.length) {
      let left = Math.max(stepTokens - writing.length, 1);
      let [readTokens, readPairs] = [0, 0];
      const finished: Reading[] = [];
      while (nextReading < reading.length && left > 0) {
        const request = reading[nextReading];
        if (request === undefined) break;
        const piece = Math.min(left, request.inputTokens - request.read);
        readPairs += piece * (request.read + piece / 2);
        request.read += piece;
        readTokens += piece;
        left -= piece;
        if (request.read < request.inputTokens) continue;
        finished.push(request);
        nextReading += 1;
      }
      const batch = {
        writing: writing.length,
        contextTokens,
        readTokens,
        readPairs,
        finished: finished.length,
      };
      advance(stepTime(machine, batch).seconds, 1);
      for (const request of finished) {
        timesToFirstToken.push(now + engine.requestSeconds - request.arrived);
        outputTokens += 1;
        if (request.outputTokens > 1) {
          contextTokens += request.inputTokens;
          insert(writing, { ...request, firstToken: now, lastStep: steps + request.outputTokens - 1 });
        } else end(request);
      }
    } else if (writing.length > 0) {
      let count = (writing.at(-1)?.lastStep ?? 0) - steps;
      const batch = { writing: writing.length, readTokens: 0, readPairs: 0, finished: 0 };
      const middle = contextTokens + (writing.length * count) / 2;
      const { seconds } = stepTime(machine, { ...batch, contextTokens: middle });
      const next = arrivals[arrived];
      if (next !== undefined) count = Math.max(1, Math.min(count, Math.ceil((next - now) / seconds)));
      advance(seconds, count);
    } else {
      now = Math.max(now, arrivals[arrived] ?? Number.POSITIVE_INFINITY);
    }
    for (let last = writing.at(-1); last !== undefined && last.lastStep <= steps; last = writing.at(-1)) {
      writing.pop();
      contextTokens -= last.inputTokens + last.outputTokens - 1;
      timesPerToken.push((now - last.firstToken) / (last.outputTokens - 1));
      end(last);
    }
  }
  return {
    seconds: now,
    busySeconds,
    steps,
    outputTokens,
    timesToFirstToken: Float64Array.from(timesToFirstToken).sort(),
    timesPerToken: Float64Array.from(timesPerToken).sort(),
    /** Whether a request had to wait until the cache had room for it. */
    waitedForCache,
  };
}

/** Keeps the answer that ends first at the end of the list. */
function insert(writing: Writing[], stream: Writing): void {
  let low = 0;
  let high = writing.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((writing[middle]?.lastStep ?? 0) > stream.lastStep) low = middle + 1;
    else high = middle;
  }
  writing.splice(low, 0, stream);
}
