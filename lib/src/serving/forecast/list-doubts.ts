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
      "The KV cache is full at this load. In published runs with long answers such machines were up to a third slower than forecast.",
    ],
    [
      !isOverloaded && runs.some((run) => run.isSaturated),
      "saturated",
      "Requests wait in a queue until others end. No published run has tested the forecast of that wait.",
    ],
    [
      isOverloaded,
      "overload",
      "More requests come than the machine can serve. The wait grows as long as that lasts, so the forecast gives no time.",
    ],
    [
      machines.some((machine) => !machine.areKernelsMeasured),
      "kernels",
      `Nobody has measured how well the kernels use the ${input.gpu}: the forecast takes figures of cards of the same generation.`,
    ],
    [
      machines.length > 1,
      "link",
      "It is not known whether the cards reach one another's memory (peer-to-peer): the forecast's low and high end include both cases.",
    ],
    ...untested.map(({ metric, note }): (typeof possible)[number] => [
      true,
      "untested",
      `The low and high end of "${metric}" were tested on too few runs of such machines. ${note}.`,
    ]),
  ];
  return possible.flatMap(([applies, reason, text]) => (applies ? [{ reason, text }] : []));
}
