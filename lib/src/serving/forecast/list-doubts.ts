import type { ForecastBand } from "../../facts/index.ts";
import type { ForecastInput } from "./forecast-input.ts";
import type { Machine } from "./machine.ts";
import type { NotCovered } from "./not-covered.ts";
import type { LoadRun } from "./run-load.ts";

/** Lists what makes a forecast less sure than its band says. */
export function listDoubts(given: {
  input: ForecastInput;
  machines: readonly Machine[];
  runs: readonly LoadRun[];
  bands: readonly ForecastBand[];
}): NotCovered[] {
  const { input, machines, runs, bands } = given;
  const isOverloaded = runs.some(
    ({ mostOutputTokensPerSecond: most, wantedTokensPerSecond: wanted }) =>
      Number.isFinite(wanted) && most < wanted,
  );
  const unused = input.streams === 1 ? ["output", "time per token"] : ["request"];
  const untested = bands.filter(({ metric, note }) => note !== "" && !unused.includes(metric));
  const possible: [applies: boolean, reason: NotCovered["reason"], text: string][] = [
    [
      runs.some((run) => run.run.waitedForCache),
      "cache-full",
      "The cache is full at this load: published machines with long answers were up to a third slower than forecast.",
    ],
    [
      !isOverloaded && runs.some((run) => run.isSaturated),
      "saturated",
      "Requests wait until others end: the time to the first token is that of a queue, which no published run tests.",
    ],
    [
      isOverloaded,
      "overload",
      "More requests come than the machine serves: the wait grows as long as that lasts, so no time can be said.",
    ],
    [
      machines.some((machine) => !machine.areKernelsMeasured),
      "kernels",
      `Nobody measured the kernels of the ${input.gpu}: those of its generation stand in.`,
    ],
    [
      machines.length > 1,
      "link",
      "Whether the cards reach one another directly is not known: the band holds both cases.",
    ],
    ...untested.map(({ metric, note }): (typeof possible)[number] => [
      true,
      "untested",
      `The band of "${metric}" was tested on too few runs of such machines. ${note}.`,
    ]),
  ];
  return possible.flatMap(([applies, reason, text]) => (applies ? [{ reason, text }] : []));
}
