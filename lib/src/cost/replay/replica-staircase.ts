import { summariseTrace } from "../../traffic/index.ts";
import { findEnoughPods } from "./find-enough-pods.ts";
import { prepareLoad } from "./load.ts";
import { checkReplayInput, type ReplayInput } from "./replay-input.ts";
import { type PolicyReplay, replayPolicy } from "./replay-policy.ts";
import { targetOf } from "./replay-trace.ts";

/**
 * Replays a trace on one pod, on two, and so on: whole groups, so that the bill is a staircase and the wait falls with it.
 *
 * Default for `mostPods`: one more than are enough for the latency target. Pods are always on.
 *
 * @throws InputError as `replayTrace` does.
 */
export function replicaStaircase(
  input: Omit<ReplayInput, "policies"> & { mostPods?: number },
): PolicyReplay[] {
  checkReplayInput(input);
  const { trace, capacity, prices } = input;
  const { inputTokens, outputTokens } = summariseTrace(trace);
  const load = prepareLoad(trace, capacity);
  const target = input.latencyTarget ?? targetOf(capacity);
  const mostPods = input.mostPods ?? findEnoughPods(load, target) + 1;
  const ground = { load, prices, target, inputTokens, outputTokens };
  return Array.from({ length: mostPods }, (_, step) =>
    replayPolicy(ground, { kind: "pods", pods: step + 1, asNeeded: false }),
  );
}
