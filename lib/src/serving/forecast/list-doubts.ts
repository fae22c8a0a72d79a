import type { ForecastBand } from "../../facts/index.ts";
import type { ForecastInput } from "./forecast-input.ts";
import type { Machine } from "./machine.ts";
import type { NotCovered } from "./not-covered.ts";
import type { LoadRun } from "./run-load.ts";

/** Lists what makes a forecast less sure than its band says. */
export function listDoubts({
  input,
  machines,
  runs,
  bands,
}: {
  input: ForecastInput;
  machines: readonly Machine[];
  runs: readonly LoadRun[];
  bands: readonly ForecastBand[];
}): NotCovered[] {
  const doubts: NotCovered[] = [];
  if (runs.some((run) => run.run.waitedForCache)) {
    doubts.push({
      reason: "cache-full",
      text: "The cache is full at this load: published machines with long answers were up to a third slower than forecast.",
    });
  }
  const isOverloaded = runs.some(
    ({ mostOutputTokensPerSecond: most, wantedTokensPerSecond: wanted }) =>
      Number.isFinite(wanted) && most < wanted,
  );
  if (!isOverloaded && runs.some((run) => run.isSaturated)) {
    doubts.push({
      reason: "saturated",
      text: "Requests wait until others end: the time to the first token is that of a queue, which no published run tests.",
    });
  }
  if (isOverloaded) {
    doubts.push({
      reason: "overload",
      text: "More requests come than the machine serves: the wait grows as long as that lasts, so no time can be said.",
    });
  }
  if (machines.some((machine) => !machine.areKernelsMeasured)) {
    doubts.push({
      reason: "kernels",
      text: `Nobody measured the kernels of the ${input.gpu}: those of its generation stand in.`,
    });
  }
  if (machines.length > 1) {
    doubts.push({
      reason: "link",
      text: "Whether the cards reach one another directly is not known: the band holds both cases.",
    });
  }
  const unused = input.streams === 1 ? ["output", "time per token"] : ["request"];
  for (const { metric, note } of bands) {
    if (note === "" || unused.includes(metric)) continue;
    doubts.push({
      reason: "untested",
      text: `The band of "${metric}" was tested on too few runs of such machines. ${note}.`,
    });
  }
  return doubts;
}
