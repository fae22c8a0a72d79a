import type { Precision, PublishedThroughput } from "../facts/index.ts";
import { roofline } from "./roofline.ts";

const precisions: Readonly<Record<PublishedThroughput["precision"], Precision>> = {
  "16-bit": "bf16",
  fp8: "fp8",
  int8: "int8",
  "4-bit": "awq-int4",
};

/**
 * Computes which part of the ceiling a published run of writing reached, at its own number of streams.
 *
 * A stream holds its prompt and, on average, half of its answer; what nobody says of these counts as nothing, which makes the
 * ceiling high and the part small. The number of streams is the published one, or a guess: `{ streams: 256 }` for a run that
 * left it to the engine.
 *
 * @returns `null` where the run has no rate of writing or no streams, or its model has the shape of none in the table.
 */
export function shareOfCeiling(
  run: PublishedThroughput,
  { streams = run.streams }: { streams?: number | null } = {},
): number | null {
  const { outputTokensPerSecond, shapeOf, gpu, gpuCount, inputTokensMean, outputTokensMean } = run;
  if (outputTokensPerSecond === null || streams === null || shapeOf === null) return null;
  const contextTokens = Math.max(1, Math.round((inputTokensMean ?? 0) + (outputTokensMean ?? 0) / 2));
  const [point] = roofline({
    gpu,
    gpuCount,
    model: shapeOf,
    precision: precisions[run.precision],
    streams: [streams],
    contextTokens,
  }).points;
  return point === undefined ? null : outputTokensPerSecond / point.outputTokensPerSecond;
}
