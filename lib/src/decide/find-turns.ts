import { hoursPerMonth } from "../facts/index.ts";
import type { ChosenWays } from "./choose-ways.ts";
import type { Decision, Turn, Way } from "./decide-types.ts";
import { type TurnOptions, turnOfLoad } from "./turn-of-load.ts";

/** Finds where the answer turns from an API to a machine of one's own, or back; all else stays as it is. */
export function findTurns(chosen: ChosenWays, given: TurnOptions): Decision["turns"] {
  const { answer, cheapestApi, cheapestMachine } = chosen;
  const { load } = given.plan;
  const none = {
    requestsPerMonth: null,
    requestsPerMonthAtBest: null,
    outputTokensPerSecond: null,
    gpuUsdPerHour: null,
    apiUsdPerMillionTokens: null,
  };
  if (answer === null || cheapestApi === null) return none;
  const side = { now: answer.serves, api: cheapestApi };
  const requestsPerMonth = turnOfLoad(given, { ...side, end: "sure" });
  const tokens = (requests: number) => (requests * load.outputTokens) / hoursPerMonth / 3_600;
  return {
    requestsPerMonth,
    requestsPerMonthAtBest: answer.serves === "api" ? turnOfLoad(given, { ...side, end: "best" }) : null,
    outputTokensPerSecond: requestsPerMonth && { ...requestsPerMonth, at: tokens(requestsPerMonth.at) },
    gpuUsdPerHour: turnOfGpuPrice(answer, cheapestApi, chosen.ways, given.mostWaitsHours),
    apiUsdPerMillionTokens: cheapestMachine && turnOfApiPrice(answer.serves, cheapestApi, cheapestMachine),
  };
}

function turnOfApiPrice(now: Way["serves"], api: Way, machine: Way): Turn {
  const factor = machine.usdPerMonth.typical / api.usdPerMonth.typical;
  const at = api.usdPerMillionTokens.typical * factor;
  const to = now === "api" ? machine : api;
  return { at, factor, to: to.serves, label: to.place };
}

/**
 * The price of one card, where all GPU prices move alike, those of workers too, at which the cheapest machine costs what the
 * cheapest API does.
 */
function turnOfGpuPrice(answer: Way, api: Way, ways: readonly Way[], mostWaitsHours: number): Turn | null {
  const machines = ways.flatMap((way) => {
    const { gpuUsdPerMonth, usdPerMonth, keepsTarget, waitsHours } = way;
    if (gpuUsdPerMonth === null || keepsTarget !== "yes" || (waitsHours ?? 0) > mostWaitsHours) return [];
    const factor = (api.usdPerMonth.typical - (usdPerMonth.typical - gpuUsdPerMonth)) / gpuUsdPerMonth;
    return [{ factor, way }];
  });
  const [best] = machines.toSorted((one, other) => other.factor - one.factor);
  if (best === undefined || best.factor <= 0) return null;
  const [to, rented] = answer.serves === "api" ? [best.way, best.way] : [api, answer];
  const at = (rented.gpuUsdPerHour ?? 0) * best.factor;
  return { at, factor: best.factor, to: to.serves, label: to.place };
}
