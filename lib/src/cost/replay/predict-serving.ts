import { checkTrace, type Trace } from "../../traffic/index.ts";
import type { Capacity } from "../capacity.ts";
import { type Load, prepareLoad } from "./load.ts";
import { type PredictedServing, serveSideBySide } from "./serve-side-by-side.ts";
import { serveWithPods } from "./serve-with-pods.ts";

/** What a prediction rests on. */
export interface PredictionInput {
  /** Requests as they come to the one machine. */
  trace: Trace;
  /** What `replayTrace` would be given. */
  capacity: Capacity;
  /** The same machine at other numbers of streams, as `toCapacities` returns them; default: that one alone. */
  levels?: readonly Capacity[];
}

/**
 * Predicts who waits how long on one machine that is always on, in two ways.
 *
 * - `inTurn` is the arithmetic of `replayTrace`, its policy `always-on`: one request after the other has the whole machine, so a
 *   request that begins is over after its own work. Its first token comes when its work begins and its prompt is read, as
 *   `replayTrace` counts it against a latency target.
 * - `sideBySide` writes all answers at once, and prompts are read first, each as soon as those before it are: as an engine with continuous
 *   batching does. How fast so many streams write together comes from the capacities, which may be of one level or of several.
 *
 * Both read with the rate of `capacity`, and not what the trace calls cached. Neither counts a fixed time for each request.
 */
export function predictServing({ trace, capacity, levels = [capacity] }: PredictionInput): {
  inTurn: PredictedServing;
  sideBySide: PredictedServing;
} {
  checkTrace(trace, "predictServing");
  const load = prepareLoad(trace, capacity);
  return { inTurn: predictInTurn(load), sideBySide: serveSideBySide(load, trace.outputTokens, levels) };
}

function predictInTurn(load: Load): PredictedServing {
  const { lastFinishSeconds } = serveWithPods(load, 1);
  const { waitSeconds, readTokens, secondsPerReadToken, workSeconds, totalWorkSeconds } = load;
  const readSeconds = readTokens.map((tokens) => tokens * secondsPerReadToken);
  return {
    waitSeconds,
    firstTokenSeconds: waitSeconds.map((wait, index) => wait + (readSeconds[index] ?? 0)),
    requestSeconds: waitSeconds.map((wait, index) => wait + (workSeconds[index] ?? 0)),
    busySeconds: totalWorkSeconds,
    lastFinishSeconds,
  };
}
