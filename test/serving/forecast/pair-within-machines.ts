import type { Comparison } from "./compare-points.ts";

/** What a published figure would have been against its forecast, corrected by another one of the same machine and model. */
export function pairWithinMachines(comparisons: readonly Comparison[]): Comparison[] {
  const machineOf = ({ point, metric }: Comparison) =>
    [point.source, point.card, point.count, point.model, point.precision, metric].join(", ");
  return [...Map.groupBy(comparisons, machineOf).values()]
    .filter((members) => members.length >= 3)
    .flatMap((members) =>
      members.flatMap((one) =>
        members.flatMap((other) =>
          one === other
            ? []
            : [
                {
                  ...one,
                  group: "measured" as const,
                  forecast: (one.forecast * other.published) / other.forecast,
                },
              ],
        ),
      ),
    );
}
