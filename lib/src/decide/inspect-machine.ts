import { InputError } from "../errors.ts";
import { findModel, loadPublishedThroughput } from "../facts/index.ts";
import {
  type ForecastCurve,
  type Measurement,
  nameMachine,
  type ReachInput,
  type ThroughputRow,
  throughputRows,
} from "../measure/index.ts";
import { forecast, roofline } from "../serving/index.ts";
import type { Decision, Way } from "./decide-types.ts";
import { type DecidedMachine, findDecidedMachine, listLinks } from "./decided-machine.ts";

/** What is known of the machine that a decision would rent, for `reachFrame` and `comparisonChart`. */
export interface InspectedMachine {
  label: string;
  way: Way;
  request: DecidedMachine["request"];
  /** What one of the machines must write in the busiest minute. */
  outputTokensPerSecond: number;
  evidence: ReachInput;
  forecasts: readonly ForecastCurve[];
  rows: readonly ThroughputRow[];
}

const streams = [1, 2, 4, 8, 16, 32, 64, 128];

/** Gathers what is known of the machine that a decision would rent; `null`: it would rent none. */
export function inspectMachine(
  decision: Decision,
  { measurements = [] }: { measurements?: readonly Measurement[] } = {},
): InspectedMachine | null {
  const found = findDecidedMachine(decision);
  if (found === null) return null;
  const { load } = decision;
  const request = { ...found.request, cachedInputShare: found.way.cachedInputShare };
  const decided = { ...found, request };
  const { way, machines } = decided;
  const { gpu, gpuCount, precision } = request;
  const outputTokensPerSecond = (load.requestsPerSecond.busiestMinute * load.outputTokens) / machines;
  const own = measurements.filter(
    (one) =>
      one.kind === "measured" &&
      one.gpu?.name === gpu &&
      one.gpu.count === gpuCount &&
      [way.model, way.checkpoint].includes(one.model),
  );
  const { parametersBillion } = findModel(request.model) ?? {};
  const published = loadPublishedThroughput({
    gpu,
    gpuCount,
    ...(parametersBillion === undefined ? {} : { parametersBillion }),
  }).filter((run) => run.outputTokensPerSecond !== null && run.precision === precision);
  const requests = listLinks(decided);
  const ceiling = findCeiling(decided);
  return {
    label: way.label,
    way,
    request,
    outputTokensPerSecond,
    evidence: {
      outputTokensPerSecond,
      measurements: own,
      published,
      forecasts: requests,
      ...(ceiling === null ? {} : { ceiling: ceiling.input }),
    },
    forecasts: requests.map((one) => ({
      name: nameMachine(one),
      points: streams.map((count) => ({ streams: count, ...forecast({ ...one, streams: count }) })),
    })),
    rows: throughputRows({
      measurements: own,
      published,
      ...(ceiling === null ? {} : { ceiling: ceiling.found }),
    }),
  };
}

function findCeiling({ way, request }: DecidedMachine) {
  const { gpu, gpuCount, inputTokens, outputTokens } = request;
  const input = {
    gpu,
    gpuCount,
    model: way.checkpoint ?? request.model,
    contextTokens: Math.max(1, Math.round(inputTokens + outputTokens / 2)),
    // A checkpoint of more bits becomes 8 bits while it is loaded.
    ...(request.precision === "fp8" ? { precision: "fp8" as const } : {}),
  };
  try {
    return { input, found: roofline({ ...input, streams }) };
  } catch (error) {
    // A machine that is only just large enough for a plan.
    if (error instanceof InputError) return null;
    throw error;
  }
}
