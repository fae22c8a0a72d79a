import { seededRandom } from "../seeded-random.ts";
import type { Trace } from "./trace.ts";
import { weekSeconds } from "./week-hours.ts";

/** One minute in ten is a busy one. */
export const busyMinuteShare = 0.1;

/** What a made-up week is made from. */
export interface WeekRecipe {
  requests: number;
  inputTokens: number;
  outputTokens: number;
  hours: readonly number[];
  lengthSpread: number;
  burstiness: number;
  cachedInputShare: number;
}

/** Makes a week of exactly so many requests that come by chance, more of them in busy hours and minutes. */
export function synthesiseWeek(
  recipe: WeekRecipe,
): Pick<
  Trace,
  | "arrivalSeconds"
  | "inputTokens"
  | "outputTokens"
  | "cachedInputTokens"
  | "spanSeconds"
  | "startSecondOfWeek"
> {
  const { requests, lengthSpread, cachedInputShare } = recipe;
  const chance = seededRandom(1);
  const spread = (mean: number) =>
    Float64Array.from({ length: requests }, () =>
      Math.max(1, Math.round(mean * (1 + lengthSpread * (2 * chance() - 1)))),
    );
  const arrivalSeconds = drawArrivals(recipe, chance);
  const inputTokens = spread(recipe.inputTokens);
  return {
    arrivalSeconds,
    inputTokens,
    outputTokens: spread(recipe.outputTokens),
    ...(cachedInputShare > 0 && {
      cachedInputTokens: inputTokens.map((tokens) => Math.round(tokens * cachedInputShare)),
    }),
    spanSeconds: weekSeconds,
    startSecondOfWeek: 0,
  };
}

function drawArrivals({ requests, hours, burstiness }: WeekRecipe, chance: () => number): Float64Array {
  const quiet = (1 - busyMinuteShare * burstiness) / (1 - busyMinuteShare);
  // The load up to the end of each minute; a moment of the load, drawn evenly, falls into a minute as often as it has load.
  const upTo = new Float64Array(hours.length * 60);
  let sum = 0;
  for (const [hour, part] of hours.entries()) {
    const busy = new Set<number>();
    while (busy.size < 60 * busyMinuteShare) busy.add(Math.floor(chance() * 60));
    for (let minute = 0; minute < 60; minute++) {
      sum += part * (busy.has(minute) ? burstiness : quiet);
      upTo[hour * 60 + minute] = sum;
    }
  }
  const moments = Float64Array.from({ length: requests }, () => chance() * sum).sort();
  let minute = 0;
  return moments.map((moment) => {
    while (minute < upTo.length - 1 && moment >= (upTo[minute] ?? 0)) minute++;
    const before = upTo[minute - 1] ?? 0;
    const share = (moment - before) / ((upTo[minute] ?? 0) - before);
    return (minute + Math.min(share, 1)) * 60;
  });
}
