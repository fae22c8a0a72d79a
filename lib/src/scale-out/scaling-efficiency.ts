import { InputError } from "../errors.ts";
import type { Level, Measurement } from "../measure/index.ts";

/** What was measured with so many workers, beside what as many single ones would yield; a row for a table. */
export type ScalingRow = ReturnType<typeof scalingEfficiency>[number];

/**
 * Computes how well throughput grows with workers, from one measurement for each number of them.
 *
 * Speed-up = output tokens/s ÷ (those of the fewest workers ÷ their number); of each measurement the level with the
 * highest rate counts. Workers must be alike.
 *
 * @throws InputError where a measurement has no rate, or a number of workers comes twice.
 */
export function scalingEfficiency(
  measured: readonly { workers: number; measurement: Pick<Measurement, "levels" | "kind"> }[],
) {
  const rows = measured
    .map(({ workers, measurement: { kind, levels } }) => ({ workers, kind, ...bestLevel(workers, levels) }))
    .toSorted((one, other) => one.workers - other.workers);
  const twice = rows.find(({ workers }, index) => rows[index - 1]?.workers === workers);
  if (twice !== undefined) {
    throw new InputError(`scalingEfficiency: ${twice.workers} workers were measured twice.`, {
      remedy: "Give one measurement for each number of workers.",
    });
  }
  return rows.map((row) => {
    const [fewest = row] = rows;
    const speedUp = row.outputTokensPerSecond / (fewest.outputTokensPerSecond / fewest.workers);
    return {
      ...row,
      /** Times as fast as one worker. */
      speedUp,
      /** Speed-up ÷ workers: 1 is perfect. */
      efficiency: speedUp / row.workers,
    };
  });
}

function bestLevel(workers: number, levels: readonly Level[]) {
  const rated = levels.flatMap(({ streams, outputTokensPerSecond, verdict }) =>
    (outputTokensPerSecond ?? 0) > 0
      ? [{ streams, outputTokensPerSecond: outputTokensPerSecond ?? 0, verdict }]
      : [],
  );
  const [best] = rated.toSorted((one, other) => other.outputTokensPerSecond - one.outputTokensPerSecond);
  if (best !== undefined) return best;
  throw new InputError(`scalingEfficiency: the measurement with ${workers} workers has no rate.`, {
    remedy: "Measure with enough requests per stream: three at least.",
  });
}
