import { engine } from "./constants.ts";
import type { Machine } from "./machine.ts";
import { stepTime } from "./step-time.ts";

/** A request of the simulation, in tokens. */
interface SimulatedRequest {
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

interface Stream {
  arrived: number;
  /** When the engine first could have let it in. */
  seen: number;
  /** To be read: the prompt, and after a return what it had written too. */
  toRead: number;
  read: number;
  /** Tokens of the prompt that the prefix cache has. */
  cached: number;
  toWrite: number;
  promptTokens: number;
  answerTokens: number;
  firstToken: number | null;
  /** The steps in which its writing began and ends. */
  firstStep: number;
  lastStep: number;
}

/**
 * Lets a machine serve requests as vLLM does: in each step all running streams get a token, and what is left of the step's
 * tokens reads prompts, piece by piece. A request is let in when the cache has room for its prompt; when the cache is full the
 * youngest gives up its place and reads everything again later. Steps in which nothing comes or goes are taken together, at the
 * mean length of their contexts. Source: vLLM 0.33.0, `v1/core/sched/scheduler.py`.
 */
export function simulateBatching({ machine, requests, arrivals: given, cachedInputShare }: BatchingInput) {
  const { streams: mostStreams, stepTokens } = machine.limits;
  const cacheTokens = machine.cacheTokens * engine.usableCacheShare;
  const arrivals = [...given];
  const isClosed = arrivals.length < requests.length;
  const waiting: Stream[] = [];
  const returned: Stream[] = [];
  const reading: Stream[] = [];
  const writing: Stream[] = [];
  const timesToFirstToken: number[] = [];
  const timesPerToken: number[] = [];
  let [now, steps, contextTokens, readingTokens] = [0, 0, 0, 0];
  let [arrived, nextWaiting, nextReading, outputTokens, done] = [0, 0, 0, 0, 0];
  let [queuedSeconds, returns, waitedForCache] = [0, 0, false];

  const running = () => writing.length + reading.length - nextReading;
  const end = ({ firstToken, answerTokens }: Stream) => {
    done += 1;
    if (answerTokens > 1) timesPerToken.push((now - (firstToken ?? now)) / (answerTokens - 1));
    if (isClosed && arrivals.length < requests.length) arrivals.push(now + engine.pauseSeconds);
  };
  const advance = (seconds: number, count: number) => {
    now += seconds * count;
    steps += count;
    outputTokens += writing.length * count;
    contextTokens += writing.length * count;
  };
  const letIn = () => {
    for (; arrived < arrivals.length && (arrivals[arrived] ?? 0) <= now; arrived += 1) {
      const request = requests[arrived];
      if (request !== undefined)
        waiting.push({ ...begin(request, cachedInputShare), arrived: arrivals[arrived] ?? 0, seen: now });
    }
    while (running() < mostStreams) {
      const stream = returned.at(-1) ?? waiting[nextWaiting];
      if (stream === undefined) return;
      if (readingTokens + contextTokens + stream.toRead > cacheTokens && running() > 0) {
        waitedForCache = true;
        return;
      }
      if (returned.length > 0) returned.pop();
      else {
        nextWaiting += 1;
        queuedSeconds += now - stream.seen;
      }
      stream.read = stream.cached;
      readingTokens += stream.toRead;
      reading.push(stream);
    }
  };
  const makeRoom = () => {
    while (writing.length > 1 && readingTokens + contextTokens + writing.length > cacheTokens) {
      const stream = removeYoungest(writing);
      const written = steps - stream.firstStep;
      contextTokens -= stream.toRead + written;
      stream.toRead += written;
      stream.toWrite -= written;
      returned.push(stream);
      returns += 1;
    }
  };
  const readPrompts = () => {
    let left = Math.max(stepTokens - writing.length, 1);
    let [readTokens, readPairs] = [0, 0];
    const first = nextReading;
    while (left > 0) {
      const stream = reading[nextReading];
      if (stream === undefined) break;
      const piece = Math.min(left, stream.toRead - stream.read);
      readPairs += piece * (stream.read + piece / 2);
      stream.read += piece;
      readTokens += piece;
      left -= piece;
      if (stream.read >= stream.toRead) nextReading += 1;
    }
    const finished = reading.slice(first, nextReading);
    const batch = {
      writing: writing.length,
      contextTokens,
      readTokens,
      readPairs,
      finished: finished.length,
    };
    advance(stepTime(machine, batch).seconds, 1);
    for (const stream of finished) {
      readingTokens -= stream.toRead;
      outputTokens += 1;
      if (stream.firstToken === null) {
        stream.firstToken = now;
        timesToFirstToken.push(now + takeInSeconds(stream) - stream.arrived);
      }
      if (stream.toWrite <= 1) {
        end(stream);
        continue;
      }
      contextTokens += stream.toRead;
      stream.firstStep = steps;
      stream.lastStep = steps + stream.toWrite - 1;
      insert(writing, stream);
    }
  };
  const writeOn = () => {
    const untilFull = Math.floor((cacheTokens - readingTokens - contextTokens) / writing.length);
    const untilEnd = (writing.at(-1)?.lastStep ?? 0) - steps;
    let count = writing.length > 1 ? Math.max(1, Math.min(untilEnd, untilFull)) : untilEnd;
    const middle = contextTokens + (writing.length * count) / 2;
    const batch = {
      writing: writing.length,
      contextTokens: middle,
      readTokens: 0,
      readPairs: 0,
      finished: 0,
    };
    const { seconds } = stepTime(machine, batch);
    const next = arrivals[arrived];
    if (next !== undefined) count = Math.max(1, Math.min(count, Math.ceil((next - now) / seconds)));
    advance(seconds, count);
  };

  while (done < requests.length) {
    letIn();
    makeRoom();
    if (nextReading < reading.length) readPrompts();
    else if (writing.length > 0) writeOn();
    else now = Math.max(now, arrivals[arrived] ?? now);
    for (let last = writing.at(-1); last !== undefined && last.lastStep <= steps; last = writing.at(-1)) {
      writing.pop();
      contextTokens -= last.toRead + last.toWrite - 1;
      end(last);
    }
  }
  return {
    seconds: now,
    steps,
    outputTokens,
    timesToFirstToken: Float64Array.from(timesToFirstToken).sort(),
    timesPerToken: Float64Array.from(timesPerToken).sort(),
    /** Part of the waits for a first token that passed because the engine could not let the request in. */
    queuedShare:
      queuedSeconds /
      Math.max(
        1e-9,
        timesToFirstToken.reduce((sum, time) => sum + time, 0),
      ),
    /** Whether a request had to wait until the cache had room, or gave up its place. */
    waitedForCache: waitedForCache || returns > 0,
  };
}

function begin(request: SimulatedRequest, cachedInputShare: number): Omit<Stream, "arrived" | "seen"> {
  const { inputTokens, outputTokens } = request;
  const cached = Math.max(0, Math.min(inputTokens - 1, Math.floor(inputTokens * cachedInputShare)));
  const counts = {
    toRead: inputTokens,
    toWrite: outputTokens,
    promptTokens: inputTokens,
    answerTokens: outputTokens,
  };
  return { ...counts, cached, read: 0, firstToken: null, firstStep: 0, lastStep: 0 };
}

/** What the request takes outside of the steps. */
function takeInSeconds({ promptTokens }: Stream): number {
  return engine.requestSeconds + engine.promptTokenSeconds * promptTokens;
}

/** Keeps the answer that ends first at the end of the list. */
function insert(writing: Stream[], stream: Stream): void {
  let low = 0;
  let high = writing.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((writing[middle]?.lastStep ?? 0) > stream.lastStep) low = middle + 1;
    else high = middle;
  }
  writing.splice(low, 0, stream);
}

function removeYoungest(writing: Stream[]): Stream {
  const youngest = writing.reduce((young, stream) => (stream.arrived > young.arrived ? stream : young));
  writing.splice(writing.indexOf(youngest), 1);
  return youngest;
}
