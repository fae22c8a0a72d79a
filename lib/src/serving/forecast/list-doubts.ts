import type { ForecastInput } from "./forecast-input.ts";
import type { Machine } from "./machine.ts";
import type { NotCovered } from "./not-covered.ts";
import type { LoadRun } from "./run-load.ts";

/** Lists what makes a forecast less sure than its band says. */
export function listDoubts({
  input,
  machines,
  runs,
}: {
  input: ForecastInput;
  machines: readonly Machine[];
  runs: readonly LoadRun[];
}): NotCovered[] {
  const doubts: NotCovered[] = [];
  if (runs.some((run) => run.run.waitedForCache)) {
    doubts.push({
      reason: "cache-full",
      text: "The cache is full at this load: published machines with long answers were up to twice as slow as forecast.",
    });
  }
  if (runs.some((run) => run.isSaturated && run.wantedTokensPerSecond === Number.POSITIVE_INFINITY)) {
    doubts.push({
      reason: "saturated",
      text: "Requests wait for others to end: the time to the first token is that of a queue.",
    });
  }
  if (runs.some((run) => run.mostOutputTokensPerSecond < run.wantedTokensPerSecond)) {
    doubts.push({
      reason: "overload",
      text: "More requests come than the machine serves: the wait grows as long as that lasts, so no time can be said.",
    });
  }
  if (machines.some((machine) => !machine.isShareKnown)) {
    doubts.push({
      reason: "bandwidth-share",
      text: `Nobody measured which share of its bandwidth the ${input.gpu} reaches; 0.80 is assumed.`,
    });
  }
  if (machines.length > 1) {
    doubts.push({
      reason: "link",
      text: "Whether the cards reach one another directly is not known: the band holds both cases.",
    });
  }
  return doubts;
}
